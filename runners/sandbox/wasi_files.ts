/**
 * `programs/wasi_files.c`: what a module can open, one record for each attempt.
 *
 * @module
 */
import { buildProgram } from "../programs/compile.ts";
import type { CommandResult, Host, Session } from "../host.ts";
import { jsonLines } from "../json_lines.ts";
import source from "../programs/wasi_files.c" with { type: "text" };
import { wasiErrnoName } from "./wasi_errno.ts";
import { moduleArgv, moduleProblem, type ModuleRun } from "./wasi_module.ts";
import { Problem } from "../../problem.ts";

/** One attempt; the path is relative to whatever descriptor opens it. */
export interface FileAttempt {
  readonly action: "read" | "write";
  /** At most 65,536. */
  readonly bytes: number;
  readonly path: string;
}

/** What came of it. */
export interface FileOutcome extends FileAttempt {
  readonly opened: boolean;
  /** "success", or what opening said: "ENOENT". */
  readonly errno: string;
  /** "file", "folder", "character device", "block device", …; null where it did not open. */
  readonly type: string | null;
  /** "success", or what reading or writing said. */
  readonly transfer: string;
  /** How many were moved. */
  readonly moved: number;
  /** POSIX cksum's of what was moved; null where nothing opened. */
  readonly checksum: number | null;
}

/** A module that holds a file open. */
export interface HeldFile {
  readonly outcome: FileOutcome;
  /** Lets the module end, and ends it. */
  release(): Promise<void>;
}

type FilesRun = Omit<ModuleRun, "args">;
const TIMEOUT_SECONDS = 20;

/** Builds the module below `folder`, and returns its path. */
export function buildWasiFiles(host: Host, folder: string): Promise<string> {
  return buildProgram(host, { source, output: `${folder}/wasi_files.wasm` }, "WASI");
}

/**
 * Makes every attempt in one run of the module.
 *
 * @throws {Problem} where the module did not run to its end
 */
export async function attemptFiles(
  host: Host,
  run: FilesRun,
  attempts: readonly FileAttempt[],
): Promise<FileOutcome[]> {
  const args = attempts.flatMap(({ action, bytes, path }) => [action, `${bytes}`, path]);
  const argv = moduleArgv({ ...run, args });
  return parseFileOutcomes(await host.run({ argv, timeoutSeconds: TIMEOUT_SECONDS }), attempts);
}

/**
 * Starts a module that reads a file and holds it open.
 *
 * @throws {Problem} where it does not open it
 */
export async function holdFile(
  host: Host,
  run: FilesRun,
  attempt: FileAttempt,
): Promise<HeldFile> {
  const argv = moduleArgv({ ...run, args: ["hold", `${attempt.bytes}`, attempt.path] });
  const session = await host.start({ argv, timeoutSeconds: TIMEOUT_SECONDS });
  const outcome = parseFileOutcome(await session.receive(TIMEOUT_SECONDS) ?? "", attempt);
  if (outcome?.opened) return { outcome, release: () => release(session) };
  throw moduleProblem(`hold ${attempt.path} open in a module`, await session.stop(1));
}

/** The outcomes in the order of the attempts. */
export function parseFileOutcomes(
  result: CommandResult,
  attempts: readonly FileAttempt[],
): FileOutcome[] {
  const lines = result.stdout.trimEnd().split("\n");
  const outcomes = attempts.map((attempt, at) => parseFileOutcome(lines[at] ?? "", attempt));
  const whole = outcomes.filter((outcome) => outcome !== null);
  if (result.status === 0 && whole.length === attempts.length) return whole;
  throw moduleProblem("read what a module can open", result);
}

function parseFileOutcome(line: string, attempt: FileAttempt): FileOutcome | null {
  const [{ errno, type, transfer, bytes, checksum } = {}] = jsonLines(line);
  if (!isCount(errno) || !isCount(transfer) || !isCount(bytes)) return null;
  return {
    ...attempt,
    opened: errno === 0,
    errno: wasiErrnoName(errno),
    type: typeof type === "string" ? type : null,
    transfer: wasiErrnoName(transfer),
    moved: bytes,
    checksum: isCount(checksum) ? checksum : null,
  };
}

async function release(session: Session): Promise<void> {
  await session.send("");
  await session.receive(TIMEOUT_SECONDS);
  const { status, stderr } = await session.stop(5);
  if (status === 0) return;
  throw new Problem({
    action: "let a module end that holds a file",
    condition: `it ended with ${status === null ? "a signal" : `status ${status}`}`,
    seen: stderr,
  });
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
