/**
 * Numbers kept in ascending order while they come one by one.
 *
 * @module
 */

/** Takes a number in logarithmic time and a move of those above it; NaN is not for it. */
export class Ascending {
  #values = new Float64Array(32);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  add(value: number): void {
    if (this.#length === this.#values.length) this.#grow();
    const index = this.#firstFrom(value, false);
    this.#values.copyWithin(index + 1, index, this.#length);
    this.#values[index] = value;
    this.#length++;
  }

  /** Takes out one number that equals `value`, which must be there. */
  remove(value: number): void {
    const index = this.#firstFrom(value, false);
    this.#values.copyWithin(index, index + 1, this.#length);
    this.#length--;
  }

  /** How many lie above `value`; one that equals it counts half. */
  above(value: number): number {
    return this.#length - (this.#firstFrom(value, false) + this.#firstFrom(value, true)) / 2;
  }

  /** NaN where there are no numbers. */
  median(): number {
    const low = this.#values[(this.#length - 1) >> 1];
    const high = this.#values[this.#length >> 1];
    if (this.#length === 0 || low === undefined || high === undefined) return NaN;
    return low + (high - low) / 2;
  }

  #grow(): void {
    const larger = new Float64Array(2 * this.#length);
    larger.set(this.#values);
    this.#values = larger;
  }

  /** The index of the first number that is at least `value`, or of the first `beyond` it. */
  #firstFrom(value: number, beyond: boolean): number {
    let [low, high] = [0, this.#length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const one = this.#values[middle] ?? NaN;
      if (beyond ? one <= value : one < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
