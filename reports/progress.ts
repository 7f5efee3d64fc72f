/**
 * What a run is doing, on standard error: one line that is rewritten on a terminal, plain lines
 * elsewhere.
 *
 * @module
 */
import type { PairedStep } from "../suites/paired.ts";
import { duration } from "./units.ts";

const encoder = new TextEncoder();

export class ProgressLines {
  readonly #terminal = Deno.stderr.isTerminal();
  #last = "";
  /** When the experiment's first run began. */
  #start: { readonly experiment: string; readonly seconds: number } | null = null;

  /** A step that is worth a line of its own. */
  say(text: string): void {
    this.#write(text, true);
  }

  /** The run that starts now; `remainingSeconds` is what is left of the budget, null without one. */
  step(step: PairedStep, remainingSeconds: number | null): void {
    const { experiment, workload, arm, blocks, mostBlocks } = step;
    const left = this.#left(step, remainingSeconds);
    const where = `${experiment}: block ${blocks} of at most ${mostBlocks}`;
    if (this.#terminal) this.#write(`${where}, ${workload}, ${arm}${left}`, false);
    else if (this.#last !== where) this.#write(`${where}${left}`, true);
    this.#last = where;
  }

  #left({ experiment, blocks, mostBlocks }: PairedStep, remainingSeconds: number | null): string {
    if (remainingSeconds !== null) {
      return `, ${duration(Math.round(Math.max(0, remainingSeconds)))} left`;
    }
    const now = performance.now() / 1000;
    if (this.#start?.experiment !== experiment) this.#start = { experiment, seconds: now };
    const done = blocks - 1;
    if (done === 0) return "";
    const perBlock = (now - this.#start.seconds) / done;
    return `, at most ${duration(Math.round(perBlock * (mostBlocks - done)))} left`;
  }

  /** Leaves the terminal's line clean. */
  end(): void {
    if (this.#terminal) print("\r\x1b[K");
  }

  #write(text: string, whole: boolean): void {
    const line = this.#terminal ? `\r\x1b[K${text}${whole ? "\n" : ""}` : `${text}\n`;
    print(line);
  }
}

/** Nobody may listen any more (a closed terminal, an ended pager): the run must end well all the same. */
function print(text: string): void {
  try {
    Deno.stderr.writeSync(encoder.encode(text));
  } catch {
    // What a run does is in its result, too.
  }
}
