/**
 * Waits in tests for what other processes do.
 *
 * @module
 */

/** So long that only what never comes takes longer, however busy the machine is. */
const MOST_SECONDS = 180;
const PAUSE_MILLISECONDS = 50;

/** Asks again and again until something is so; `what` says in words what was waited for. */
export async function until(
  what: string,
  isSo: () => boolean | Promise<boolean>,
): Promise<void> {
  const end = performance.now() + MOST_SECONDS * 1000;
  while (!await isSo()) {
    if (performance.now() > end) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLISECONDS));
  }
}
