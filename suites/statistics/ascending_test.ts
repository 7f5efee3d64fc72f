import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { Ascending } from "./ascending.ts";
import { median } from "./confidence_sequence.ts";

const numbers = fc.array(fc.integer({ min: -20, max: 20 }), { maxLength: 100 });

function ascendingOf(values: readonly number[]): Ascending {
  const ascending = new Ascending();
  for (const value of values) ascending.add(value);
  return ascending;
}

Deno.test("Ascending.above() counts those above, and half of those that are equal", () => {
  fc.assert(fc.property(numbers, fc.integer({ min: -21, max: 21 }), (values, value) => {
    const above = values.filter((one) => one > value).length;
    const equal = values.filter((one) => one === value).length;
    assertEquals(ascendingOf(values).above(value), above + equal / 2);
  }));
});

Deno.test("Ascending.remove() takes out one of those that are equal", () => {
  fc.assert(fc.property(numbers, fc.integer({ min: -21, max: 21 }), (values, value) => {
    const ascending = ascendingOf([...values, 7]);
    ascending.remove(7);
    assertEquals(ascending.length, values.length);
    assertEquals(ascending.above(value), ascendingOf(values).above(value));
  }));
});

Deno.test("Ascending.median() is the median, and NaN for no numbers", () => {
  fc.assert(fc.property(numbers, (values) => {
    const ascending = ascendingOf(values);
    assertEquals(ascending.median(), median(values) ?? NaN);
    assertEquals(ascending.length, values.length);
  }));
});
