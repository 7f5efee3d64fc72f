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
  /** When block 1 of the experiment began: block 0 holds arms that run only once. */
  #blockOne: { readonly experiment: string; readonly seconds: number } | null = null;

  /** A step that is worth a line of its own. */
  say(text: string): void {
    this.#write(text, true);
  }

  /** The run that starts now; `remainingSeconds` is what is left of the budget, null without one. */
  step(step: PairedStep, remainingSeconds: number | null): void {
    const { experiment, workload, arm, block, mostBlocks } = step;
    const left = this.#left(step, remainingSeconds);
    const where = `${experiment}: block ${block + 1} of at most ${mostBlocks}`;
    if (this.#terminal) this.#write(`${where}, ${workload}, ${arm}${left}`, false);
    else if (this.#last !== where) this.#write(`${where}${left}`, true);
    this.#last = where;
  }

  #left(step: PairedStep, remainingSeconds: number | null): string {
    if (remainingSeconds !== null) {
      return `, ${duration(Math.round(Math.max(0, remainingSeconds)))} left`;
    }
    const { experiment, block, mostBlocks } = step;
    const now = performance.now() / 1000;
    if (block === 1 && this.#blockOne?.experiment !== experiment) {
      this.#blockOne = { experiment, seconds: now };
    }
    if (block < 2 || this.#blockOne?.experiment !== experiment) return "";
    const perBlock = (now - this.#blockOne.seconds) / (block - 1);
    return `, at most ${duration(Math.round(perBlock * (mostBlocks - block)))} left`;
  }

  /** Leaves the terminal's line clean. */
  end(): void {
    if (this.#terminal) Deno.stderr.writeSync(encoder.encode("\r\x1b[K"));
  }

  #write(text: string, whole: boolean): void {
    const line = this.#terminal ? `\r\x1b[K${text}${whole ? "\n" : ""}` : `${text}\n`;
    Deno.stderr.writeSync(encoder.encode(line));
  }
}
