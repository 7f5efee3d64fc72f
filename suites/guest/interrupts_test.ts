import { assertEquals } from "@std/assert";
import { takenIn } from "./interrupts.ts";

Deno.test("takenIn() subtracts what was counted before", () => {
  const lines = ["sda 32", "idle 7 0 7 0", "mask1 31 0 60 0", "mask2 61 30 61 58"];
  assertEquals(takenIn(lines, "idle"), { first: 0, second: 0 });
  assertEquals(takenIn(lines, "mask1"), { first: 29, second: 0 });
  assertEquals(takenIn(lines, "mask2"), { first: 0, second: 28 });
});

Deno.test("takenIn() is null where counts are missing, odd or shrink", () => {
  const odd = ["", "mask1", "mask1 ", "mask1 1 2", "mask1 1 2 3", "mask1 a b c d", "mask1 2 0 1 0"];
  odd.push("mask1  31 0", "mask1 1 2 -3 4", "mask11 1 1 2 2");
  for (const line of odd) assertEquals(takenIn([line], "mask1"), null, line);
});
