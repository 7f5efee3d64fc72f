/**
 * Claims over many hosts: what all judged ones together say of each.
 *
 * @module
 */
import type { Requirement } from "../../requirements.ts";
import { CLAIMS } from "../claims/claims.ts";
import { coverageOf } from "../coverage.ts";
import {
  type ClaimVerdict,
  type Coverage,
  type Observation,
  type Verdict,
  VERDICTS,
} from "../result.ts";
import { chanceOfAtLeast } from "../statistics/binomial.ts";
import { confirmedSentence, type HostSays, openSentence, refutedSentence } from "./claim_words.ts";
import type { DigestedHost } from "./duplicates.ts";
import type { FleetClaim } from "./fleet_result.ts";
import { judgeFleetClaim } from "./fleet_rules.ts";

/** The chance that a verdict on figures is wrong, at most; and how sure a fleet's verdict must be. */
const ERROR_RATE = 0.01;
/** What the chance itself may be off by, as arithmetic goes. */
const ROUNDING = 1 + 1e-9;

/** Verdicts that decide nothing, beginning with that of hosts that came nearest to deciding. */
const OPEN_VERDICTS: readonly Verdict[] = ["inconclusive", "error", "untested", "editorial"];

/** A claim, and what its open hosts lack. */
interface JudgedClaim {
  readonly claim: FleetClaim;
  readonly lacks: ReadonlySet<Requirement | null>;
}

/** The claims that any judged host speaks of, in the document's order, and how much of it is decided. */
export function judgeFleet(
  hosts: readonly DigestedHost[],
  observations: readonly Observation[],
): { readonly claims: FleetClaim[]; readonly coverage: Coverage } {
  const byClaim = sayingsOf(hosts);
  const fleet = { hosts: hosts.length, observations };
  const judged = CLAIMS.flatMap(({ id }): JudgedClaim[] => {
    const says = byClaim.get(id);
    return says === undefined ? [] : [judgeClaim(id, says, fleet)];
  });
  return {
    claims: judged.map(({ claim }) => claim),
    coverage: coverageOf(judged.map(asVerdict)),
  };
}

function sayingsOf(hosts: readonly DigestedHost[]): Map<string, HostSays[]> {
  const byClaim = new Map<string, HostSays[]>();
  for (const { name: host, digest: { claims, told } } of hosts) {
    const { model, modelName } = told;
    for (const claim of claims) {
      const says = byClaim.get(claim.id) ?? [];
      says.push({ host, model, modelName, claim });
      byClaim.set(claim.id, says);
    }
  }
  return byClaim;
}

function judgeClaim(
  id: string,
  says: readonly HostSays[],
  { hosts, observations }: {
    readonly hosts: number;
    readonly observations: readonly Observation[];
  },
): JudgedClaim {
  const counts = countsOf(says);
  const reading = says[0]?.claim.reading ?? "";
  const common = { id, reading, counts };
  const ofFleet = judgeFleetClaim(id, observations);
  if (ofFleet !== null) {
    return { claim: { ...common, ...ofFleet }, lacks: new Set([ofFleet.lacks]) };
  }
  const { verdict, because } = combineHosts(says, hosts);
  const lacks = new Set(isDecided(verdict) ? [] : says.flatMap(lackedBy));
  const [only = null] = lacks.size === 1 ? lacks : [];
  return { claim: { ...common, verdict, because, lacks: only }, lacks };
}

/**
 * What hosts together say of a claim, of so many that are judged. What a probe saw with controls that held
 * is certain: one host is a counterexample. A verdict on figures is wrong with a chance of up to
 * {@linkcode ERROR_RATE} on each host that tried to measure, whatever came of it: those that decide must
 * be more than that explains. Where any refutes a claim, it is not confirmed.
 */
export function combineHosts(
  says: readonly HostSays[],
  hosts: number,
): Pick<FleetClaim, "verdict" | "because"> {
  const of = (...verdicts: readonly Verdict[]) =>
    says.filter(({ claim }) => verdicts.includes(claim.verdict));
  const [refuting, confirming] = [of("refuted"), of("confirmed")];
  const deciding = of("confirmed", "refuted");
  const tried = of("confirmed", "refuted", "inconclusive", "error").length;
  if (deciding.length === 0) {
    const verdict = OPEN_VERDICTS.find((one) => of(one).length > 0) ?? "untested";
    return { verdict, because: openSentence(says, { verdict, hosts }) };
  }
  if (refuting.length === 0) {
    const isConfirmed = isSure(confirming, tried);
    return {
      verdict: isConfirmed ? "confirmed" : "inconclusive",
      because: confirmedSentence(says, { hosts, deciding, tried, isConfirmed }),
    };
  }
  const isRefuted = isSure(refuting, tried);
  return {
    verdict: isRefuted ? "refuted" : "inconclusive",
    because: refutedSentence(says, { hosts, deciding, refuting, tried, isRefuted }),
  };
}

/** Whether hosts that say the same are more than the error rate explains, among so many that tried. */
function isSure(alike: readonly HostSays[], tried: number): boolean {
  if (alike.some(({ claim }) => !claim.byChance)) return true;
  const chance = chanceOfAtLeast(alike.length, { trials: tried, each: ERROR_RATE });
  return chance <= ERROR_RATE * ROUNDING;
}

function lackedBy({ claim }: HostSays): readonly (Requirement | null)[] {
  return claim.lacks.length === 0 ? [null] : claim.lacks;
}

function isDecided(verdict: Verdict): boolean {
  return verdict === "confirmed" || verdict === "refuted";
}

function countsOf(says: readonly HostSays[]): Record<Verdict, number> {
  const count = (verdict: Verdict) => says.filter(({ claim }) => claim.verdict === verdict).length;
  return Object.fromEntries(VERDICTS.map((one) => [one, count(one)])) as Record<Verdict, number>;
}

/** A fleet's claim as one of a run, of which each thing that its hosts lack is a part. */
function asVerdict({ claim, lacks }: JudgedClaim): ClaimVerdict {
  const { id, verdict, because, reading } = claim;
  const part = { name: id, verdict, because };
  const parts = [...lacks].map((lack) => lack === null ? part : { ...part, lacks: lack });
  return { id, verdict, because, reading, evidence: [], parts };
}
