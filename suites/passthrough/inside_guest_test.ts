import { assertEquals, assertThrows } from "@std/assert";
import { Problem } from "../../problem.ts";
import {
  DATA,
  GIVEN,
  GUEST_LINES,
  VIRTUAL,
  WHOLE_DEVICE,
} from "../testing/passthrough_readings.ts";
import {
  givenFunction,
  HASH_OF_NOTHING,
  insideScript,
  parseInside,
  readsTheSame,
} from "./inside_guest.ts";

const { guest: { inside } } = WHOLE_DEVICE;
const [KERNEL = "", , NVME = "", , CONTROLLER = "", NAMESPACE = ""] = GUEST_LINES;

Deno.test("parseInside() reads what a guest of the lab said", () => {
  assertEquals(parseInside(GUEST_LINES), inside);
});

Deno.test("parseInside() leaves out lines of other kinds", () => {
  const noise = [
    "",
    " ",
    "functional",
    "kernels x",
    "16+0 records out",
    "\0",
    "told all",
    "constructor",
  ];
  assertEquals(parseInside([...noise, ...GUEST_LINES, ...noise]), inside);
});

const DAMAGED: readonly (readonly [string, readonly string[]])[] = [
  ["there are no lines", []],
  ["no kernel is named", GUEST_LINES.slice(1)],
  ["two kernels are", [...GUEST_LINES, "kernel 6b5b89cd-1c17-41a3-948c-1808d851a2d8"]],
  ["one kernel is named twice", [...GUEST_LINES, KERNEL]],
  ["the kernel has no boot id", ["kernel", ...GUEST_LINES.slice(1)]],
  ["a function is named twice", [...GUEST_LINES, NVME]],
  ["a function is told otherwise again", [...GUEST_LINES, NVME.replace("0x1b36", "0x144d")]],
  ["a function has no driver's place", [...GUEST_LINES, NVME.replace(" nvme", "")]],
  ["a function lacks an id", [
    ...GUEST_LINES,
    "function 0000:00:09.0 0x8086 0x1af4 0x1100 0x060000 -",
  ]],
  ["an id is no number", [
    ...GUEST_LINES,
    NVME.replace("02.0", "09.0").replace("0x1b36", "0x1b3x"),
  ]],
  ["a function has words too many", [...GUEST_LINES, `${NVME.replace("02.0", "09.0")} nvme`]],
  ["a controller is told again", [...GUEST_LINES, CONTROLLER.replace("PLAIN", "PF")]],
  ["a controller has no address", [...GUEST_LINES, "controller "]],
  ["a namespace is told again", [...GUEST_LINES, NAMESPACE]],
  ["a namespace is told otherwise again", [...GUEST_LINES, `namespace 1 ${"f".repeat(64)}`]],
  ["a hash is cut short", [...GUEST_LINES, `namespace 2 ${DATA.slice(1)}`]],
  ["a hash is missing", [...GUEST_LINES, "namespace 2"]],
  ["a namespace's id is no number", [...GUEST_LINES, `namespace -2 ${DATA}`]],
];
for (const [damage, lines] of DAMAGED) {
  Deno.test(`parseInside() believes nothing when ${damage}`, () => {
    assertThrows(() => parseInside(lines), Problem, "what the guest says");
  });
}

Deno.test("parseInside() tells a namespace of which nothing could be read", () => {
  const lines = [KERNEL, `namespace 1 ${HASH_OF_NOTHING}`];
  assertEquals(parseInside(lines).namespaces, [{ id: 1, hash: null }]);
});

Deno.test("parseInside() keeps a controller that tells no serial number", () => {
  for (const line of ["controller 0000:00:02.0", "controller 0000:00:02.0      "]) {
    const controllers = [{ address: "0000:00:02.0", serial: "" }];
    assertEquals(parseInside([KERNEL, line]).controllers, controllers);
  }
});

Deno.test("parseInside() reads megabytes", () => {
  const functions = Array.from(
    { length: 50_000 },
    (_, at) => NVME.replace("0000:00:02.0", `${at}`),
  );
  const long = ["x".repeat(5_000_000), `controller ${"a ".repeat(1_000_000)}`];
  const seen = parseInside([KERNEL, ...functions, ...long]);
  assertEquals([seen.functions.length, givenFunction(seen)], [50_000, null]);
});

Deno.test("givenFunction() is the one NVMe function with what its controller says, or null", () => {
  assertEquals(givenFunction(inside), { ...GIVEN, serial: "CELLPROOF-PLAIN" });
  const another = { ...GIVEN, address: "0000:00:09.0" };
  const controller = { address: another.address, serial: "x" };
  const cases = [
    [{ functions: [VIRTUAL] }, null],
    [{ functions: [GIVEN, another] }, null],
    [{ controllers: [...inside.controllers, controller] }, null],
    [{ controllers: [controller] }, { ...GIVEN, serial: null }],
    [{ controllers: [] }, { ...GIVEN, serial: null }],
  ] as const;
  for (const [patch, expected] of cases) {
    assertEquals(givenFunction({ ...inside, ...patch }), expected);
  }
});

Deno.test("insideScript() is a script that a shell can read", async () => {
  const args = ["-n", "-c", insideScript(16)];
  const { success } = await new Deno.Command("sh", { args }).output();
  assertEquals([success, insideScript(16).startsWith("READ_MIB=16\n")], [true, true]);
});

Deno.test("readsTheSame() compares what a guest reads again with what it read before", () => {
  const lines = ["namespace 2 ab ", "told all", "again namespace 2 ab", "namespace 3 cd"];
  assertEquals(readsTheSame(lines, "again namespace 2 ab namespace 3 cd\r"), true);
  for (const again of ["again", "again namespace 2 ab", "again namespace 2 ab namespace 3 ef"]) {
    assertEquals(readsTheSame(lines, again), false, again);
  }
  assertEquals(readsTheSame([], "again"), true);
});
