/**
 * A made-up fleet for tests of the reports: no machine ever gave these figures.
 *
 * @module
 */
import { CLAIMS } from "../../suites/claims/claims.ts";
import { coverageOf } from "../../suites/coverage.ts";
import {
  FLEET_SCHEMA_VERSION,
  type FleetClaim,
  type FleetFault,
  type FleetHost,
  type FleetResult,
  VERDICT_LETTERS,
} from "../../suites/fleet/fleet_result.ts";
import type { Verdict } from "../../suites/result.ts";
import { countVerdicts } from "../verdicts.ts";
import { SAMPLE_FAULTS } from "./sample_fleet_faults.ts";
import { SAMPLE_FINDINGS } from "./sample_fleet_findings.ts";
import { OTHER_NETWORK, SAMPLE_HOSTS, type SampleHost } from "./sample_fleet_hosts.ts";
import { sampleResult } from "./sample_result.ts";

/** What one host of the sample says of each claim; the others of its make say the same. */
const BY_HOST: Readonly<Record<string, Readonly<Record<string, Verdict>>>> = {
  "gpu-003": { [OTHER_NETWORK]: "refuted" },
  "gpu-007": { "11.3/io-performance/container": "refuted" },
};

/** 21 hosts in every state, with every kind of fault, two disagreements, an outlier and three links. */
export function sampleFleet(): FleetResult {
  return fleetOf(SAMPLE_HOSTS, SAMPLE_FAULTS);
}

/** A fleet of so many hosts, which are like those of the sample over and over. */
export function repeatedFleet(count: number): FleetResult {
  const rounds = Array.from(
    { length: Math.ceil(count / SAMPLE_HOSTS.length) },
    (_, round) => round,
  );
  const hosts = rounds.flatMap((round) => SAMPLE_HOSTS.map((host) => hostOfRound(host, round)))
    .slice(0, count);
  const there = new Set(hosts.map(({ name }) => name));
  const faults = rounds.flatMap((round) => SAMPLE_FAULTS.map((fault) => faultOfRound(fault, round)))
    .filter(({ host }) => there.has(host));
  const fleet = fleetOf(hosts, faults);
  return {
    ...fleet,
    disagreements: fleet.disagreements.map((one) => ({
      ...one,
      confirmed: namesLike(hosts, one.confirmed),
      refuted: namesLike(hosts, one.refuted),
    })),
  };
}

/** The name of the host that takes a host's place in a later round: `"gpu-0038"`. */
function nameOfRound(name: string, round: number): string {
  const number = round * SAMPLE_HOSTS.length + Number(name.replace(/\D/g, ""));
  return `gpu-${String(number).padStart(4, "0")}`;
}

function hostOfRound(host: SampleHost, round: number): SampleHost {
  const name = nameOfRound(host.name, round);
  const source = host.source?.replace(host.name, name) ?? null;
  return { ...host, name, source };
}

function faultOfRound(fault: FleetFault, round: number): FleetFault {
  const { host, kind, because, cure } = fault;
  const name = nameOfRound(host, round);
  const renamed = (text: string) => text.replaceAll(host, name);
  return { kind, host: name, because: renamed(because), cure: cure && renamed(cure) };
}

function namesLike(hosts: readonly SampleHost[], names: readonly string[]): string[] {
  return hosts.filter(({ likeName }) => names.includes(likeName)).map(({ name }) => name);
}

function fleetOf(
  sampled: readonly SampleHost[],
  faults: FleetResult["faults"],
): FleetResult {
  const hosts = sampled.map(withVerdicts);
  const judged = sampled.filter(({ state }) => state === "measured");
  const claims = CLAIMS.map(({ id }) => fleetClaim(id, judged));
  return {
    schema: FLEET_SCHEMA_VERSION,
    version: "0.1.0",
    mergedAt: "2025-01-02T05:00:00.000Z",
    request: {
      id: "20250102-0304-c0ffee",
      scheduler: "slurm",
      cluster: "example-cluster",
      partition: "gpu",
      nodesNotAsked: 4,
      submittedAt: "2025-01-02T03:04:05.000Z",
      endedAt: "2025-01-02T04:10:00.000Z",
    },
    common: {
      version: "0.1.0",
      thresholds: { high: 0.95, medium: 0.5 },
      kind: "synthetic",
    },
    hosts,
    faults,
    ...SAMPLE_FINDINGS,
    claims,
    coverage: coverageOf(
      claims.map((claim) => ({ ...claim, evidence: [], parts: [partOf(claim)] })),
    ),
  };
}

function partOf({ verdict, because, lacks }: FleetClaim) {
  return { name: "fleet", verdict, because, ...(lacks === null ? {} : { lacks }) };
}

function withVerdicts({ likeName, ...host }: SampleHost): FleetHost {
  if (host.told === null) return host;
  const letters = CLAIMS.map(({ id }) => VERDICT_LETTERS[verdictOf(id, likeName)]).join("");
  const verdicts = host.state === "partial"
    ? letters.slice(0, 40).padEnd(CLAIMS.length, "-")
    : letters;
  return { ...host, told: { ...host.told, verdicts } };
}

const OF_ONE_HOST = new Map(sampleResult().claims.map(({ id, verdict }) => [id, verdict]));

function verdictOf(id: string, likeName: string): Verdict {
  return BY_HOST[likeName]?.[id] ?? OF_ONE_HOST.get(id) ?? "untested";
}

const WEIGHT: readonly Verdict[] = [
  "refuted",
  "confirmed",
  "inconclusive",
  "error",
  "untested",
  "editorial",
];

function fleetClaim(id: string, judged: readonly SampleHost[]): FleetClaim {
  const counts = countVerdicts(
    judged.map(({ likeName }) => ({ verdict: verdictOf(id, likeName) })),
  );
  const verdict = WEIGHT.find((one) => counts[one] > 0) ?? "untested";
  return {
    id,
    verdict,
    because: `It is ${verdict} on ${counts[verdict]} of ${judged.length} hosts that were judged.`,
    reading: "The claim is read literally, and for every host.",
    counts,
    lacks: verdict === "untested" ? "gpu" : null,
  };
}
