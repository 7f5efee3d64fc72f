import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import type { Observation } from "../result.ts";
import { ALL_TRUE, NONE_TRUE } from "./control_fleets.ts";
import { observeFleet, observeMembers } from "./observations.ts";
import { sampleDigest } from "./testing/sample_digests.ts";

const NAMES = [
  "fleet/twenty-gpus-or-more",
  "fleet/no-memory-shared-between-hosts",
  "fleet/infiniband-carries",
];

function answerOf({ value, absence }: Observation) {
  return value ?? absence?.verdict;
}

Deno.test("observeMembers() tells what is true of a fleet, and what is not, with controls that hold", () => {
  const observations = [ALL_TRUE, NONE_TRUE].map((reading) => observeMembers(reading));
  assertEquals(observations[0]?.map(({ name }) => name), NAMES);
  assertEquals(observations.map((all) => all.map(answerOf)), [
    [true, true, true],
    [false, false, "inconclusive"],
  ]);
  const told = observations.flat().filter(({ value }) => value !== null);
  assert(told.every(({ controls }) => controls.length === 2));
  assert(told.every(({ controls }) => controls.every(({ held }) => held)));
});

Deno.test("observeMembers() tells what is missing from what stays in doubt", () => {
  const none = observeMembers({ ...ALL_TRUE, hosts: [], links: [] });
  assertEquals(none.map(answerOf), ["untested", "untested", "untested"]);
  assertEquals(none.map(({ absence }) => absence?.lacks), ["gpu", "gpu", "gpu"]);
  const [count, memory] = observeMembers({ ...ALL_TRUE, missing: ["late1", "late2"] });
  assertEquals([count, memory].map((one) => one && answerOf(one)), [true, "inconclusive"]);
  assertStringIncludes(count?.seen ?? "", "not counting those of late1, late2");
  assertStringIncludes(memory?.absence?.because ?? "", "there is no result of late1");
});

Deno.test("observeFleet() asks the hosts that are not judged, too", () => {
  const [one, other] = ["a", "b"].map((name) => {
    const fabric = {
      ...{ state: "Completed", status: "Success", cliqueId: 1 },
      clusterUuid: "9c000000-0000-4000-8000-000000000001",
    };
    const [gpu] = sampleDigest({ hostname: name }).gpus ?? [];
    const gpus = gpu === undefined ? [] : [{ ...gpu, fabric }];
    return { name, digest: sampleDigest({ hostname: name, gpus }) };
  });
  assert(one !== undefined && other !== undefined);
  const context = { request: null, others: [other], missing: ["b"] };
  const [, memory] = observeFleet([one], [], context);
  assertEquals(memory?.value, false);
});

Deno.test("observeMembers() says the same in whichever order hosts and links stand", () => {
  const picks = fc.tuple(fc.nat(3), fc.nat(200));
  fc.assert(
    fc.property(picks, ([few, many]) => {
      const some = [...ALL_TRUE.hosts.slice(0, few), ...NONE_TRUE.hosts.slice(10, 10 + many)];
      const reading = { ...ALL_TRUE, hosts: some };
      const turned = { ...reading, hosts: some.toReversed(), links: reading.links.toReversed() };
      const answers = [reading, turned].map((one) => observeMembers(one).map(answerOf));
      assertEquals(answers[0], answers[1]);
    }),
    { numRuns: 30 },
  );
});
