import { assertEquals } from "@std/assert";
import { writeResult } from "../../reports/json.ts";
import { sampleResult } from "../../reports/testing/sample_result.ts";
import { outcomeOfReports } from "../../suites/fleet/node_stage.ts";
import type { FleetPlan } from "../../suites/fleet/plan.ts";
import { arrivalsOf } from "./node_arrivals.ts";

const PLAN: FleetPlan = {
  ...{ plan: 1, id: "20260102T030000Z-0123abcd", version: "1", harness: "0", cluster: "c" },
  order: {
    ...{ partition: "gpu", nodes: null, gres: null, budgetSeconds: null, waitSeconds: null },
    arguments: [],
  },
  ...{ nodes: ["n1"], unavailable: [], nodesNotAsked: 0, largestArray: 10 },
  submittedAt: "2026-01-02T03:00:00.000Z",
};

Deno.test("arrivalsOf() misses no result of a job that Slurm lost sight of, where a whole one came", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.mkdir(`${folder}/nodes/n1/result`, { recursive: true });
  writeResult(`${folder}/nodes/n1/result`, sampleResult());
  const known = outcomeOfReports("n1", {
    start: { hostname: "h", epochSeconds: 1, jobId: "7", folder: "/tmp/run" },
    end: { status: 137, epochSeconds: 2, left: { folder: "/tmp/run", because: "files" } },
  });
  assertEquals(known.faults.map(({ kind }) => kind), ["no-result", "left-files"]);
  const outcomes = new Map([["n1", known]]);
  const [arrival] = await arrivalsOf({ plan: PLAN, folder, outcomes, faults: [] }, new Date());
  await Deno.remove(folder, { recursive: true });
  assertEquals(arrival?.outcome.kind, "result");
  assertEquals(arrival?.faults.map(({ kind }) => kind), ["left-files"]);
});

Deno.test("arrivalsOf() tells what a run printed when it left no result", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.mkdir(`${folder}/nodes/n1`, { recursive: true });
  await Deno.writeTextFile(`${folder}/nodes/n1/log.txt`, "Cannot measure x: y. Name z.\n");
  const end = { status: 1, epochSeconds: 1, left: null };
  const outcomes = new Map([["n1", outcomeOfReports("n1", { start: null, end })]]);
  const [arrival] = await arrivalsOf({ plan: PLAN, folder, outcomes, faults: [] }, new Date());
  await Deno.remove(folder, { recursive: true });
  const because = "Its run left no result. It printed: Cannot measure x: y. Name z.";
  assertEquals(arrival?.fate, { state: "nothing", because });
  assertEquals(arrival?.faults.map(({ kind, because, cure }) => [kind, because, cure]), [[
    ...["no-result", because],
    "See nodes/n1/log.txt in the fleet's folder, then measure it again (--nodes NAME --out NEW), " +
    "and merge both folders.",
  ]]);
});
