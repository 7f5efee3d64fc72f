/** Collects a stream's bytes up to a limit: its first ones, or its last ones. */
export class CapturedOutput {
  readonly #limit: number;
  readonly #keep: "first" | "last";
  #chunks: Uint8Array[] = [];
  #bytes = 0;

  constructor(limit: number, keep: "first" | "last") {
    this.#limit = limit;
    this.#keep = keep;
  }

  /** Adds what was read; returns whether the limit was exceeded. */
  add(chunk: Uint8Array): boolean {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    const over = this.#bytes - this.#limit;
    if (over <= 0) return false;
    if (this.#keep === "first") this.#dropLast(chunk, over);
    else this.#dropFirst(over);
    return true;
  }

  /** The text, read as UTF-8; what is not UTF-8 becomes replacement characters. */
  text(): string {
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(concat(this.#chunks, this.#bytes));
  }

  #dropLast(chunk: Uint8Array, over: number): void {
    this.#chunks[this.#chunks.length - 1] = chunk.subarray(0, chunk.length - over);
    this.#bytes = this.#limit;
  }

  #dropFirst(over: number): void {
    let left = over;
    while (left > 0) {
      const first = this.#chunks.shift();
      if (first === undefined) break;
      if (first.length > left) this.#chunks.unshift(first.subarray(left));
      left -= first.length;
    }
    this.#bytes = this.#limit;
  }
}

function concat(chunks: readonly Uint8Array[], bytes: number): Uint8Array {
  const [only] = chunks;
  if (chunks.length === 1 && only !== undefined) return only;
  const all = new Uint8Array(bytes);
  let offset = 0;
  for (const chunk of chunks) {
    all.set(chunk, offset);
    offset += chunk.length;
  }
  return all;
}
