import { assertEquals } from "@std/assert";
import {
  counted,
  duration,
  intervalInWords,
  minuteInUtc,
  quantity,
  ratioWithInterval,
} from "./units.ts";

Deno.test("quantity() chooses the unit with one to three digits before the point", () => {
  assertEquals(quantity(1.25e9, "B/s"), "1.25 GB/s");
  assertEquals(quantity(999_999, "B/s"), "1000 kB/s");
  assertEquals(quantity(52_340, "1/s"), "52.34 k/s");
  assertEquals(quantity(1.9e13, "1/s"), "19 T/s");
  assertEquals(quantity(9.1e-5, "s"), "91 µs");
  assertEquals(quantity(0, "s"), "0 ns");
});

Deno.test("ratioWithInterval() says what is known and no more", () => {
  assertEquals(ratioWithInterval({}), "");
  assertEquals(ratioWithInterval({ ratio: null, n: 3 }), "");
  assertEquals(ratioWithInterval({ ratio: 0.5 }), "0.500");
  assertEquals(ratioWithInterval({ ratio: 0.5, n: 3 }), "0.500 (n = 3)");
  assertEquals(
    ratioWithInterval({ ratio: 0.0123, low: 0.01, high: 0.02, n: 12 }),
    "0.0123 (0.0100 to 0.0200, n = 12)",
  );
  assertEquals(intervalInWords({ low: null, high: 12.34 }), "? to 12.3");
});

Deno.test("duration() reads as people say it", () => {
  assertEquals([0.25, 59.6, 252, 3725].map(duration), [
    "0.25 s",
    "1 min 0 s",
    "4 min 12 s",
    "1 h 2 min",
  ]);
});

Deno.test("minuteInUtc() keeps a text that is no time", () => {
  assertEquals(minuteInUtc("2025-01-02T03:04:05+01:00"), "2025-01-02 02:04 UTC");
  assertEquals(minuteInUtc("yesterday"), "yesterday");
});

Deno.test("counted() has one thing, and several things", () => {
  assertEquals([0, 1, 2].map((count) => counted(count, "night")), [
    "0 nights",
    "1 night",
    "2 nights",
  ]);
});
