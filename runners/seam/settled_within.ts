const LONGEST_TIMER_SECONDS = 2 ** 31 / 1000 - 1;

/** Waits for `promise`, at most `seconds`; returns whether it was fulfilled in time. */
export async function settledWithin(promise: Promise<unknown>, seconds: number): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), timerMilliseconds(seconds));
  });
  try {
    return await Promise.race([promise.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Milliseconds for a timer, which would fire at once beyond its longest time. */
export function timerMilliseconds(seconds: number): number {
  return Math.min(seconds, LONGEST_TIMER_SECONDS) * 1000;
}
