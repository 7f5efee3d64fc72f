import { assertEquals } from "@std/assert";
import { historyList } from "./list_text.ts";
import type { History } from "./history.ts";
import { addResult, sampleNight, withHistory } from "./testing/nights.ts";

function linesOf(history: History): string[] {
  const listed = history.machines().map((machine) => ({
    machine,
    runs: history.runs(machine.key),
  }));
  return historyList(listed).split("\n");
}

Deno.test("historyList() says so when the history is empty", () =>
  withHistory((history) => assertEquals(linesOf(history), ["The history is empty.", ""])));

Deno.test("historyList() lists machines, their runs and what is particular about each", () =>
  withHistory((history) => {
    const { run } = addResult(history, sampleNight(0, { verdicts: { a: "refuted", b: "error" } }));
    const later = { host: { kernel: "6.2" }, run: { endedAt: null, selection: ["11.3"] } };
    addResult(history, sampleNight(1, later), run.id);
    assertEquals(linesOf(history), [
      "test-data (inside a kvm guest (example)), Example CPU 9000, 2 × NVIDIA X9000",
      `  machine ${run.machine}`,
      "  2 runs:",
      "  run               started        took  confirmed  refuted  open",
      "    1  2026-01-01 03:00 UTC  10 min 0 s          0        1     1",
      "    2  2026-01-02 03:00 UTC  10 min 0 s          1        0     1  " +
      "did not end; confirms run 1; only 11.3; kernel 6.1.0-test -> 6.2",
      "",
    ]);
  }));

Deno.test("historyList() counts the runs that it does not list", () =>
  withHistory((history) => {
    for (let night = 0; night < 12; night++) addResult(history, sampleNight(night));
    const lines = linesOf(history);
    assertEquals([lines[2], lines.length], ["  12 runs, of which the last 10:", 15]);
  }));

Deno.test("historyList() names the machine before, and lets no host write to the terminal", () =>
  withHistory((history) => {
    const { run } = addResult(history, sampleNight(0));
    addResult(history, sampleNight(1, { host: { cpuModel: "\u001b[2Jnew", gpus: null } }));
    const [, , , , , , title = "", machine = ""] = linesOf(history);
    assertEquals(title.split(", ")[1], "\ufffd[2Jnew");
    assertEquals(machine.endsWith(`; with other hardware before: ${run.machine}`), true);
  }));
