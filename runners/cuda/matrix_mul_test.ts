import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { assertNoPrefixPasses } from "./assert_no_prefix_passes.ts";
import { ended, MATRIX_MUL, NO_DEVICE, OLD_DRIVER } from "./cuda_samples.ts";
import fc from "fast-check";
import { matrixMulArguments, parseMatrixMul } from "./matrix_mul.ts";
import { MissingTool, Problem } from "../../problem.ts";

Deno.test("matrixMulArguments() makes both matrices square", () => {
  assertEquals(matrixMulArguments({ size: 64 }), ["-wA=64", "-hA=64", "-wB=64", "-hB=64"]);
});

Deno.test("parseMatrixMul() reads the rate, and takes the time of a product from it", () => {
  const record = parseMatrixMul(ended(MATRIX_MUL));
  assertEquals(record.passed, true);
  assertEquals([record.flopsPerSecond, record.operations], [6543.21e9, 2 ** 31]);
  assertAlmostEquals(record.secondsPerProduct, 328.2e-6, 1e-7);
  assertEquals(record.matrixB, { width: 1024, height: 1024 });
});

Deno.test("parseMatrixMul() tells a wrong product, whatever its status", () => {
  const wrong = MATRIX_MUL.replace("Result = PASS", "Error! Matrix[00000]=0, ref=1\nResult = FAIL");
  for (const status of [0, 1]) {
    assertEquals(parseMatrixMul(ended(wrong, "", status)).passed, false);
  }
});

Deno.test("parseMatrixMul() refuses rates that are none, and figures that contradict each other", () => {
  const changes = [["6543.21", "inf"], ["6543.21", "0.00"], ["6543.21", "654321.00"]];
  changes.push(["0.328", "0.428"], ["2147483648", "2147483649"], ["MatrixA(1024", "MatrixA(512"]);
  for (const [from = "", to = ""] of changes) {
    assertThrows(() => parseMatrixMul(ended(MATRIX_MUL.replace(from, to))), Problem);
  }
  const slow = MATRIX_MUL.replace("0.328", "1.731");
  assertThrows(
    () => parseMatrixMul(ended(slow)),
    Problem,
    "its time of 1.731 ms and its rate of 6543.21",
  );
  assertThrows(() => parseMatrixMul(ended(MATRIX_MUL, "", 1)), Problem, "passed and failed");
  assertThrows(() => parseMatrixMul(NO_DEVICE), MissingTool);
  assertThrows(() => parseMatrixMul(OLD_DRIVER), Problem, "InsufficientDriver");
});

Deno.test("parseMatrixMul() takes no part of an output for a pass", () => {
  const proof = "Checking computed result for correctness: Result = PASS";
  assertNoPrefixPasses(MATRIX_MUL, proof, (run) => parseMatrixMul(run).passed);
});

Deno.test("parseMatrixMul() believes whatever the sample can print of one measurement", () => {
  const tile = fc.integer({ min: 1, max: 512 }).map((n) => 32 * n);
  const rate = fc.double({ min: 1e9, max: 1e14, noNaN: true });
  fc.assert(fc.property(tile, tile, tile, rate, (widthA, heightA, widthB, flops) => {
    const operations = 2 * widthA * heightA * widthB;
    const milliseconds = Math.fround(operations / flops * 1000);
    const gigaflops = operations * 1e-9 / (milliseconds / 1000);
    const text = MATRIX_MUL
      .replace(/^MatrixA.*$/m, `MatrixA(${widthA},${heightA}), MatrixB(${widthB},${widthA})`)
      .replace(
        /Performance= .* Ops/,
        `Performance= ${gigaflops.toFixed(2)} GFlop/s, Time= ${
          milliseconds.toFixed(3)
        } msec, Size= ${operations} Ops`,
      );
    const { secondsPerProduct } = parseMatrixMul(ended(text));
    assert(Math.abs(secondsPerProduct / (operations / flops) - 1) < 0.01);
  }));
});
