import { assertEquals, assertStringIncludes } from "@std/assert";
import { parse } from "@std/csv";
import { sampleFleet } from "../testing/sample_fleet.ts";
import { hostileFleet } from "../testing/hostile_fleet.ts";
import { fleetCsv, hostsCsv } from "./csv.ts";

function rowsOf(text: string): Record<string, string | undefined>[] {
  return parse(text.replace(/^\ufeff/, ""), { skipFirstRow: true });
}

Deno.test("fleetCsv() has a line for each claim, with the counts", () => {
  const fleet = sampleFleet();
  const rows = rowsOf(fleetCsv(fleet));
  assertEquals(rows.map(({ id }) => id), fleet.claims.map(({ id }) => id));
  const row = rows.find(({ id }) => id === "11.3/latency/container");
  assertEquals([row?.["verdict"], row?.["confirmed"], row?.["refuted"], row?.["kind"]], [
    ...["refuted", "7", "1", "synthetic"],
  ]);
});

Deno.test("hostsCsv() has a line for each host; what is not known is empty, not 0", () => {
  const fleet = sampleFleet();
  const rows = rowsOf(hostsCsv(fleet));
  assertEquals(rows.map(({ name }) => name), fleet.hosts.map(({ name }) => name));
  const [first, dead] = [rows[0], rows.find(({ name }) => name === "gpu-017")];
  assertEquals([first?.["state"], first?.["gpus"]], ["measured", "8 × NVIDIA X9000"]);
  assertEquals([dead?.["state"], dead?.["faults"], dead?.["confirmed"]], ["died", "dead-node", ""]);
});

Deno.test("fleetCsv() and hostsCsv() hold no formula", () => {
  const fleet = hostileFleet(() => `=cmd|' /C calc'!A0`);
  for (const text of [fleetCsv(fleet), hostsCsv(fleet)]) {
    const cells = rowsOf(text).flatMap((row) => Object.values(row));
    assertEquals(cells.filter((cell) => /^\s*[=+@-]/.test(cell ?? "")), []);
    assertStringIncludes(text, "'=cmd");
  }
});
