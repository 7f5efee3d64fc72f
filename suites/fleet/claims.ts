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
  isDecided,
  type Observation,
  type Verdict,
  VERDICTS,
} from "../result.ts";
import {
  confirmedSentence,
  type Doubt,
  type HostSays,
  openSentence,
  refutedSentence,
} from "./claim_words.ts";
import type { DigestedHost } from "./duplicates.ts";
import { mayBeChance } from "./error_rate.ts";
import type { FleetClaim } from "./fleet_result.ts";
import { judgeFleetClaim } from "./fleet_rules.ts";

/** Verdicts that decide nothing, beginning with that of hosts that came nearest to deciding. */
const OPEN_VERDICTS: readonly Verdict[] = ["inconclusive", "error", "untested", "editorial"];

/** A claim, and what its open hosts lack. */
interface JudgedClaim {
  readonly claim: FleetClaim;
  readonly lacks: ReadonlySet<Requirement | null>;
}

/**
 * The claims that any host speaks of, in the document's order, and how much of it is decided. Of one
 * machine several results may speak, each of other claims: so many `machines` are judged.
 */
export function judgeFleet(
  hosts: readonly DigestedHost[],
  observations: readonly Observation[],
  machines = hosts.length,
): { readonly claims: FleetClaim[]; readonly coverage: Coverage } {
  const byClaim = sayingsOf(hosts);
  const fleet = { hosts: machines, observations };
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
 * is certain: one host is a counterexample. One example says nothing of hosts that tried and could not
 * tell: these must be no more than the error rate explains where what was seen is to confirm a claim. A
 * verdict on figures may be wrong on each host that tried to measure, whatever came of it: those that
 * decide must be more than the error rate explains. Where any refutes a claim, it is not confirmed.
 */
export function combineHosts(
  says: readonly HostSays[],
  hosts: number,
): Pick<FleetClaim, "verdict" | "because"> {
  const of = (...verdicts: readonly Verdict[]) =>
    says.filter(({ claim }) => verdicts.includes(claim.verdict));
  const [refuting, confirming] = [of("refuted"), of("confirmed")];
  const deciding = of("confirmed", "refuted");
  const untold = of("inconclusive", "error");
  const tried = deciding.length + untold.length;
  if (deciding.length === 0) {
    const verdict = OPEN_VERDICTS.find((one) => of(one).length > 0) ?? "untested";
    return { verdict, because: openSentence(says, { verdict, hosts }) };
  }
  if (refuting.length === 0) {
    const doubt = doubtOf(confirming, untold);
    return {
      verdict: doubt === null ? "confirmed" : "inconclusive",
      because: confirmedSentence(says, { hosts, deciding, tried, untold, doubt }),
    };
  }
  const isRefuted = areCertain(refuting) || !mayBeChance(refuting.length, tried);
  return {
    verdict: isRefuted ? "refuted" : "inconclusive",
    because: refutedSentence(says, { hosts, deciding, refuting, tried, isRefuted }),
  };
}

/** Why hosts do not confirm a claim that none refutes, beside those that tried it and could not tell. */
function doubtOf(confirming: readonly HostSays[], untold: readonly HostSays[]): Doubt | null {
  const tried = confirming.length + untold.length;
  if (areCertain(confirming)) return mayBeChance(untold.length, tried) ? null : "untold";
  return mayBeChance(confirming.length, tried) ? "by-chance" : null;
}

/** Whether any of hosts that say the same cannot be wrong by chance. */
function areCertain(alike: readonly HostSays[]): boolean {
  return alike.some(({ claim }) => !claim.byChance);
}

function lackedBy({ claim }: HostSays): readonly (Requirement | null)[] {
  return claim.lacks.length === 0 ? [null] : claim.lacks;
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
