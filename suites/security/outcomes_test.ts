import { assertEquals, assertStringIncludes } from "@std/assert";
import type { AttemptAnswer } from "../../runners/security/attempts.ts";
import { type Aims, ATTEMPTS } from "./attempts.ts";
import { observe } from "./escape_battery.ts";
import {
  batteryOf,
  callsOf,
  judgeAnswers,
  judgeControl,
  type Outcome,
  type Row,
  rowOf,
  type Truth,
} from "./outcomes.ts";

const HASH = "00112233aabbccdd";
const TRUTH: Truth = { bootId: "host", nonce: "n0nce", hashes: new Set([HASH]) };
const DONE: AttemptAnswer = {
  verb: "read-file",
  argument: "/x",
  done: true,
  errno: null,
  bootId: "host",
  detail: "",
};
const FAILED: AttemptAnswer = { ...DONE, done: false, errno: "EPERM" };
const AIMS: Aims = {
  file: "/t/marker",
  process: 812,
  device: {
    path: "/dev/sda",
    numbers: "8:0",
    attribute: "/sys/block/sda/queue/read_ahead_kb",
    hashes: new Set([HASH]),
  },
  ownAttributes: ["/sys/block/vda/queue/read_ahead_kb"],
  addresses: ["192.0.2.1:4000", "10.0.2.2:4001"],
  closed: "192.0.2.1:1",
};

type Case = readonly [
  what: string,
  evidence: "nonce" | "device" | "kernel",
  answers: AttemptAnswer[],
  outcome: Outcome,
];

const CASES: readonly Case[] = [
  ["failed", "nonce", [FAILED], "refused"],
  ["was ended by seccomp", "kernel", [{ ...FAILED, errno: "signal-31" }], "refused"],
  ["took too long", "nonce", [{ ...FAILED, errno: "signal-14" }], "unclear"],
  ["ran out of memory", "kernel", [{ ...FAILED, errno: "ENOMEM" }], "unclear"],
  ["was not answered", "nonce", [
    { ...DONE, verb: "connect", bootId: "guest", detail: "connected, no answer (EAGAIN)" },
  ], "unclear"],
  ["opened a device under a kernel that cannot be told", "device", [
    { ...DONE, bootId: null },
  ], "unclear"],
  ["found the nonce", "nonce", [{ ...DONE, detail: "n0nce" }], "got-out"],
  ["found the nonce from a guest", "nonce", [
    { ...DONE, bootId: "guest", detail: "n0nce" },
  ], "got-out"],
  ["found something else", "nonce", [{ ...DONE, detail: "other" }], "unclear"],
  ["found a file of its own", "nonce", [{ ...DONE, bootId: "guest", detail: "x" }], "own-kernel"],
  ["read the host's bytes", "device", [
    { ...DONE, bootId: "guest", detail: ` - ${HASH}` },
  ], "got-out"],
  ["opened a device under the host's kernel", "device", [DONE], "got-out"],
  ["opened a device of its own", "device", [
    { ...DONE, bootId: "guest", detail: " ffffffffffffffff" },
  ], "own-kernel"],
  ["was done by the host's kernel", "kernel", [DONE], "got-out"],
  ["was done by a kernel that cannot be told", "kernel", [{ ...DONE, bootId: null }], "unclear"],
  ["was done by its own kernel", "kernel", [{ ...DONE, bootId: "guest" }], "own-kernel"],
  ["got out in one of two ways", "nonce", [FAILED, { ...DONE, detail: "n0nce" }], "got-out"],
  ["was refused one way and unclear the other", "nonce", [FAILED, DONE], "unclear"],
  ["had nothing to aim at", "device", [], "not-possible-here"],
];

for (const [what, evidence, answers, outcome] of CASES) {
  Deno.test(`judgeAnswers() says ${outcome} when an attempt ${what}`, () => {
    assertEquals(judgeAnswers({ evidence }, answers, TRUTH).outcome, outcome);
  });
}

Deno.test("rowOf() does not count an attempt when a control did not get through", () => {
  const [attempt] = ATTEMPTS;
  if (attempt === undefined) throw new TypeError("no attempts");
  const inside = { outcome: "refused", why: "EPERM", answers: [] } as const;
  const through = { outcome: "got-out", why: "found" } as const;
  const not = { outcome: "refused", why: "ENOSYS" } as const;
  assertEquals(rowOf(attempt, inside, { natively: through }).outcome, "refused");
  const row = rowOf(attempt, inside, { natively: not });
  assertEquals([row.outcome, row.why], ["no-control", "natively: ENOSYS"]);
  const out = { ...through, answers: [] };
  assertEquals(rowOf(attempt, out, { natively: not }).outcome, "got-out");
});

