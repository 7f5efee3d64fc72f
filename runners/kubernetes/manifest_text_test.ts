import { assert, assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { parseAllDocuments } from "yaml";
import { Problem } from "../../problem.ts";
import { fleetJobs } from "./manifest.ts";
import { manifestText } from "./manifest_text.ts";
import { sampleFleet } from "./testing/fleet.ts";

Deno.test("manifestText() says to every reader of YAML what the jobs are", async () => {
  const word = fc.oneof(
    fc.string({ unit: "binary", maxLength: 8 }),
    fc.constantFrom(
      "yes",
      "off",
      "1.0",
      "0o7",
      "012",
      "1_000",
      "1:30",
      "null",
      "~",
      "&a",
      "*a",
      "# a",
    ),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(word, { maxLength: 6 }), async (given) => {
      const fleet = sampleFleet({ arguments: given, nodes: ["gpu01"] });
      const text = await manifestText(fleetJobs(fleet), []);
      for (const version of ["1.1", "1.2"] as const) {
        const read = parseAllDocuments(text, { version }).map((document) => document.toJS());
        assertEquals(read, fleetJobs(fleet));
      }
    }),
    { numRuns: 30 },
  );
});

Deno.test("manifestText() begins with the comment", async () => {
  const text = await manifestText(fleetJobs(sampleFleet()), ["Do this:", "", "  that"]);
  assert(text.startsWith("# Do this:\n#\n#   that\n---\napiVersion:"), text.slice(0, 80));
});

Deno.test("manifestText() writes nothing where a job is wrong", async () => {
  const jobs = fleetJobs(sampleFleet({ budgetSeconds: NaN }));
  await assertRejects(
    () => manifestText(jobs, []),
    Problem,
    "Kubernetes 1.36 would not take it",
  );
});
