import { assertEquals } from "@std/assert";
import { commonGroundOf } from "./common_ground.ts";
import type { CommonGround } from "./fleet_result.ts";

const USUAL: CommonGround = {
  version: "1.2.3",
  thresholds: { high: 0.95, medium: 0.5 },
  kind: "live",
};
const LAX = { high: 0.9, medium: 0.5 };

/** The common ground of machines that differ from the usual so. */
function ground(...changes: Partial<CommonGround>[]): CommonGround | null {
  const voters = changes.map((change, index) => (
    { ground: { ...USUAL, ...change }, machine: `${index}` }
  ));
  return commonGroundOf(voters, { version: "1.2.3", thresholds: USUAL.thresholds });
}

const CASES: readonly [string, Partial<CommonGround>[], Partial<CommonGround>][] = [
  ["most are of one version", [{ version: "2.0.0" }, { version: "2.0.0" }, {}], {
    version: "2.0.0",
  }],
  ["versions are equally many, and one is its own", [{ version: "2.0.0" }, {}], {}],
  [
    "versions are equally many, and none is its own",
    [{ version: "1.10.0" }, { version: "1.9.0" }],
    { version: "1.10.0" },
  ],
  ["most are dry runs", [{ kind: "dry-run" }, { kind: "dry-run" }, {}], { kind: "dry-run" }],
  ["as many are live as dry runs", [{ kind: "dry-run" }, {}], {}],
  [
    "most live ones have one version, though not most of all",
    [{ version: "2.0.0", kind: "dry-run" }, { version: "2.0.0", kind: "dry-run" }, {}, {}],
    {},
  ],
  ["most are judged alike", [{ thresholds: LAX }, { thresholds: LAX }, {}], { thresholds: LAX }],
  ["thresholds are equally many", [{ thresholds: LAX }, {}], {}],
];
for (const [when, changes, expected] of CASES) {
  Deno.test(`commonGroundOf() chooses when ${when}`, () => {
    assertEquals(ground(...changes), { ...USUAL, ...expected });
    assertEquals(ground(...changes.toReversed()), { ...USUAL, ...expected });
  });
}

Deno.test("commonGroundOf() gives a machine of many nights one voice", () => {
  const night = (version: string, machine: string) => ({ ground: { ...USUAL, version }, machine });
  const nights = [night("9.9.9", "1"), night("9.9.9", "1"), night("9.9.9", "1")];
  const own = { version: "1.2.3", thresholds: USUAL.thresholds };
  const others = [night("1.2.3", "2"), night("1.2.3", "3")];
  assertEquals(commonGroundOf([...nights, ...others], own)?.version, "1.2.3");
});

Deno.test("commonGroundOf() is null when nothing is whole", () => {
  assertEquals(ground(), null);
});
