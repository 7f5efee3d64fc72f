import { assertEquals, assertThrows } from "@std/assert";
import { UsageProblem } from "../problem.ts";
import {
  countOption,
  durationOption,
  textOption,
  textsOption,
  thresholdOption,
} from "./command.ts";

function given(value: unknown) {
  return { _: [], x: value };
}

const DURATIONS: [string, number][] = [["90s", 90], ["10m", 600], ["1.5h", 5400]];
for (const [text, seconds] of DURATIONS) {
  Deno.test(`durationOption() reads ${text}`, () => {
    assertEquals(durationOption(given(text), "x"), seconds);
  });
}

const REFUSED: [string, () => unknown][] = [
  ["durationOption", () => durationOption(given("soon"), "x")],
  ["durationOption", () => durationOption(given("4"), "x")],
  ["durationOption", () => durationOption(given("0m"), "x")],
  ["durationOption", () => durationOption(given("-5m"), "x")],
  ["countOption", () => countOption(given("1.5"), "x")],
  ["countOption", () => countOption(given("0"), "x")],
  ["textOption", () => textOption(given(""), "x")],
  ["textsOption", () => textsOption(given(["a", ""]), "x")],
  ["thresholdOption", () => thresholdOption(given("high"), "x")],
  ["thresholdOption", () => thresholdOption(given("low=0.1"), "x")],
  ["thresholdOption", () => thresholdOption(given("high=0.4"), "x")],
  ["thresholdOption", () => thresholdOption(given("high=1.2"), "x")],
  ["thresholdOption", () => thresholdOption(given("medium=0"), "x")],
];
for (const [index, [name, call]] of REFUSED.entries()) {
  Deno.test(`${name}() refuses malformed input (${index})`, () => {
    assertThrows(call, UsageProblem, "--x");
  });
}

Deno.test("textsOption() reads each value, and none where the option was not given", () => {
  assertEquals(textsOption(given(["a", "b"]), "x"), ["a", "b"]);
  assertEquals(textsOption({ _: [] }, "x"), []);
});

Deno.test("thresholdOption() keeps the default of what is not given", () => {
  assertEquals(thresholdOption(given("medium=0.6"), "x"), { high: 0.95, medium: 0.6 });
  assertEquals(thresholdOption({ _: [] }, "x"), { high: 0.95, medium: 0.5 });
});
