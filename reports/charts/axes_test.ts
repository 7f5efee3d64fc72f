import { assert, assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { figureAxis, logTicks } from "./axes.ts";

Deno.test("logTicks() gives 1, 2 and 5 of every decade, inside the bounds only", () => {
  assertEquals(logTicks(0.05, 1.2), [0.05, 0.1, 0.2, 0.5, 1]);
  assertEquals(logTicks(3, 4), []);
  assertEquals(logTicks(90, 1000), [100, 200, 500, 1000]);
});

Deno.test("figureAxis() is logarithmic when figures lie far apart, and none is 0", () => {
  assertEquals(figureAxis("s", [1e-6, 5e-3]).title, "ms (log)");
  assertEquals(figureAxis("s", [0, 5e-3]).title, "ms");
  assertEquals(figureAxis("B/s", [1e9, 2e9]).scale, { zero: true });
});

Deno.test("figureAxis() without its 0 is a bit longer than the figures", () => {
  const figures = fc.array(fc.double({ min: 1e-9, max: 1, noNaN: true }), { minLength: 1 });
  fc.assert(fc.property(figures, (values) => {
    const { scale, factor } = figureAxis("s", values, { zero: false });
    const [lowest, highest] = scale["domain"] as [number, number];
    assert(lowest < Math.min(...values) / factor && highest > Math.max(...values) / factor);
  }));
});
