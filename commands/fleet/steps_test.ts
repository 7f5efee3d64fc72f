import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { sampleFleet } from "../../runners/kubernetes/testing/fleet.ts";
import { fleetSteps } from "./steps.ts";

const README = new URL("../../README.md", import.meta.url);

/** The lines that are to be pasted. */
function commandsOf(lines: readonly string[]): string[] {
  return lines.filter((line) => line.startsWith("  ")).map((line) => line.trim());
}

Deno.test("fleetSteps() gives the commands that the README shows", async () => {
  const fleet = sampleFleet({ name: "cellproof-12e71785", claim: "shared" });
  const shown = (await Deno.readTextFile(README)).split("\n");
  const commands = commandsOf(fleetSteps(fleet, "results/fleet"));
  assertEquals(commands.filter((command) => !shown.includes(command)), []);
  assertEquals(commands.length, 10);
});

Deno.test("fleetSteps() names the namespace in each command for the cluster, and quotes a folder", () => {
  const lines = fleetSteps(sampleFleet({ namespace: "bench" }), "/a b/it's");
  const [first, ...rest] = commandsOf(lines);
  assertEquals(first, "kubectl --namespace bench create --filename '/a b/it'\\''s/copy.yaml'");
  assertEquals(rest.pop(), "deno task merge '/a b/it'\\''s'");
  assert(rest.every((command) => command.startsWith("kubectl --namespace bench ")));
});

Deno.test("fleetSteps() says what was never done, and what pods may do that are privileged", () => {
  const say = (privileged: boolean) => fleetSteps(sampleFleet({ privileged }), "/x").join("\n");
  assertStringIncludes(say(false), "nor these commands were ever run on a cluster");
  assert(!say(false).includes("privileged"));
  assertStringIncludes(say(true), "in effect they are root on their nodes");
});
