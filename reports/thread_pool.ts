/**
 * Threads that answer questions side by side.
 *
 * @module
 */

/** More threads than this would take more memory than they save time. */
const MOST_THREADS = 4;

/** A place for one thread, which starts when it is first asked, and the question that it answers now. */
interface Seat {
  worker: Worker | null;
  busy: Promise<unknown>;
}

/**
 * As many threads of one module as the machine has processors. The module answers each message with
 * one.
 */
export class ThreadPool<Question, Answer> implements Disposable {
  readonly size = Math.min(MOST_THREADS, navigator.hardwareConcurrency);
  readonly #module: URL;
  readonly #seats: Seat[];
  #next = 0;

  constructor(module: URL) {
    this.#module = module;
    this.#seats = Array.from(
      { length: this.size },
      () => ({ worker: null, busy: Promise.resolve() }),
    );
  }

  /**
   * What a thread answers.
   *
   * @throws {Error} where the thread ended instead; the next question gets a new one
   */
  async ask(question: Question): Promise<Answer> {
    const seat = this.#seats[this.#next++ % this.size];
    if (seat === undefined) throw new RangeError("thread pool: it has no threads");
    // One question at a time, so that an answer is that of the question before it.
    const answer = seat.busy.catch(() => null).then(() => this.#answer(seat, question));
    seat.busy = answer;
    return await answer;
  }

  [Symbol.dispose](): void {
    for (const { worker } of this.#seats) worker?.terminate();
  }

  async #answer(seat: Seat, question: Question): Promise<Answer> {
    const worker = seat.worker ??= new Worker(this.#module, { type: "module" });
    try {
      return await answerOf<Answer>(worker, question);
    } catch (error) {
      // It would never answer again.
      worker.terminate();
      seat.worker = null;
      throw error;
    }
  }
}

function answerOf<Answer>(worker: Worker, question: unknown): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  worker.onmessage = ({ data }) => resolve(data);
  worker.onerror = (event) => {
    event.preventDefault();
    reject(new Error(event.message));
  };
  worker.postMessage(question);
  return promise;
}
