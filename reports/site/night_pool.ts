/**
 * Threads that make pages of nights side by side.
 *
 * @module
 */
import { Problem } from "../../problem.ts";
import type { NightPlace } from "./night_page.ts";
import type { NightAnswer, NightRequest } from "./night_worker.ts";

/** More threads than this would take more memory than they save time. */
const MOST_THREADS = 4;

/** A thread, and whether it has been asked for anything yet. */
interface Thread {
  readonly worker: Worker;
  busy: Promise<unknown>;
}

/** Makes pages in as many threads as the machine has processors; they start when first asked. */
export class NightPool implements Disposable {
  readonly size = Math.min(MOST_THREADS, navigator.hardwareConcurrency);
  readonly #threads: Thread[] = [];
  #next = 0;

  /**
   * The page of a night, as `nightPage` makes it.
   *
   * @throws {Problem} where the result is damaged
   */
  async page(gzip: Uint8Array, place: NightPlace): Promise<Uint8Array> {
    const thread = this.#thread();
    // One question at a time, so that an answer is that of the question before it.
    const answer = thread.busy.catch(() => null).then(() => ask(thread.worker, { gzip, place }));
    thread.busy = answer;
    const said = await answer;
    if ("page" in said) return said.page;
    throw "problem" in said ? new Problem(said.problem) : new Error(said.error);
  }

  [Symbol.dispose](): void {
    for (const { worker } of this.#threads) worker.terminate();
  }

  #thread(): Thread {
    const index = this.#next++ % this.size;
    return this.#threads[index] ??= {
      worker: new Worker(new URL("./night_worker.ts", import.meta.url), { type: "module" }),
      busy: Promise.resolve(),
    };
  }
}

function ask(worker: Worker, request: NightRequest): Promise<NightAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<NightAnswer>();
  worker.onmessage = ({ data }) => resolve(data);
  worker.onerror = (event) => {
    event.preventDefault();
    reject(new Error(event.message));
  };
  worker.postMessage(request);
  return promise;
}
