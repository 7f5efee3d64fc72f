import { Buffer } from "node:buffer";

/** Collects a stream's bytes up to a limit: its first ones, or its last ones. */
export class CapturedOutput {
  readonly #limit: number;
  readonly #keep: "first" | "last";
  #chunks: Uint8Array[] = [];
  #bytes = 0;

  constructor(limitBytes: number, keep: "first" | "last") {
    this.#limit = limitBytes;
    this.#keep = keep;
  }

  /** Adds what was read; returns whether the limit was exceeded. */
  add(chunk: Uint8Array): boolean {
    const over = this.#bytes + chunk.length - this.#limit;
    const first = this.#keep === "first";
    const kept = first && over > 0 ? chunk.subarray(0, chunk.length - over) : chunk;
    if (kept.length > 0) this.#chunks.push(kept);
    this.#bytes += kept.length;
    if (!first && over > 0) this.#dropFirst(over);
    return over > 0;
  }

  /** The text, read as UTF-8; what is not UTF-8 becomes replacement characters. */
  text(): string {
    return Buffer.concat(this.#chunks).toString("utf8");
  }

  #dropFirst(bytes: number): void {
    let left = bytes;
    while (left > 0) {
      const first = this.#chunks.shift();
      if (first === undefined) break;
      if (first.length > left) this.#chunks.unshift(first.subarray(left));
      left -= first.length;
    }
    this.#bytes -= bytes;
  }
}
