/**
 * Stand-in for `@std/testing/snapshot` over the test runner's own snapshots.
 *
 * @module
 */

/** Asserts that `actual` matches the stored snapshot; `deno test --update-snapshots` stores it. */
export async function assertSnapshot<T>(context: Deno.TestContext, actual: T): Promise<void> {
  await (context as Deno.TestContext & { assertSnapshot(actual: T): Promise<void> | void })
    .assertSnapshot(actual);
}
