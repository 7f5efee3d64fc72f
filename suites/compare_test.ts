import { assert, assertEquals } from "@std/assert";
import { type Comparable, compareResults, isComparable } from "./compare.ts";
import type { ClaimVerdict, Verdict } from "./result.ts";
import { type ArmCase, storageExperiment } from "./testing/experiments.ts";
import { sampleFindings } from "./testing/findings.ts";
import { sampleRun } from "./testing/runs.ts";

function judged(verdicts: Readonly<Record<string, Verdict>>): ClaimVerdict[] {
  return Object.entries(verdicts).map(([id, verdict]) => (
    { id, verdict, because: "", reading: "", evidence: [] }
  ));
}

function result(changes: Partial<Comparable> = {}): Comparable {
  return { host: sampleFindings().host, run: sampleRun(), claims: [], experiments: [], ...changes };
}

function stored(arms: Readonly<Record<string, ArmCase>>): Comparable {
  return result({ experiments: [storageExperiment(arms, { blocks: 40, noise: 0.001 })] });
}

Deno.test("compareResults() lists verdicts that differ, those that were decided both ways first", () => {
  const [a, b] = [
    judged({ open: "untested", lost: "confirmed", flip: "confirmed", same: "refuted" }),
    judged({ flip: "refuted", open: "error", lost: "inconclusive", same: "refuted" }),
  ];
  const { verdicts } = compareResults(result({ claims: a }), result({ claims: b }));
  assertEquals(verdicts.different.map(({ id, kind }) => [id, kind]), [
    ["flip", "opposed"],
    ["lost", "decided-in-one"],
    ["open", "otherwise"],
  ]);
  assertEquals(verdicts.same, { decided: 1, open: 0, editorial: 0 });
});

Deno.test("compareResults() names the claims that one result alone has", () => {
  const [a, b] = [
    judged({ x: "confirmed", y: "confirmed" }),
    judged({ y: "confirmed", z: "error" }),
  ];
  const { verdicts } = compareResults(result({ claims: a }), result({ claims: b }));
  const same = { decided: 1, open: 0, editorial: 0 };
  assertEquals(verdicts, { different: [], same, only: { a: ["x"], b: ["z"] } });
});

Deno.test("compareResults() counts what is open in both apart from what is decided alike", () => {
  const claims = judged({ a: "untested", b: "error", c: "inconclusive", d: "editorial" });
  const { verdicts } = compareResults(result({ claims }), result({ claims }));
  assertEquals(verdicts.same, { decided: 0, open: 3, editorial: 1 });
});

const COMPARABLE: [is: boolean, a: Comparable, b: Comparable][] = [
  [false, result(), result()],
  [
    false,
    result({ claims: judged({ x: "untested" }) }),
    result({ claims: judged({ x: "confirmed" }) }),
  ],
  [
    true,
    result({ claims: judged({ x: "refuted" }) }),
    result({ claims: judged({ x: "confirmed" }) }),
  ],
  [
    true,
    result({ claims: judged({ x: "refuted" }) }),
    result({ claims: judged({ x: "refuted" }) }),
  ],
  [true, stored({ container: { ratio: 0.9 } }), stored({ container: { ratio: 0.9 } })],
  [false, stored({ container: { ratio: 0.9 } }), result()],
];
Deno.test("isComparable() asks for a claim that is decided, or a ratio that is measured, in both", () => {
  assertEquals(
    COMPARABLE.map(([, a, b]) => isComparable(compareResults(a, b))),
    COMPARABLE.map(([is]) => is),
  );
});

Deno.test("compareResults() pairs ratios by experiment, workload and arm, and leaves out controls", () => {
  const { ratios } = compareResults(
    stored({ container: { ratio: 0.9 }, "vm-virtio": { missing: "no QEMU" } }),
    stored({ container: { ratio: 0.98 }, "vm-virtio": { missing: "no KVM" } }),
  );
  const containers = ratios.pairs.filter(({ arm }) => arm === "container");
  assertEquals(new Set(containers.map(({ finding }) => finding.kind)), new Set(["parted"]));
  assertEquals(ratios.pairs.filter(({ arm }) => /native|vm-virtio/.test(arm)), []);
  assertEquals(ratios.only, { a: [], b: [] });
});

Deno.test("compareResults() names the ratios that one result alone has", () => {
  const { ratios } = compareResults(stored({ "vm-virtio": { missing: "no QEMU" } }), result());
  assertEquals(ratios.pairs, []);
  assertEquals(ratios.only.a.filter(({ arm }) => /native|vm-virtio/.test(arm)), []);
  assert(ratios.only.a.some(({ arm }) => arm === "container"));
  assertEquals(ratios.only.b, []);
});
