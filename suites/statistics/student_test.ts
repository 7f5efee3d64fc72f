import { assertAlmostEquals } from "@std/assert";
import { studentP, studentQuantile } from "./student.ts";

Deno.test("studentP() agrees with the tables of Student's t", () => {
  // Two-sided critical values at 0.05 and 0.01.
  assertAlmostEquals(studentP(12.706, 1), 0.05, 1e-4);
  assertAlmostEquals(studentP(2.262, 9), 0.05, 1e-4);
  assertAlmostEquals(studentP(-2.878, 18), 0.01, 1e-4);
  assertAlmostEquals(studentP(0, 5), 1, 1e-12);
});

Deno.test("studentQuantile() is what studentP() gives the chance for", () => {
  for (const degrees of [1, 2, 7, 40, 400]) {
    for (const p of [0.5, 0.01, 1e-4]) {
      assertAlmostEquals(studentP(studentQuantile(p, degrees), degrees) / p, 1, 1e-6);
    }
  }
});
