import { assertEquals } from "@std/assert";
import { sampleFleet } from "../testing/sample_fleet.ts";
import { fleetList, statesInWords } from "./fleet_text.ts";
import { withHistory } from "./testing/nights.ts";

Deno.test("fleetList() tells in a line each when a fleet was and what became of its hosts", () =>
  withHistory((history) => {
    const fleet = sampleFleet();
    const { request } = fleet;
    const ongoing = request === null ? null : { ...request, id: "later\nfake", endedAt: null };
    for (const one of [fleet, { ...fleet, request: ongoing, common: null }]) {
      history.addFleet(JSON.stringify(one), one);
    }
    const [first, second, ...rest] = fleetList(history.fleets()).split("\n");
    const hosts = "21 hosts: 8 measured, 4 measured, but left out, 1 partial result, " +
      "1 unreadable result, 2 no result, 1 died during its run, 1 ran out of time, 1 cancelled, " +
      "1 drained or down, 1 waited in the queue";
    const where = "2025-01-02 03:04 UTC  gpu of example-cluster";
    assertEquals(first, `fleet 20250102-0304-c0ffee  ${where}  ${hosts}  synthetic`);
    const open = "not at its end  nothing is judged";
    assertEquals(second, `fleet later fake  ${where}  ${hosts}  ${open}`);
    assertEquals(rest, [""]);
  }));

Deno.test("statesInWords() tells of one host, and of none", () => {
  assertEquals(statesInWords({ states: { died: 1 } }), "1 host: 1 died during its run");
  assertEquals(statesInWords({ states: {} }), "0 hosts");
});
