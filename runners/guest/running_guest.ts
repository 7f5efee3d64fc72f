/**
 * A guest that runs while it is talked to: QMP goes in over QEMU's standard input, and its replies
 * and events come out on standard output, between the lines that the guest's script prints.
 *
 * @module
 */
import { MissingTool, Problem } from "../../problem.ts";
import type { Guest } from "./guest_image.ts";
import { consoleTail, type GuestMachine, machineArguments, QEMU } from "./guest_machine.ts";
import { guestFailure } from "./guest_script.ts";
import type { CommandResult, Host, Session } from "../host.ts";
import { objectOf, parseQmp, qmpCommand, type QmpMessage, type QmpObject } from "./qmp.ts";

/** What QEMU answered to a command. */
export type QmpReply =
  | { readonly refused: null; readonly value: unknown }
  /** Its own words, such as "GenericError: Bus 'ide.0' does not support hotplugging". */
  | { readonly refused: string };

/** `init` marks the script's lines, on which QMP's cannot begin. */
const GUEST_LINE = "guest: ";
const REPLY_SECONDS = 20;
const STOP_GRACE_SECONDS = 5;

/** QEMU's arguments for a guest that is talked to. */
export function runningArguments(guest: Guest, machine: GuestMachine): [string, ...string[]] {
  return [
    ...machineArguments(guest, machine, "lines"),
    ...["-chardev", "stdio,id=qmp,signal=off", "-mon", "chardev=qmp,mode=control"],
  ];
}

/**
 * Starts a guest and makes QMP ready.
 *
 * @throws {MissingTool} where there is no QEMU
 * @throws {Problem} where QEMU does not start
 */
export async function startGuest(
  host: Host,
  guest: Guest,
  machine: GuestMachine,
): Promise<RunningGuest> {
  const session = await host.start({
    argv: runningArguments(guest, machine),
    timeoutSeconds: machine.timeoutSeconds,
  });
  const running = new RunningGuest({ host, session, guest, machine });
  try {
    const reply = await running.execute("qmp_capabilities");
    if (reply.refused === null) return running;
    throw new Problem({ action: "talk to QEMU", condition: reply.refused });
  } catch (error) {
    await running.end();
    throw error;
  }
}

/**
 * Opens everything that the machine names, without booting it, and ends: tells whether QEMU takes
 * the arguments, and answers one more command.
 */
export async function tryMachine(
  host: Host,
  guest: Guest,
  machine: GuestMachine & { readonly execute?: string },
): Promise<{ readonly command: CommandResult; readonly reply: unknown }> {
  const commands = ["qmp_capabilities", machine.execute ?? "query-status", "quit"];
  const command = await host.run({
    argv: [...runningArguments(guest, machine), "-S"],
    stdin: commands.map((name, id) => `${qmpCommand(name, id)}\n`).join(""),
    timeoutSeconds: machine.timeoutSeconds,
  });
  const messages = command.stdout.split("\n").map(parseQmp);
  const reply = messages.find((message) => message?.kind === "return" && message.id === 1);
  return { command, reply: reply?.kind === "return" ? reply.value : null };
}

export class RunningGuest {
  readonly #host: Host;
  readonly #session: Session;
  readonly #guest: Guest;
  readonly #machine: GuestMachine;
  readonly #lines: string[] = [];
  readonly #events: Extract<QmpMessage, { kind: "event" }>[] = [];
  readonly #replies = new Map<number, QmpReply>();
  #ended: Promise<CommandResult> | null = null;
  #commands = 0;
  /** QEMU's version, as it greeted. */
  version = "unknown";

  constructor(
    { host, session, guest, machine }: {
      readonly host: Host;
      readonly session: Session;
      readonly guest: Guest;
      readonly machine: GuestMachine;
    },
  ) {
    this.#host = host;
    this.#session = session;
    this.#guest = guest;
    this.#machine = machine;
  }

  /** Every line that the guest's script has printed and that was read, the first first. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  /**
   * Gives QEMU a command and waits for the reply. A refusal is a reply.
   *
   * @throws {Problem} where QEMU ended, or did not reply in time
   */
  async execute(
    command: string,
    args: QmpObject = {},
    timeoutSeconds = REPLY_SECONDS,
  ): Promise<QmpReply> {
    const id = this.#commands++;
    await this.#session.send(qmpCommand(command, id, args));
    const reply = () => this.#replies.get(id);
    return await this.#until(reply, `get QEMU's reply to ${command}`, timeoutSeconds);
  }

  /**
   * The first of the guest's lines from the `since`-th on that the pattern matches.
   *
   * @throws {Problem} where the guest ended, or printed none in time
   */
  waitForLine(pattern: RegExp, timeoutSeconds: number, since = 0): Promise<string> {
    const found = () => this.#lines.slice(since).find((line) => pattern.test(line));
    return this.#until(found, `see the guest report ${pattern}`, timeoutSeconds);
  }

  /**
   * Waits for an event of that name whose data has these properties; events count from the start.
   *
   * @throws {Problem} where QEMU ended, or there was none in time
   */
  async waitForEvent(name: string, data: QmpObject, timeoutSeconds: number): Promise<void> {
    const found = () =>
      this.#events.find((event) =>
        event.name === name &&
        Object.entries(data).every(([key, value]) => event.data[key] === value)
      );
    await this.#until(found, `see QEMU's event ${name}`, timeoutSeconds);
  }

  /** Whether QEMU says that the guest runs now. */
  async isRunning(): Promise<boolean> {
    const reply = await this.execute("query-status");
    return reply.refused === null && objectOf(reply.value)?.["running"] === true;
  }

  /** Ends the guest, whatever it does. May be called again. */
  end(): Promise<CommandResult> {
    this.#ended ??= this.#session.stop(STOP_GRACE_SECONDS);
    return this.#ended;
  }

  async #until<T>(
    found: () => T | undefined,
    action: string,
    timeoutSeconds: number,
  ): Promise<T> {
    const end = this.#host.monotonicSeconds() + timeoutSeconds;
    for (;;) {
      const value = found();
      if (value !== undefined) return value;
      const left = end - this.#host.monotonicSeconds();
      const line = left > 0 && this.#ended === null ? await this.#session.receive(left) : null;
      if (line !== null) this.#take(line);
      else if (this.#host.monotonicSeconds() < end) throw await this.#whyEnded(action);
      else throw new Problem({ action, condition: `it took longer than ${timeoutSeconds} s` });
    }
  }

  #take(line: string): void {
    if (line.startsWith(GUEST_LINE)) {
      this.#lines.push(line.slice(GUEST_LINE.length));
      return;
    }
    const message = parseQmp(line);
    if (message?.kind === "greeting") this.version = message.version;
    if (message?.kind === "event") this.#events.push(message);
    if (message?.kind === "return" && message.id !== null) {
      this.#replies.set(message.id, { refused: null, value: message.value });
    }
    if (message?.kind === "error" && message.id !== null) {
      const refused = `${message.errorClass}: ${message.description}`;
      this.#replies.set(message.id, { refused });
    }
  }

  async #whyEnded(action: string): Promise<Problem> {
    const command = await this.end();
    if (command.ended === "not-found") {
      const cure = "Run: deno task bench --setup";
      return new MissingTool({ action, condition: `there is no ${QEMU}`, cure });
    }
    const console = await consoleTail(this.#host, this.#guest, this.#machine);
    const { failure } = guestFailure(command, console);
    return new Problem({ action, condition: failure.replace(/\.$/, "") });
  }
}
