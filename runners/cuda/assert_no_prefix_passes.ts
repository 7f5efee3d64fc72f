import { assert } from "@std/assert";
import { type CudaRun } from "./cuda_run.ts";
import { ended } from "./cuda_samples.ts";

/** Asserts that no output that was cut before the end of its line `proof` is taken for a pass. */
export function assertNoPrefixPasses(
  text: string,
  proof: string,
  passes: (run: CudaRun) => boolean,
): void {
  const needed = text.indexOf(`${proof}\n`) + proof.length + 1;
  assert(needed > proof.length, `there is no line "${proof}"`);
  for (let length = 0; length <= text.length; length++) {
    const passed = reads(() => passes(ended(text.slice(0, length))));
    assert(passed === (length >= needed), `passed after ${length} of ${text.length} characters`);
  }
}

function reads(parse: () => boolean): boolean {
  try {
    return parse();
  } catch {
    return false;
  }
}
