/**
 * A QEMU that says what tests tell it to say.
 *
 * @module
 */
import type { Guest } from "../guest/guest_image.ts";
import type { GuestMachine } from "../guest/guest_machine.ts";
import type { CommandResult, Host } from "../host.ts";
import { objectOf, type QmpObject } from "../guest/qmp.ts";

/** Names of files that no test opens. */
export const SCRIPTED_GUEST: Guest = {
  kernel: { release: "6.1", image: "/c/vmlinux", modules: "/c/modules" },
  initramfs: "/t/guest.cpio",
  folder: "/t",
};
export const SCRIPTED_MACHINE: GuestMachine = {
  accelerator: { name: "tcg", why: "This is a test." },
  script: "true",
  timeoutSeconds: 60,
};

/** What QEMU answers to a command: its `return` or `error`, and lines that follow. */
export interface Reaction {
  readonly reply: { readonly return: unknown } | { readonly error: QmpObject };
  readonly lines?: readonly string[];
}

export interface ScriptedQemu {
  readonly host: Host;
  /** Every line that QEMU was sent. */
  readonly sent: readonly string[];
  /** How often it was stopped. */
  readonly stops: () => number;
}

export interface Script {
  /** What QEMU says; at a null the time is over, at the end QEMU has ended. */
  readonly lines: readonly (string | null)[];
  /** Lines that each command adds; none when absent. */
  readonly react?: (command: string, args: QmpObject) => Reaction;
  /** The time is over, instead of QEMU, where there is nothing more to say. */
  readonly hangs?: boolean;
  readonly end?: Partial<CommandResult>;
}

export function scriptedQemu({ lines, react, hangs = false, end = {} }: Script): ScriptedQemu {
  const left = [...lines];
  const sent: string[] = [];
  let [seconds, stopped] = [0, 0];
  const result = { ended: "exited", status: 0, stdout: "", stderr: "", durationSeconds: 1, ...end };
  const session = {
    send: (line: string) => {
      sent.push(line);
      if (react !== undefined) left.push(...linesOf(react, line));
      return Promise.resolve();
    },
    receive: (timeoutSeconds: number) => {
      const line = left.shift() ?? null;
      if (line === null && (hangs || left.length > 0)) seconds += timeoutSeconds;
      return Promise.resolve(line);
    },
    stop: () => Promise.resolve((stopped++, result)),
  };
  const host = {
    start: () => Promise.resolve(session),
    run: () => Promise.resolve({ ...result, stdout: "" }),
    monotonicSeconds: () => seconds,
  };
  return { host: host as unknown as Host, sent, stops: () => stopped };
}

function linesOf(react: NonNullable<Script["react"]>, sent: string): string[] {
  const { execute, arguments: args, id } = objectOf(JSON.parse(sent)) ?? {};
  const { reply, lines = [] } = react(`${execute}`, objectOf(args) ?? {});
  return [JSON.stringify({ ...reply, id }), ...lines];
}
