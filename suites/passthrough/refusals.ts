/**
 * Why QEMU refuses a device, by its words, or by those of the system behind it.
 *
 * @module
 */
import { shorten } from "../../problem.ts";
import { negative } from "../probe.ts";
import type { Control } from "../result.ts";
import type { Attempt } from "./scene.ts";

/** "failed to open /dev/vfio/8: …", and since QEMU 9 "Could not open '/dev/vfio/8': …". */
const NODE = String.raw`open '?/dev/vfio/\d{1,9}'?: `;
const WORDS = {
  /** VFIO has no node of its group, for the host's driver has the device. */
  "no node": new RegExp(`${NODE}No such file or directory`),
  /** Somebody else has the group. */
  "busy": new RegExp(`${NODE}Device or resource busy`),
  /** The host's driver has another device of its group. */
  "not viable": /\bgroup \d{1,9} is not viable/,
} as const;

/** Whether a device was refused for this reason, and not for another one. */
export function isRefusedAs(reason: keyof typeof WORDS, { refused }: Attempt): boolean {
  return refused !== null && WORDS[reason].test(refused);
}

export function attemptInWords({ refused }: Attempt): string {
  return refused === null ? "takes it" : `refuses: ${shorten(refused, 160)}`;
}

/** VFIO must refuse what the host's driver has. */
export function boundControl(whileBound: Attempt): Control {
  return negative(
    "a device that the host's driver has is given to a guest",
    isRefusedAs("no node", whileBound),
    `QEMU ${attemptInWords(whileBound)}`,
  );
}
