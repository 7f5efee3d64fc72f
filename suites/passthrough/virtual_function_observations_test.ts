import { assertEquals } from "@std/assert";
import { observationsOf } from "../observations.ts";
import { GIVEN, TAKEN, VIRTUAL_FUNCTIONS, WHOLE_DEVICE } from "../testing/passthrough_readings.ts";
import { standing, standingOf } from "../testing/standing.ts";
import type { InsideView } from "./inside_guest.ts";
import { virtualFunctionObservations } from "./virtual_function_observations.ts";
import type { FunctionGuest, VirtualFunctions } from "./virtual_functions.ts";

type Patch = Partial<VirtualFunctions>;
/** What is different, how, and what comes of the observation. */
type Difference = readonly [string, Patch, string];

const { guests, device } = VIRTUAL_FUNCTIONS;

/** The readings with a difference in each guest, or in the second alone. */
function both(patch: (guest: FunctionGuest) => Partial<FunctionGuest>): Patch {
  return { guests: guests.map((guest) => ({ ...guest, ...patch(guest) })) };
}
function second(patch: (guest: FunctionGuest) => Partial<FunctionGuest>): Patch {
  return {
    guests: guests.map((guest, index) => index === 0 ? guest : { ...guest, ...patch(guest) }),
  };
}
const inside = (patch: Partial<InsideView>) => (guest: FunctionGuest) => ({
  inside: { ...guest.inside, ...patch },
});
const at = (address: FunctionGuest["fn"]["address"]) => ({ fn }: FunctionGuest) => ({
  fn: { ...fn, address },
});
const [first] = guests;
const ofFirst = first?.inside ?? WHOLE_DEVICE.guest.inside;
const alone: Patch = { guests: guests.slice(0, 1), running: [true] };

const DRIVEN = "control: each has a controller that its guest drives";
const TOO_MANY = "control: one function more than it offers can be made";
const COUNTED = "control: functions are counted before and after";
const OFFERED: readonly Difference[] = [
  ["there are no guests", { guests: [] }, DRIVEN],
  ["there is one", alone, "does not hold"],
  [
    "two functions have one address",
    second(at(first?.fn.address ?? device.address)),
    "does not hold",
  ],
  ["one function is the device itself", second(at(device.address)), "does not hold"],
  ["a guest shows no controller", second(inside({ controllers: [] })), DRIVEN],
  [
    "its controller has no serial",
    second(inside({ controllers: [{ address: GIVEN.address, serial: "" }] })),
    DRIVEN,
  ],
  [
    "its controller is another function's",
    second(inside({ controllers: [{ address: "x", serial: "y" }] })),
    DRIVEN,
  ],
  [
    "its function has no driver",
    second(inside({ functions: [{ ...GIVEN, driver: null }] })),
    DRIVEN,
  ],
  ["a guest shows no function", second(inside({ functions: [] })), DRIVEN],
  ["a guest shows two", second(inside({ functions: [GIVEN, { ...GIVEN, address: "x" }] })), DRIVEN],
  ["one more could be made", { tooMany: TAKEN }, TOO_MANY],
  ["one more is refused by the run itself", {
    tooMany: { refused: "Cannot change sriov-vfs: the run was not allowed to change it." },
  }, TOO_MANY],
  ["one more is refused because there are some", {
    tooMany: { refused: "tee: sriov_numvfs: Device or resource busy" },
  }, TOO_MANY],
  ["there were functions before", { before: 1 }, COUNTED],
  ["functions are left", { after: 2 }, COUNTED],
];

const AGREE =
  "control: every guest reads, and what one reads is what the host reads of the same namespace";
const THIRD = "control: a function that a guest has is given to a third one";
const SHARED: readonly Difference[] = [
  ["there are no guests", { guests: [], running: [] }, AGREE],
  ["guests run that said nothing", { guests: [] }, AGREE],
  ["there is one", alone, "does not hold"],
  ["one guest has stopped, or reads no more", { running: [true, false] }, "does not hold"],
  ["nobody knows whether they run", { running: [] }, "does not hold"],
  ["both guests are one kernel", second(inside({ bootId: ofFirst.bootId })), "does not hold"],
  ["both have one function", second(at(first?.fn.address ?? device.address)), "does not hold"],
  [
    "one reads other data",
    second(inside({ namespaces: [{ id: 3, hash: "f".repeat(64) }] })),
    "does not hold",
  ],
  ["one reads nothing", second(inside({ namespaces: [{ id: 3, hash: null }] })), AGREE],
  ["both read nothing", both(inside({ namespaces: [] })), AGREE],
  ["neither has a namespace", both(() => ({ digest: null })), "untested"],
  ["one has no namespace, since there is but one", second(() => ({ digest: null })), "untested"],
  ["a third guest gets one", { third: TAKEN }, THIRD],
  [
    "a third is refused for another reason",
    { third: { refused: "QEMU ended (timed-out, null)" } },
    THIRD,
  ],
];

const OWN = "control: each guest reads its own namespace";
const TWO = "control: at least two guests have functions of their own";
const EQUAL = "control: the namespaces hold the same, so that one could pass for the other";
const seenBoth = guests.flatMap((guest) => guest.inside.namespaces);
const ISOLATED: readonly Difference[] = [
  ["there are no guests", { guests: [] }, TWO],
  ["there is one", alone, TWO],
  ["both have one function", second(at(first?.fn.address ?? device.address)), TWO],
  ["one sees both namespaces", second(inside({ namespaces: seenBoth })), "does not hold"],
  [
    "one sees the other's, and cannot read it",
    second(inside({
      namespaces: [{ id: 2, hash: null }, ...guests[1]?.inside.namespaces ?? []],
    })),
    "does not hold",
  ],
  [
    "one sees the other's data by another id",
    second(inside({
      namespaces: [{ id: 9, hash: first?.digest ?? null }, ...guests[1]?.inside.namespaces ?? []],
    })),
    "does not hold",
  ],
  [
    "one sees the other's in place of its own",
    second(inside({ namespaces: ofFirst.namespaces })),
    OWN,
  ],
  ["one sees none", second(inside({ namespaces: [] })), OWN],
  ["one cannot read its own", second(inside({ namespaces: [{ id: 3, hash: null }] })), OWN],
  [
    "both hold the same",
    both(({ fn }) => ({
      digest: "0".repeat(64),
      inside: { ...ofFirst, namespaces: [{ id: fn.namespaceId ?? 0, hash: "0".repeat(64) }] },
    })),
    EQUAL,
  ],
  ["one has no namespace", second(() => ({ digest: null })), "untested"],
];

const TABLES = {
  "passthrough/virtual-functions": OFFERED,
  "passthrough/functions-shared": SHARED,
  "passthrough/functions-isolated": ISOLATED,
} as const;

Deno.test("virtualFunctionObservations() hold where all is as it should be", () => {
  const names = observationsOf("passthrough").filter((name) => /\/(virtual-)?functions/.test(name));
  const observations = virtualFunctionObservations(VIRTUAL_FUNCTIONS);
  assertEquals(observations.map(({ name }) => name).sort(), names.toSorted());
  for (const observation of observations) assertEquals(standing(observation), "holds");
});

for (const [name, table] of Object.entries(TABLES)) {
  for (const [difference, patch, expected] of table) {
    Deno.test(`virtualFunctionObservations() says "${expected}" of ${name} when ${difference}`, () => {
      const observations = virtualFunctionObservations({ ...VIRTUAL_FUNCTIONS, ...patch });
      assertEquals(standingOf(observations, name), expected);
    });
  }
}
