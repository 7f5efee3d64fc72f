/**
 * Reads and writes the kernel's files about devices. All of it goes on after a cancel, because it is
 * what puts the host back; and all of it is bounded, because a driver may let a write wait for ever.
 *
 * @module
 */
import type { CommandRequest, CommandResult, Host } from "../host.ts";
import { MissingTool, Problem } from "../../problem.ts";

const READ_SECONDS = 10;

/** The problem of a change that was refused, and of which nothing was made. */
export class NothingChanged extends Problem {}

/** Runs a command that goes on after a cancel. */
export async function runSurviving(
  host: Host,
  argv: CommandRequest["argv"],
  options: Pick<CommandRequest, "stdin"> & { readonly timeoutSeconds?: number } = {},
): Promise<CommandResult> {
  return await host.run({ argv, timeoutSeconds: READ_SECONDS, ...options, survivesCancel: true });
}

/**
 * The text of a file, trimmed; null when there is none.
 *
 * @throws {Problem} where that cannot be told
 */
export async function readFile(host: Host, path: string): Promise<string | null> {
  const result = await runSurviving(host, ["cat", path]);
  if (result.ended === "exited" && result.status === 0) return result.stdout.trim();
  if (isAbsence(result)) return null;
  throw failed(`read ${path}`, "cat", result);
}

/** What a failed command says of a path or a device that is not there (`LC_ALL=C`). */
function isAbsence({ ended, stderr }: CommandResult): boolean {
  return ended === "exited" && /No such (file or directory|device)|Not a directory/.test(stderr);
}

export interface FileWrite {
  /** Without its line feed, which is added: an empty text clears a setting. */
  readonly text: string;
  /** Completes "Cannot …". */
  readonly action: string;
  readonly timeoutSeconds: number;
  /** What it means that the write does not return. */
  readonly whenBlocked: string;
}

/**
 * Writes one line to a file of the kernel.
 *
 * @throws {Problem} where the kernel refuses it or lets it wait
 */
export async function writeFile(host: Host, path: string, write: FileWrite): Promise<void> {
  const { text, action, timeoutSeconds, whenBlocked } = write;
  const result = await runSurviving(host, ["tee", path], { stdin: `${text}\n`, timeoutSeconds });
  if (result.ended === "exited" && result.status === 0) return;
  if (result.ended !== "timed-out") throw failed(action, `writing to ${path}`, result);
  const condition = `writing to ${path} did not end within ${timeoutSeconds} s: ${whenBlocked}`;
  throw new Problem({ action, condition, cure: "End what uses it, and run: deno task recover" });
}

/** The problem of a command that did not do what it is for. */
export function failed(action: string, what: string, result: CommandResult): Problem {
  const { ended, status, stderr, stdout } = result;
  if (ended === "not-found") {
    const condition = "a program that it takes is not installed";
    return new MissingTool({ action, condition, seen: stderr, cure: `Install ${what}.` });
  }
  const how = ended === "exited"
    ? `ended with ${status === null ? "a signal" : `status ${status}`}`
    : `was ended (${ended})`;
  const said = stderr.trim() === "" ? stdout.trim() : stderr.trim();
  return new Problem({
    action,
    condition: `${what} ${how}`,
    ...(said === "" ? {} : { seen: said }),
  });
}
