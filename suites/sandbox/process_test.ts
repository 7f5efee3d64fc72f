import { assertEquals } from "@std/assert";
import { runtimeProcess } from "./process.ts";

const RUNTIME = "/opt/wasmtime/bin/wasmtime";
const holder = (program: string, children = 0) => ({
  pid: 7,
  program,
  children,
  guestTicks: 0,
  kvmDescriptors: 0,
});
type Case = readonly [
  what: string,
  duringModule: ReturnType<typeof holder>[],
  expected: boolean | null,
];

const CASES: readonly Case[] = [
  ["the runtime", [holder(RUNTIME)], true],
  ["the runtime and its child", [holder(RUNTIME, 1), holder("/bin/helper")], false],
  ["two runtimes", [holder(RUNTIME), holder(RUNTIME)], false],
  ["what the runtime's script starts", [holder("/opt/.wasmtime-wrapped")], null],
];

for (const [what, duringModule, expected] of CASES) {
  Deno.test(`runtimeProcess() says ${expected} when the file is held by ${what}`, () => {
    const holders = { duringModule, alone: [], withChild: [], afterwards: [] };
    assertEquals(runtimeProcess(RUNTIME, holders).value, expected);
  });
}
