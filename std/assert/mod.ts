/**
 * Stand-in for `@std/assert` over `node:assert`: as much of it as cellproof uses.
 *
 * @module
 */
import assertModule from "node:assert/strict";

/** The error that a failed assertion throws. */
export const AssertionError = assertModule.AssertionError;

/** Asserts that `expr` is truthy. */
export function assert(expr: unknown, msg = ""): asserts expr {
  assertModule.ok(expr, msg || undefined);
}

/** Asserts that `actual` and `expected` are deeply equal. */
export function assertEquals<T>(actual: T, expected: T, msg?: string): void {
  assertModule.deepStrictEqual(actual, expected, msg);
}

/** Asserts that `actual` and `expected` are not deeply equal. */
export function assertNotEquals<T>(actual: T, expected: T, msg?: string): void {
  assertModule.notDeepStrictEqual(actual, expected, msg);
}

/** Asserts that two numbers differ by at most `tolerance` (default 1e-7 of `expected`). */
export function assertAlmostEquals(
  actual: number,
  expected: number,
  tolerance = Math.abs(expected) * 1e-7,
  msg?: string,
): void {
  const message = msg ?? `expected ${actual} to be within ${tolerance} of ${expected}`;
  assertModule.ok(Math.abs(actual - expected) <= tolerance, message);
}

/** Asserts that `actual` contains `expected`. */
export function assertStringIncludes(actual: string, expected: string, msg?: string): void {
  assertModule.ok(
    actual.includes(expected),
    msg ?? `expected to find "${expected}" in:\n${actual}`,
  );
}

/** Asserts that `actual` matches `expected`. */
export function assertMatch(actual: string, expected: RegExp, msg?: string): void {
  assertModule.match(actual, expected, msg);
}

/** Asserts that `fn` throws, and returns the error. */
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  // deno-lint-ignore no-explicit-any -- the original accepts a constructor of any shape
  ErrorClass: new (...args: any[]) => E = Error as unknown as new () => E,
  msgIncludes = "",
): E {
  try {
    fn();
  } catch (error) {
    return checkThrown(error, ErrorClass, msgIncludes);
  }
  throw new AssertionError({ message: "Expected function to throw." });
}

/** Asserts that `fn` rejects, and returns the error. */
export async function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  // deno-lint-ignore no-explicit-any -- the original accepts a constructor of any shape
  ErrorClass: new (...args: any[]) => E = Error as unknown as new () => E,
  msgIncludes = "",
): Promise<E> {
  try {
    await fn();
  } catch (error) {
    return checkThrown(error, ErrorClass, msgIncludes);
  }
  throw new AssertionError({ message: "Expected function to reject." });
}

function checkThrown<E extends Error>(
  error: unknown,
  ErrorClass: new (...args: never[]) => E,
  msgIncludes: string,
): E {
  if (!(error instanceof ErrorClass)) {
    const message = `Expected error to be instance of "${ErrorClass.name}", but was "${error}".`;
    throw new AssertionError({ message });
  }
  assertStringIncludes(error.message, msgIncludes);
  return error;
}
