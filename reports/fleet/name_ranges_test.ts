import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { hostNames } from "./name_ranges.ts";

const TEXTS: readonly (readonly [readonly string[], string])[] = [
  [[], ""],
  [["gpu-1"], "gpu-1"],
  [["gpu-002", "gpu-001", "gpu-001"], "gpu-[001-002]"],
  [["gpu-001", "gpu-003", "gpu-004"], "gpu-[001,003-004]"],
  [["gpu-9", "gpu-10"], "gpu-10, gpu-9"],
  [["b7.rack", "b8.rack", "login"], "b[7-8].rack, login"],
  [["a[1]", "a[2]"], "a[1], a[2]"],
];

for (const [names, text] of TEXTS) {
  Deno.test(`hostNames() tells ${JSON.stringify(names)} as "${text}"`, () => {
    assertEquals(hostNames(names), { text, unnamed: 0 });
  });
}

Deno.test("hostNames() counts the hosts that it does not name", () => {
  const names = ["a1", "a2", "a3", "a5", "a7", "a8", "b"];
  assertEquals(hostNames(names, 2), { text: "a[1-3,5]", unnamed: 3 });
  assertEquals(hostNames(names, 0), { text: "", unnamed: 7 });
});

Deno.test("hostNames() names every host, and no other", () => {
  const name = fc.tuple(
    fc.constantFrom("gpu-", "n", "gpu-0"),
    fc.integer({ min: 0, max: 40 }),
    fc.constantFrom("", ".x"),
  ).map(([before, number, after]) => `${before}${number}${after}`);
  fc.assert(fc.property(fc.array(name), (names) => {
    const { text, unnamed } = hostNames(names, 1_000);
    assertEquals(expanded(text).sort(), [...new Set(names)].sort());
    assertEquals(unnamed, 0);
  }));
});

/** The names behind ranges, as Slurm expands them. */
function expanded(text: string): string[] {
  return text.split(", ").filter((part) => part !== "").flatMap((part) => {
    const [, before = "", inside, after = ""] = /^(.*)\[(.*)\](.*)$/.exec(part) ?? [];
    if (inside === undefined) return [part];
    return inside.split(",").flatMap((run) => {
      const [first = "", last = first] = run.split("-");
      const length = Number(last) - Number(first) + 1;
      assert(length > 0);
      return Array.from(
        { length },
        (_, index) => before + String(Number(first) + index).padStart(first.length, "0") + after,
      );
    });
  });
}
