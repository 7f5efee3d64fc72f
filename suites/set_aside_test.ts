import { assertEquals, assertStringIncludes } from "@std/assert";
import { asideDoubt, asideNote } from "./set_aside.ts";
import { gpuExperiment } from "./testing/experiments.ts";

const range = (length: number) => Array.from({ length }, (_, block) => block);
const of = (container: readonly number[], native: readonly number[] = []) =>
  gpuExperiment("gpu-latency", { container: { aside: container }, native: { aside: native } });

Deno.test("asideNote() counts blocks, not samples, and is empty where none was set aside", () => {
  assertEquals(asideNote(of([]), "launch"), "");
  assertEquals(asideNote(of([1], [1]), "launch"), " (1 more was set aside: the GPU was throttled)");
  assertEquals(asideNote(of([1]), "no such workload"), "");
});

const CASES: [words: string, container: number[], native: number[], doubt: string | null][] = [
  ["no block", [], [], null],
  ["some of either arm", [1, 2, 3], [4, 5, 6], null],
  ["a few of one arm", [1, 2, 3], [], null],
  ["as many as are left", range(15), range(15), null],
  ["more than are left", range(16), range(16), "16 of 30 blocks"],
  ["many of the arm alone", range(9), [], "container was disturbed alone in 9 blocks"],
  ["many of the reference alone", [1], range(12), "native in 11"],
];
for (const [words, container, native, doubt] of CASES) {
  Deno.test(`asideDoubt() ${doubt === null ? "trusts" : "doubts"} what is left without ${words}`, () => {
    const found = asideDoubt(of(container, native), "launch", ["container", "native"]);
    if (doubt === null) assertEquals(found, null);
    else assertStringIncludes(found ?? "", doubt);
  });
}

Deno.test("asideDoubt() asks nothing of an arm against itself", () => {
  const found = asideDoubt(of([], range(10)), "launch", ["native", "native"]);
  assertEquals(found, null);
});
