import { assertEquals } from "@std/assert";
import { assertSnapshot } from "@std/testing/snapshot";
import { repeatedFleet, sampleFleet } from "../testing/sample_fleet.ts";
import { trimmed } from "../testing/trimmed.ts";
import { outliersChart, verdictsByHostChart } from "./fleet_charts.ts";

Deno.test("verdictsByHostChart() draws the sample", async (t) => {
  await assertSnapshot(t, trimmed(verdictsByHostChart(sampleFleet())));
});

Deno.test("verdictsByHostChart() draws no empty chart of hosts without a verdict", () => {
  const hosts = sampleFleet().hosts.map((host) =>
    host.told === null ? host : { ...host, told: { ...host.told, verdicts: "" } }
  );
  assertEquals(verdictsByHostChart({ ...sampleFleet(), hosts }), null);
});

Deno.test("verdictsByHostChart() draws no chart of hundreds of hosts, nor of none", () => {
  assertEquals(verdictsByHostChart(repeatedFleet(200)), null);
  assertEquals(verdictsByHostChart(repeatedFleet(0)), null);
});

Deno.test("outliersChart() draws the sample, and nothing where there is none", async (t) => {
  await assertSnapshot(t, trimmed(outliersChart(sampleFleet())));
  assertEquals(outliersChart({ ...sampleFleet(), outliers: [] }), null);
});
