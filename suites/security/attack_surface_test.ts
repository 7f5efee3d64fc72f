import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  type CallClass,
  type Census,
  type CensusEntry,
  NO_CALL,
} from "../../runners/security/syscall_census.ts";
import { observeCensus } from "./container_calls.ts";
import { observeTraced } from "./guest_calls.ts";
import type { Observation } from "../result.ts";

const [GETPID, MOUNT] = [39, 165];
const FREE = census({ [GETPID]: "reached", [MOUNT]: "reached", 1: "reached", 2: "allowed" });
const CONFINED = census({ [GETPID]: "reached", [MOUNT]: "refused", 1: "reached", 2: "allowed" });
const SMALL = traced("execve mmap close");
const QEMU = traced("execve mmap close futex ppoll socket");

Deno.test("observeCensus() counts when every control holds", () => {
  const seen = observeCensus(CONFINED, FREE);
  assertEquals([seen.value, held(seen)], [3, [true, true, true, true]]);
});

Deno.test("observeCensus() has a control that fails when nothing is refused", () => {
  assertEquals(held(observeCensus(FREE, FREE)), [true, false, true, false]);
});

Deno.test("observeCensus() tells a filter that answers ENOSYS from a kernel without the call", () => {
  const { value, seen, controls } = observeCensus(
    census({ [GETPID]: "reached", [MOUNT]: "unknown", 1: "reached", 2: "allowed" }),
    FREE,
  );
  assertEquals([value, controls.map((control) => control.held)], [3, [true, true, true, true]]);
  assertStringIncludes(seen, "seccomp refuses 1, and this kernel has no call for 0;");
});

Deno.test("observeCensus() has a control that fails when every number is reached", () => {
  const all = census({ [GETPID]: "reached", [MOUNT]: "refused", [NO_CALL]: "reached" });
  assertEquals(held(observeCensus(all, FREE))[2], false);
});

Deno.test("observeTraced() counts QEMU's calls and tells its seccomp mode", () => {
  const seen = observeTraced(QEMU, SMALL, "tcg");
  assertEquals([seen.value, held(seen)], [6, [true, true, true]]);
  assertStringIncludes(seen.seen, ", behind a seccomp filter,");
});

Deno.test("observeTraced() has controls that fail when a trace is not that of its program", () => {
  assertEquals(held(observeTraced(SMALL, QEMU, "tcg")), [false, false, false]);
});

function census(classes: Readonly<Record<number, CallClass>>): Census {
  const named = Object.entries(classes).map(([number, name]) => entry(Number(number), name));
  const entries = new Map([entry(NO_CALL, "unknown"), ...named].map((one) => [one.number, one]));
  const reachable = Object.values(classes).filter((name) => /reached|allowed/.test(name)).length;
  return { entries, reachable, getpid: GETPID, mount: MOUNT };
}

function entry(number: number, name: CallClass): CensusEntry {
  return { number, class: name, filtered: "38", executed: "-" };
}

function traced(names: string) {
  const calls = new Map(names.split(" ").map((name) => [name, 1]));
  return { calls, seccomp: "filter" } as const;
}

function held({ controls }: Observation): boolean[] {
  return controls.map((control) => control.held);
}
