/**
 * Boots a {@linkcode Guest} that runs one script as root, hands back what it said, and ends.
 *
 * @module
 */
import { Problem, shorten } from "../../problem.ts";
import { type GuestDocument, parseGuestDocument } from "./guest_document.ts";
import type { Guest } from "./guest_image.ts";
import { consoleTail, type GuestMachine, machineArguments, QEMU } from "./guest_machine.ts";
import type { CommandResult, Host } from "../host.ts";

/** Why a guest handed back no document. */
export type GuestFailureKind = "not-run" | "timed-out" | "cancelled" | "panicked" | "no-document";

interface GuestCommand {
  readonly argv: readonly [string, ...string[]];
  /** QEMU's own end. */
  readonly command: CommandResult;
}

export interface CompletedScriptRun extends GuestCommand {
  readonly failure: null;
  readonly failureKind: null;
  /** The script's own status, whatever it is, is in the document. */
  readonly document: GuestDocument;
}

export interface FailedScriptRun extends GuestCommand {
  /** A sentence, with the end of the console where that helps. */
  readonly failure: string;
  readonly failureKind: GuestFailureKind;
  readonly document: null;
}

export type GuestScriptRun = CompletedScriptRun | FailedScriptRun;

const MOST_DOCUMENT_BYTES = 4 * 2 ** 20;

/**
 * Boots the guest and runs the script in it. A guest that fails is a run with a `failure`.
 *
 * @throws {Problem} where the job cannot be put into words that QEMU or the guest understand
 */
export async function runGuestScript(
  host: Host,
  guest: Guest,
  machine: GuestMachine,
): Promise<GuestScriptRun> {
  const argv = machineArguments(guest, machine);
  const command = await host.run({
    argv,
    timeoutSeconds: machine.timeoutSeconds,
    maxOutputBytes: MOST_DOCUMENT_BYTES,
  });
  const document = command.ended === "exited" && command.status === 0
    ? parseGuestDocument(command.stdout)
    : null;
  if (document !== null) return { argv, command, failure: null, failureKind: null, document };
  const console = await consoleTail(host, guest, machine);
  return { argv, command, document: null, ...guestFailure(command, console) };
}

/**
 * What the script printed.
 *
 * @throws {Problem} where the guest failed, or the script exited with another status than 0
 */
export function scriptOutput({ failure, document }: GuestScriptRun): string {
  const action = "run a script in the guest";
  if (document === null) {
    throw new Problem({ action, condition: failure.replace(/\.$/, "") });
  }
  const { status, stdout, stderr } = document;
  if (status === 0) return stdout;
  throw new Problem({
    action,
    condition: `it exited with status ${status}`,
    seen: stderr || stdout,
  });
}

/** Why QEMU's end gave no document. */
export function guestFailure(
  command: CommandResult,
  consoleTail: string,
): Pick<FailedScriptRun, "failure" | "failureKind"> {
  const { ended, status, durationSeconds } = command;
  const said = (text: string): string => text.trim() === "" ? "" : `: ${shorten(text)}`;
  const onConsole = consoleTail.trim() === "" ? "" : ` (console: ${shorten(consoleTail)})`;
  if (ended === "not-found") return { failureKind: "not-run", failure: `There is no ${QEMU}.` };
  if (ended === "cancelled") return { failureKind: "cancelled", failure: "It was cancelled." };
  if (ended === "timed-out") {
    const failure = `The guest did not end within ${Math.round(durationSeconds)} s${onConsole}.`;
    return { failureKind: "timed-out", failure };
  }
  if (ended === "output-limit") {
    return { failureKind: "no-document", failure: "The guest handed back too much." };
  }
  if (status !== 0) {
    const how = status === null ? "was ended by a signal" : `exited with status ${status}`;
    return { failureKind: "not-run", failure: `QEMU ${how}${said(command.stderr)}` };
  }
  if (/Kernel panic/.test(consoleTail)) {
    return { failureKind: "panicked", failure: `The guest's kernel panicked${onConsole}.` };
  }
  return {
    failureKind: "no-document",
    failure: `The guest ended without a whole document${onConsole}.`,
  };
}