Deno.test("judgeControl() wants every way to get through", () => {
  const found = { ...DONE, detail: "n0nce" };
  const outcomeOf = (...answers: AttemptAnswer[]) =>
    judgeControl({ evidence: "nonce" }, answers, TRUTH).outcome;
  assertEquals([outcomeOf(found, found), outcomeOf(found, FAILED)], ["got-out", "refused"]);
  assertEquals(outcomeOf(), "not-possible-here");
});

Deno.test("judgeAnswers() names devices and addresses, and no file or process of the battery's", () => {
  const whyOf = (answer: AttemptAnswer) => judgeAnswers({ evidence: "nonce" }, [answer], TRUTH).why;
  assertEquals(whyOf({ ...FAILED, verb: "read-device", argument: "/dev/sda" }), "/dev/sda: EPERM");
  assertEquals(whyOf({ ...FAILED, argument: "/tmp/x/marker" }), "EPERM");
});

Deno.test("batteryOf() sorts the answers to callsOf() by attempt", () => {
  const calls = callsOf(AIMS, [{ verb: "read-device", argument: "/dev/vda" }]);
  const battery = batteryOf(calls.map((call) => ({ ...FAILED, ...call })), AIMS);
  const argumentsOf = (id: string) => battery.attempts.get(id)?.map(({ argument }) => argument);
  assertEquals(argumentsOf("other-interface"), AIMS.addresses);
  assertEquals(argumentsOf("mknod-open"), ["8:0"]);
  assertEquals(battery.absent.length, ATTEMPTS.length);
  assertEquals(battery.further.map(({ argument }) => argument), ["/dev/vda"]);
});

Deno.test("ATTEMPTS are the twelve, three of them on devices, and name each once", () => {
  assertEquals(new Set(ATTEMPTS.map(({ id }) => id)).size, 12);
  assertEquals(ATTEMPTS.filter(({ onDevice }) => onDevice).length, 3);
});

Deno.test("observe() is false, and tells what got out, when one attempt did", () => {
  const [all, devices] = observe("container", escapeOf(["refused", "got-out", "refused"]));
  assertEquals([all?.value, devices?.value], [false, true]);
  assertStringIncludes(all?.seen ?? "", "Not refused in a container: attempt 1 (why 1)");
});

Deno.test("observe() has no value when an attempt is unclear, unless another one got out", () => {
  const [unclear] = observe("container", escapeOf(["refused", "unclear", "refused"]));
  assertEquals([unclear?.value, unclear?.absence?.verdict], [null, "inconclusive"]);
  assertStringIncludes(unclear?.seen ?? "", "Unclear: attempt 1 (why 1)");
  const [out] = observe("container", escapeOf(["refused", "unclear", "got-out"]));
  assertEquals(out?.value, false);
});

Deno.test("observe() has no value when nothing counts, and no control when too little does", () => {
  const none = observe("guest", escapeOf(["not-possible-here", "not-possible-here"]));
  assertEquals(none.map(({ value }) => value), [null, null]);
  const [few] = observe("guest", escapeOf(["refused", "not-possible-here", "not-possible-here"]));
  assertEquals([few?.value, few?.controls[0]?.held], [true, false]);
});

Deno.test("observe() has a control that fails when the marker was lost on the way", () => {
  const { rows, ...others } = escapeOf(["refused", "refused", "no-control"]);
  const heldWith = (id: string) => {
    const named = rows.map((row, index) => index === 2 ? { ...row, id } : row);
    return observe("guest", { ...others, rows: named })[0]?.controls.every(({ held }) => held);
  };
  assertEquals(["host-processes", "load-module"].map(heldWith), [false, true]);
});

function escapeOf(outcomes: readonly Outcome[]) {
  const rows = outcomes.map((outcome, index): Row => ({
    id: `${index}`,
    title: `attempt ${index}`,
    onDevice: index === 0,
    outcome,
    why: `why ${index}`,
    answers: [],
  }));
  return { rows, controls: [], note: "" };
}
