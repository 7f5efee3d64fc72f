import { settledWithin } from "./settled_within.ts";

/** Beyond this many lines that nobody received, the oldest are dropped. */
const MOST_LINES = 100_000;

/** Splits a stream into lines, which wait here until they are asked for. */
export class LineQueue {
  readonly #decoder = new TextDecoder();
  #lines: string[] = [];
  #partial = "";
  #over = false;
  #news = Promise.withResolvers<void>();

  /** Adds what was read. */
  add(chunk: Uint8Array): void {
    const lines = (this.#partial + this.#decoder.decode(chunk, { stream: true })).split("\n");
    this.#partial = lines.pop() ?? "";
    this.#append(lines);
  }

  /** The stream has ended: an unfinished line counts as a line. */
  end(): void {
    this.#over = true;
    this.#append(this.#partial === "" ? [] : [this.#partial]);
    this.#partial = "";
  }

  /** The next line; null when there is none in time, or no more. */
  async next(timeoutSeconds: number): Promise<string | null> {
    const end = performance.now() + timeoutSeconds * 1000;
    while (this.#lines.length === 0 && !this.#over) {
      const left = (end - performance.now()) / 1000;
      if (left <= 0 || !await settledWithin(this.#news.promise, left)) break;
    }
    return this.#lines.shift() ?? null;
  }

  #append(lines: readonly string[]): void {
    for (const line of lines) this.#lines.push(line);
    if (this.#lines.length > MOST_LINES) this.#lines = this.#lines.slice(-MOST_LINES);
    this.#news.resolve();
    this.#news = Promise.withResolvers();
  }
}
