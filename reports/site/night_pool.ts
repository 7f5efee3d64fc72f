/**
 * Threads that make pages of nights side by side.
 *
 * @module
 */
import { Problem } from "../../problem.ts";
import { ThreadPool } from "../thread_pool.ts";
import type { NightPlace } from "./night_page.ts";
import type { NightAnswer, NightRequest } from "./night_worker.ts";

/** Makes pages in as many threads as the machine has processors; they start when first asked. */
export class NightPool implements Disposable {
  readonly #threads = new ThreadPool<NightRequest, NightAnswer>(
    new URL("./night_worker.ts", import.meta.url),
  );

  /** How many pages are made at once. */
  get size(): number {
    return this.#threads.size;
  }

  /**
   * The page of a night, as `nightPage` makes it.
   *
   * @throws {Problem} where the result is damaged
   */
  async page(gzip: Uint8Array, place: NightPlace): Promise<Uint8Array> {
    const said = await this.#threads.ask({ gzip, place });
    if ("page" in said) return said.page;
    throw "problem" in said ? new Problem(said.problem) : new Error(said.error);
  }

  [Symbol.dispose](): void {
    this.#threads[Symbol.dispose]();
  }
}
