/**
 * Whether a guest's interrupt goes where it is sent (`Documentation/core-api/irq/irq-affinity`).
 *
 * @module
 */
import { negative, observed, positive } from "../probe.ts";
import type { Observation } from "../result.ts";
import { given, type Guests, sectionOf } from "./guests.ts";

/** How often each of two processors took an interrupt while something was done. */
export interface Taken {
  readonly first: number;
  readonly second: number;
}

/** Pins the SATA disk's interrupt to one processor and then the other, and reads from the disk. */
export async function observeInterrupts({ first }: Guests): Promise<Observation> {
  const lines = await sectionOf(first, "interrupts");
  const [, irq] = /^(?:\w+) (\d+)$/.exec(lines[0] ?? "") ?? [];
  const number = given(irq, "interrupt of its SATA disk");
  const [idle, one, other] = ["idle", "mask1", "mask2"].map((name) =>
    given(takenIn(lines, name), `count of interrupt ${number} (${name})`)
  );
  const pinned = (taken: Taken | undefined, to: keyof Taken, from: keyof Taken): boolean =>
    taken !== undefined && taken[to] > 0 && taken[from] === 0;
  const absent = lines.at(-1) ?? "";
  return observed("guest-view/interrupts-pinned", {
    value: pinned(one, "first", "second") && pinned(other, "second", "first"),
    seen:
      `Interrupt ${number} of the guest's SATA disk, while 4 MiB were read: pinned to processor ` +
      `0 it came ${shown(one)}; pinned to processor 1 it came ${shown(other)}.`,
    controls: [
      positive("reading from the disk raises it", sum(one) > 0 && sum(other) > 0, shown(one)),
      negative("it comes while nothing is read", sum(idle) === 0, shown(idle)),
      negative("a processor that is absent is accepted", absent === "absent refused", absent),
    ],
  });
}

/** The line `NAME B0 B1 A0 A1`: both counts before, both after. */
export function takenIn(lines: readonly string[], name: string): Taken | null {
  const line = lines.find((line) => line.startsWith(`${name} `)) ?? "";
  const counts = line.split(" ").slice(1).map((count) => /^\d+$/.test(count) ? Number(count) : NaN);
  const [first = NaN, second = NaN, firstAfter = NaN, secondAfter = NaN] = counts;
  const taken = { first: firstAfter - first, second: secondAfter - second };
  return taken.first >= 0 && taken.second >= 0 ? taken : null;
}

function sum(taken: Taken | undefined): number {
  return taken === undefined ? NaN : taken.first + taken.second;
}

function shown(taken: Taken | undefined): string {
  return `${taken?.first} times to processor 0 and ${taken?.second} times to processor 1`;
}
