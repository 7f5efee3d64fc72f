import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { CLAIMS } from "./claims/claims.ts";
import { EXIT, exitStatus } from "./exit_status.ts";
import {
  agreementOf,
  DISAGREEMENTS,
  type Expectations,
  EXPECTATIONS_VERSION,
  faultOf,
  type Outcome,
  outcomeOf,
  type Waiver,
} from "./expectations.ts";
import { type ClaimVerdict, type Verdict, VERDICTS } from "./result.ts";

const ID = "11.3/latency/vm";
const OTHER = "11.3/latency/container";
const NOON = new Date("2026-06-15T12:00:00Z");

function expectations(change: Partial<Expectations> = {}): Expectations {
  const source = {
    ...{ hostname: "gpu-1", startedAt: "2026-06-01T00:00:00Z", cellproof: "0.1.0" },
    ...{ thresholds: { high: 0.95, medium: 0.5 }, fixture: null },
  };
  return { version: EXPECTATIONS_VERSION, source, claims: {}, waivers: [], ...change };
}

function claim(verdict: Verdict, id = ID): ClaimVerdict {
  return { id, verdict, because: "", reading: "", evidence: [] };
}

function waiver(change: Partial<Waiver> = {}): Waiver {
  return { id: ID, reason: "a known defect", expires: "2026-06-20", ...change };
}

/** Outcome and exit status of one expectation beside one verdict; null for none of either. */
function judged(expected: Verdict | null, seen: Verdict | null, waivers: Waiver[] = []) {
  // The other claim is always as expected, so that there is something that the run was held to.
  const agreement = agreementOf(
    expectations({
      claims: { [OTHER]: "confirmed", ...(expected === null ? {} : { [ID]: expected }) },
      waivers,
    }),
    {
      claims: [claim("confirmed", OTHER), ...(seen === null ? [] : [claim(seen)])],
      selected: [OTHER, ID],
      now: NOON,
    },
  );
  const status = exitStatus([claim("confirmed")], { hostRestored: true, agreement });
  return { outcome: agreement.claims.find(({ id }) => id === ID)?.outcome ?? null, status };
}

const COLUMNS: readonly (Verdict | null)[] = [...VERDICTS, null];

/** What is expected, then the outcome for each of the columns; "-" where there is nothing to say. */
const TABLE: readonly [Verdict | null, string][] = [
  //                confirmed refuted inconclusive untested error editorial absent
  ["confirmed", "   kept      flipped lost         lost     lost  lost      missing"],
  ["refuted", "     flipped   kept    lost         lost     lost  lost      missing"],
  ["inconclusive", "gained    gained  kept         moved    moved moved     missing"],
  ["untested", "    gained    gained  moved        kept     moved moved     missing"],
  ["error", "       gained    gained  moved        moved    kept  moved     missing"],
  ["editorial", "   gained    gained  moved        moved    moved kept      missing"],
  [null, "          gained    gained  unlisted unlisted unlisted unlisted   -"],
];

/** What an operator is woken for. */
const STATUS: Readonly<Record<string, number>> = { flipped: 100, lost: 101, missing: 101 };

for (const [expected, row] of TABLE) {
  for (const [column, outcome] of row.trim().split(/\s+/).entries()) {
    const seen = COLUMNS[column] ?? null;
    Deno.test(`agreementOf() calls ${seen} where ${expected} is expected ${outcome}`, () => {
      const wanted = { outcome: outcome === "-" ? null : outcome, status: STATUS[outcome] ?? 0 };
      assertEquals(judged(expected, seen), wanted as ReturnType<typeof judged>);
    });
    if (STATUS[outcome] === undefined) continue;
    Deno.test(`agreementOf() lets a waiver excuse ${seen} where ${expected} is expected`, () => {
      assertEquals(judged(expected, seen, [waiver()]), { outcome: "waived", status: EXIT.ok });
    });
  }
}

const WAIVERS: [string, Waiver, Outcome][] = [
  ["on its last day", waiver({ expires: "2026-06-15" }), "waived"],
  ["once it has expired", waiver({ expires: "2026-06-14" }), "flipped"],
  ["for a verdict that it names", waiver({ verdicts: ["refuted"] }), "waived"],
  ["for another verdict", waiver({ verdicts: ["untested"] }), "flipped"],
  ["of another claim", waiver({ id: OTHER }), "flipped"],
];
for (const [when, given, outcome] of WAIVERS) {
  Deno.test(`agreementOf() makes a flip "${outcome}" by a waiver ${when}`, () => {
    assertEquals(judged("confirmed", "refuted", [given]).outcome, outcome);
  });
}

Deno.test("agreementOf() excuses no missing verdict by a waiver that names verdicts", () => {
  assertEquals(judged("confirmed", null, [waiver({ verdicts: [...VERDICTS] })]).status, 101);
});

