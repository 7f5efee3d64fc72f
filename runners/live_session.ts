import type { CommandResult, Session } from "./host.ts";
import type { LiveCommand } from "./live_command.ts";

/** Unread lines beyond this many bytes are dropped, the oldest first. */
const UNREAD_LINES = 100_000;

/** A live {@linkcode Session}: lines wait here until they are received. */
export class LiveSession implements Session {
  readonly #command: LiveCommand;
  readonly #lines: string[] = [];
  readonly #waiting = new Set<() => void>();
  #partial = "";
  #over = false;

  constructor(command: LiveCommand) {
    this.#command = command;
    const decoder = new TextDecoder();
    command.child.stdout?.on("data", (chunk: Uint8Array) => {
      this.#take(decoder.decode(chunk, { stream: true }));
    });
    const over = () => this.#finish();
    command.result.then(over, over);
  }

  async send(line: string): Promise<void> {
    const stdin = this.#command.child.stdin;
    if (stdin === null || stdin.destroyed || !stdin.writable) return;
    // A command that has just ended cannot be told anything: `receive` and `stop` tell that it ended.
    await new Promise<void>((resolve) => {
      stdin.write(`${line}\n`, () => resolve());
    });
  }

  async receive(timeoutSeconds: number): Promise<string | null> {
    if (this.#lines.length === 0 && !this.#over) await this.#news(timeoutSeconds);
    return this.#lines.shift() ?? null;
  }

  async stop(graceSeconds: number): Promise<CommandResult> {
    if (!this.#over) await this.#command.end("exited", graceSeconds);
    return await this.#command.result;
  }

  #take(text: string): void {
    const lines = (this.#partial + text).split("\n");
    this.#partial = lines.pop() ?? "";
    this.#lines.push(...lines);
    if (this.#lines.length > UNREAD_LINES) this.#lines.splice(0, this.#lines.length - UNREAD_LINES);
    if (lines.length > 0) this.#wake();
  }

  #finish(): void {
    this.#over = true;
    if (this.#partial !== "") this.#lines.push(this.#partial);
    this.#partial = "";
    this.#wake();
  }

  #news(timeoutSeconds: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, timeoutSeconds * 1000);
      this.#waiting.add(done);
    });
  }

  #wake(): void {
    for (const done of [...this.#waiting]) done();
  }
}
