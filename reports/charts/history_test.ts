import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { assertSnapshot } from "@std/testing/snapshot";
import * as fc from "fast-check";
import { trimmed } from "../testing/trimmed.ts";
import { historyChart, type RatioHistory, sparklineChart } from "./history.ts";
import { eventLanes, readEvents } from "./history_events.ts";
import { renderChart } from "./render.ts";

function nightly(days: readonly number[]): RatioHistory["nights"] {
  return days.map((day) => ({
    time: `2025-01-${String(day).padStart(2, "0")}T02:00:00Z`,
    ratio: 0.9 + day / 1000,
    low: 0.88,
    high: null,
    confirmed: null,
  }));
}

function history(change: Partial<RatioHistory> = {}): RatioHistory {
  return {
    title: "storage, random read, container",
    thresholds: { high: 0.95, medium: 0.5 },
    nights: nightly([1, 2, 3]),
    changes: [],
    configurationChanges: [],
    ...change,
  };
}

Deno.test("historyChart() draws nights, a change and what explains it", async (t) => {
  const [first, ...others] = nightly([1, 2, 3]);
  assert(first !== undefined);
  const time = "2025-01-02T02:00:00Z";
  const spec = historyChart(history({
    nights: [{ ...first, confirmed: 0.87 }, ...others],
    changes: [{ time, from: 0.97, to: 0.91 }],
    configurationChanges: [{ time, text: "kernel 6.1 → 6.12" }],
  }));
  await assertSnapshot(t, trimmed(spec));
});

/** The nights that one line joins. */
function stretches(spec: unknown): Set<string> {
  return new Set(JSON.stringify(spec).match(/"stretch":\d/g));
}

Deno.test("historyChart() breaks its line when a night is missing", () => {
  assertEquals(stretches(historyChart(history())).size, 1);
  const spec = historyChart(history({ nights: nightly([1, 2, 4]) }));
  assertEquals(stretches(spec).size, 2);
  assertStringIncludes(JSON.stringify(spec), "nights are missing");
});

Deno.test("historyChart() breaks its line when a night has no figure", () => {
  const [, second, ...others] = nightly([1, 2, 3, 4]);
  assert(second !== undefined);
  const nights = [...nightly([1]), { ...second, ratio: null }, ...others];
  assertEquals(stretches(historyChart(history({ nights }))).size, 2);
});

Deno.test("historyChart() is drawn when nothing is known", async () => {
  for (const nights of [[], nightly([1]), nightly([1]).map((one) => ({ ...one, time: "?" }))]) {
    for (const spec of [historyChart(history({ nights })), sparklineChart({ nights })]) {
      const { svg } = await renderChart({ name: "history", description: "" }, spec);
      assert(!/translate\([^)]*NaN|Infinity/.test(svg ?? "NaN"));
    }
  }
});

Deno.test("historyChart() cuts what is too long, and takes controls out", () => {
  const text = `\u202e<script>${"x".repeat(1e6)}`;
  const time = "2025-01-02T02:00:00Z";
  const spec = historyChart(history({ title: text, configurationChanges: [{ time, text }] }));
  const written = JSON.stringify(spec);
  assert(written.length < 10_000 && !written.includes("\u202e"));
});

Deno.test("eventLanes() lets no label cover another of its lane", () => {
  const day = fc.integer({ min: 1, max: 28 }).map((n) => `2025-01-${String(n).padStart(2, "0")}`);
  const event = fc.record({ time: day, text: fc.string({ maxLength: 60 }), color: fc.string() });
  fc.assert(fc.property(fc.array(event, { maxLength: 30 }), (events) => {
    const times = [Date.parse("2025-01-01"), Date.parse("2025-01-28")] as const;
    const placed = eventLanes(readEvents(events), times, 800).filter(({ label }) => label !== "");
    const spans = placed.map(({ time, label, lane, align }) => {
      const at = (time - times[0]) * 800 / (times[1] - times[0]);
      const length = label.length * 6;
      const start = align === "left" ? at : at - length;
      return { lane, start, end: start + length };
    });
    for (const one of spans) {
      const others = spans.filter((other) => other !== one && other.lane === one.lane);
      assert(others.every(({ start, end }) => end <= one.start || start >= one.end));
    }
  }));
});

Deno.test("eventLanes() leaves out a label when all lanes are full", () => {
  const event = { time: "2025-01-01", text: "the same night", color: "#000" };
  const events = readEvents(Array.from({ length: 9 }, () => event));
  const placed = eventLanes(events, [Date.parse("2025-01-01"), Date.parse("2025-01-28")], 800);
  assertEquals(placed.filter(({ label }) => label !== "").length, 6);
  assertEquals(placed.length, 9);
});
