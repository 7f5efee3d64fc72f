import { assert, assertStringIncludes } from "@std/assert";
import { assertSnapshot } from "@std/testing/snapshot";
import { coverageOf } from "../../suites/coverage.ts";
import { hostileFleet } from "../testing/hostile_fleet.ts";
import { repeatedFleet, sampleFleet } from "../testing/sample_fleet.ts";
import { fleetMarkdown } from "./markdown.ts";

Deno.test("fleetMarkdown() summarizes the sample", async (t) => {
  await assertSnapshot(t, fleetMarkdown(sampleFleet()));
});

Deno.test("fleetMarkdown() escapes the texts of a hostile fleet", () => {
  const text = fleetMarkdown(hostileFleet());
  assert(!/(?<!\\)</.test(text));
  // deno-lint-ignore no-control-regex -- control characters are what is looked for
  assert(!/[\u202a-\u202e\u0000\u001b]/.test(text));
});

Deno.test("fleetMarkdown() without a judged result has no counts of claims", () => {
  const text = fleetMarkdown({ ...sampleFleet(), claims: [], coverage: coverageOf([]) });
  assert(!text.includes("0 of 0") && !text.includes("✔ confirmed |"));
});

Deno.test("fleetMarkdown() names each link, those that failed first, and none where there are none", () => {
  const text = fleetMarkdown(sampleFleet());
  const links = text.slice(text.indexOf("## Links"), text.indexOf("## What open claims need"));
  assertStringIncludes(
    links,
    "## Links\n\n- **gpu-003 → gpu-004 (mlx5\\_0 port 1)**: not measured. ",
  );
  assertStringIncludes(
    links,
    "gpu-002 (mlx5\\_0 port 1): 46.1 GB/s – 46.4 GB/s in 3 runs, of 50 GB/s",
  );
  assert(!fleetMarkdown({ ...sampleFleet(), links: [] }).includes("## Links"));
});

Deno.test("fleetMarkdown() of 2,000 hosts puts equal faults together", () => {
  const text = fleetMarkdown(repeatedFleet(2_000));
  assert(text.length < 20_000);
  assertStringIncludes(text, "and 87 more (95). Slurm lost the node");
});