Deno.test("agreementOf() calls no claim waived that came out as expected, or is newly decided", () => {
  assertEquals(judged("refuted", "refuted", [waiver()]).outcome, "kept");
  assertEquals(judged("untested", "refuted", [waiver()]).outcome, "gained");
});

Deno.test("agreementOf() leaves out claims and waivers that were not selected", () => {
  const agreement = agreementOf(
    expectations({ claims: { [ID]: "confirmed", [OTHER]: "refuted" }, waivers: [waiver()] }),
    { claims: [claim("refuted", OTHER)], selected: [OTHER], now: NOON },
  );
  assertEquals(agreement.claims.map(({ id }) => id), [OTHER]);
  assertEquals(agreement.waivers, []);
});

Deno.test("agreementOf() counts the days that a waiver has left, by UTC", () => {
  const days = (expires: string, now: string) =>
    agreementOf(
      expectations({ claims: { [ID]: "confirmed" }, waivers: [waiver({ expires })] }),
      { claims: [], selected: [ID], now: new Date(now) },
    ).waivers[0]?.daysLeft;
  assertEquals(days("2026-06-15", "2026-06-15T23:59:59.999Z"), 0);
  assertEquals(days("2026-06-15", "2026-06-16T00:00:00.000Z"), -1);
  assertEquals(days("2026-03-01", "2026-02-28T23:00:00.000Z"), 1);
});

Deno.test("exitStatus() is 100 for one flip among whatever else", () => {
  fc.assert(fc.property(fc.array(fc.constantFrom(...VERDICTS)), (verdicts) => {
    const ids = CLAIMS.map(({ id }) => id);
    const expected = verdicts.map((verdict, index) => [ids[index + 1] ?? "", verdict] as const);
    const agreement = agreementOf(
      expectations({ claims: { ...Object.fromEntries(expected), [ids[0] ?? ""]: "confirmed" } }),
      { claims: [claim("refuted", ids[0])], selected: ids, now: NOON },
    );
    assertEquals(exitStatus([claim("refuted")], { hostRestored: true, agreement }), EXIT.refuted);
  }));
});

Deno.test("exitStatus() is 101 where nothing that is expected was judged", () => {
  const agreement = agreementOf(
    expectations({ claims: { [OTHER]: "confirmed" } }),
    { claims: [claim("confirmed")], selected: [ID], now: NOON },
  );
  const status = exitStatus([claim("confirmed")], { hostRestored: true, agreement });
  assertEquals(status, EXIT.undecided);
});

Deno.test("exitStatus() tells of a host that is not as it was before all else", () => {
  const agreement = agreementOf(
    expectations({ claims: { [ID]: "confirmed" } }),
    { claims: [claim("refuted")], selected: [ID], now: NOON },
  );
  const status = exitStatus([claim("refuted")], { hostRestored: false, agreement });
  assertEquals(status, EXIT.hostNotRestored);
  assertEquals(exitStatus([], { hostRestored: true, agreement }), EXIT.harnessFailed);
});

Deno.test("outcomeOf() is a disagreement only where something decided changed, or is missing", () => {
  const decided = (verdict: Verdict | null) => verdict === "confirmed" || verdict === "refuted";
  for (const expected of COLUMNS) {
    for (const seen of COLUMNS.filter((verdict) => verdict !== null)) {
      const disagrees = decided(expected) && seen !== expected;
      assertEquals(DISAGREEMENTS.includes(outcomeOf(expected, seen)), disagrees);
    }
  }
});

const FAULTS: [string, Partial<Expectations>][] = [
  ["expects nothing", { claims: {} }],
  ["names a claim that is none", { claims: { "11.3/latency/vn": "confirmed" } }],
  ["waives a claim that is none", { waivers: [waiver({ id: "11.3" })] }],
  ["waives a claim twice", { waivers: [waiver(), waiver({ expires: "2027-01-01" })] }],
  ["gives no reason", { waivers: [waiver({ reason: " \n" })] }],
  ["lets no verdict pass", { waivers: [waiver({ verdicts: [] })] }],
  ...["2027-02-30", "2027-13-01", "2027-2-1", "31.01.2027", "", "2027-01-31T00:00:00Z", "never"]
    .map((expires): [string, Partial<Expectations>] => [
      "expires on no date",
      { waivers: [waiver({ expires })] },
    ]),
];
for (const [index, [condition, change]] of FAULTS.entries()) {
  Deno.test(`faultOf() finds what ${condition} (${index})`, () => {
    const fault = faultOf(expectations({ claims: { [ID]: "confirmed" }, ...change }));
    assertEquals(fault?.condition.includes(condition), true, JSON.stringify(fault));
  });
}

Deno.test("faultOf() finds none in whole expectations", () => {
  const claims = Object.fromEntries(CLAIMS.map(({ id }) => [id, "untested" as const]));
  const waivers = [waiver({ expires: "2028-02-29" }), waiver({ id: OTHER, verdicts: ["error"] })];
  assertEquals(faultOf(expectations({ claims, waivers })), null);
});
