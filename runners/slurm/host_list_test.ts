import { assert, assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import type { Host } from "../host.ts";
import { countNodes, expandNodes } from "./host_list.ts";
import { UsageProblem } from "../../problem.ts";

/** What is refused, what scontrol says of it, and a part of the sentence. */
const REFUSED: readonly (readonly [string, { status?: number; stdout?: string }, string])[] = [
  ["n[3-1]", { status: 1 }, "it stands for no node"],
  ["n[3-1]", { stdout: "\n" }, "it stands for no node"],
  [" ", {}, "it stands for no node"],
  ["", {}, "it stands for no node"],
  ["n[1-3", { stdout: "n]\n" }, '"n]" is no node\'s name'],
];

Deno.test("expandNodes() refuses what stands for no node", async () => {
  for (const [nodes, answer, words] of REFUSED) {
    const { message } = await assertRejects(
      () => expandNodes(scontrol(answer), nodes),
      UsageProblem,
    );
    assert(message.includes(words), message);
  }
});

Deno.test("expandNodes() refuses an option or too many nodes before it asks", async () => {
  const refused = {
    "-h": "begin with a dash",
    "--help": "dash",
    "n[1-9999999]": "more than 100000",
  };
  for (const [nodes, words] of Object.entries(refused)) {
    const { message } = await assertRejects(() => expandNodes(NEVER, nodes), UsageProblem);
    assert(message.includes(words), message);
  }
});

Deno.test("expandNodes() quotes what Slurm says", async () => {
  const host = scontrol({ status: 1, stderr: "Invalid hostlist: n[3-1]\n" });
  const { parts } = await assertRejects(() => expandNodes(host, "n[3-1]"), UsageProblem);
  assertEquals(parts.seen, "Invalid hostlist: n[3-1]\n");
});

Deno.test("countNodes() counts ranges, lists and brackets that multiply", () => {
  const counts = {
    "n1": 1,
    "n[1-3],gpu07": 4,
    "n[1-3,7,9-10]": 6,
    "r[1-4]n[01-16]": 64,
    "n1 n2": 2,
    "n[3-1]": 0,
    "rack1-20000000": 1,
    "": 0,
  };
  for (const [nodes, count] of Object.entries(counts)) {
    assertEquals(countNodes(nodes), count, nodes);
  }
});

Deno.test("countNodes() is the sum over all items, however many", () => {
  const range = fc.record({ first: fc.nat(1000), more: fc.nat(1000) });
  fc.assert(fc.property(fc.array(range), (ranges) => {
    const nodes = ranges.map(({ first, more }) => `n[${first}-${first + more}]`).join(",");
    assertEquals(countNodes(nodes), ranges.reduce((sum, { more }) => sum + more + 1, 0));
  }));
});

const NEVER = scontrol(null);

/** A host whose scontrol answers this; null where it must not be asked. */
function scontrol(answer: { status?: number; stdout?: string; stderr?: string } | null): Host {
  const times = { startedAt: "2026-01-01T00:00:00.000Z", durationSeconds: 0 };
  const run: Host["run"] = () =>
    answer === null ? Promise.reject(new Error("it was asked")) : Promise.resolve({
      ended: "exited",
      status: 0,
      stdout: "",
      stderr: "",
      ...times,
      ...answer,
    });
  return { run } as Pick<Host, "run"> as Host;
}
