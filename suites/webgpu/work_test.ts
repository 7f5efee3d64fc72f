import { assertEquals, assertStringIncludes } from "@std/assert";
import { COPY_DOCUMENT, type Part, PRODUCT_DOCUMENT } from "../../runners/webgpu/webgpu_samples.ts";
import { parseWebgpuWork } from "../../runners/webgpu/webgpu_work.ts";
import type { Observation } from "../result.ts";
import { copies, matrixProduct } from "./work.ts";

const CASES = [
  { of: PRODUCT_DOCUMENT, make: matrixProduct, words: "at most 2.4e-6 of" },
  { of: COPY_DOCUMENT, make: copies, words: "12,288 were compared: all are the same" },
];

function standing({ value, controls }: Observation): readonly unknown[] {
  return [value, controls.map(({ kind, held }) => `${kind} ${held}`).join(", ")];
}

for (const { of, make, words } of CASES) {
  const made = (change: Part = {}) => make(parseWebgpuWork(JSON.stringify({ ...of, ...change })));

  Deno.test(`${make.name}() is true of work that is right`, () => {
    assertEquals(standing(made()), [true, "positive true, negative true"]);
    assertStringIncludes(made().seen, "the adapter NVIDIA H200");
    assertStringIncludes(made().seen, words);
  });

  Deno.test(`${make.name}() is false of work that is wrong, or unchecked`, () => {
    assertEquals(made({ correct: false }).value, false);
    assertEquals(made({ checkedElements: 0 }).value, false);
  });

  Deno.test(`${make.name}() has controls that can fail`, () => {
    assertEquals(standing(made({ knownRight: false }))[1], "positive false, negative true");
    assertEquals(standing(made({ anotherRight: true }))[1], "positive true, negative false");
  });
}
