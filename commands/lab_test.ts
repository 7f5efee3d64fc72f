import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { UsageProblem } from "../problem.ts";
import { LAB_DEVICES } from "../runners/lab/lab_machine.ts";
import { ruleOf } from "../suites/rules/rules.ts";
import { checksOf } from "../suites/rules/rule.ts";
import { command, labRequest } from "./lab.ts";

Deno.test("labRequest() gives away the lab's NVMe devices, and measures each arm once", () => {
  const { lab, passthrough, mostBlocks, target, destructive, dryRun } = labRequest({ _: [] });
  assertEquals([lab, mostBlocks, target, destructive, dryRun], [true, 1, "/tmp", null, null]);
  assertEquals(passthrough, {
    devices: [LAB_DEVICES.plain, LAB_DEVICES.physicalFunction],
    allowNoReset: false,
    groupMates: LAB_DEVICES.groupMates,
  });
});

Deno.test("labRequest() selects what rests on passthrough, unless claims are named", () => {
  const { selection } = labRequest({ _: [] });
  assert(selection.length > 0);
  for (const id of selection) {
    const rule = ruleOf(id);
    assert(
      rule !== undefined && checksOf(rule).some((check) => check.startsWith("passthrough")),
      id,
    );
  }
  const [first = ""] = selection;
  assertEquals(labRequest({ _: [first] }).selection, [first]);
});

Deno.test("labRequest() reads its own options", () => {
  const { out, seed, record, json } = labRequest({
    _: [],
    out: "/o",
    seed: "7",
    record: "/r",
    json: true,
  });
  assertEquals([out, seed, record, json], ["/o", 7, "/r", true]);
});

Deno.test("labRequest() refuses a claim that there is not, and values that are none", () => {
  for (const args of [{ _: ["99.9"] }, { _: [], seed: "x" }, { _: [], out: "" }]) {
    assertThrows(() => labRequest(args), UsageProblem);
  }
});

Deno.test("the lab takes no device, budget or fixture of the user's", async () => {
  const taken = [...command.boolean, ...command.string];
  for (const name of ["passthrough", "destructive", "budget", "dry-run", "target", "setup"]) {
    assert(!taken.includes(name), name);
  }
  const args = [
    "run",
    "--no-prompt",
    "--allow-read",
    "main.ts",
    "lab",
    "--passthrough",
    "0000:02:00.0",
  ];
  const cwd = new URL("..", import.meta.url).pathname;
  const output = await new Deno.Command(Deno.execPath(), { args, cwd }).output();
  assertEquals(output.code, 1);
  assertStringIncludes(new TextDecoder().decode(output.stderr), "no option --passthrough");
});
