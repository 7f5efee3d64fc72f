/** Made-up digests of hosts, and what arrives of them, for tests. @module */
import type { Verdict } from "../../result.ts";
import type { HostArrival } from "../arrival.ts";
import type { ClaimDigest, HostDigest } from "../digest.ts";
import type { HostTold } from "../fleet_result.ts";

/** A host of its own, whatever else it tells. */
export interface DigestCase extends Partial<Omit<HostDigest, "claims" | "told">> {
  readonly hostname: string;
  readonly told?: Partial<HostTold>;
  /** What it says of claims: on observations, unless said otherwise. */
  readonly claims?: Readonly<Record<string, Verdict | Partial<ClaimDigest>>>;
}

/** Claims of the document that hosts decide, for tests to speak of. */
export const CLAIM = "11.3/latency/container";
export const OTHER_CLAIM = "02.1.2/gpu-count/single-gpu";

/** The digest of a host with one GPU, which ran live for ten minutes. */
export function sampleDigest({ hostname, told, claims = {}, ...changes }: DigestCase): HostDigest {
  const { environment = "bare metal" } = told ?? {};
  const state = { kernel: "6.1", os: "Example 12", firmware: "BIOS 1", gpuDriver: "550.54" };
  return {
    told: {
      ...{ hostname, machine: `machine of ${hostname}`, model: "0123", modelName: "1 x X9000" },
      ...{ environment: "bare metal", bareMetal: true, kernel: "6.1", gpuDriver: "550.54" },
      ...{ gpus: { X9000: 1 }, version: "1.2.3", durationSeconds: 600 },
      ...{ startedAt: "2026-01-02T03:00:00.000Z", endedAt: "2026-01-02T03:10:00.000Z" },
      ...told,
    },
    bootId: `boot of ${hostname}`,
    hardware: {
      ...{ hostname, environment, cpuModel: "Example 9", cpuCount: 64, pci: [] },
      gpus: [`gpu of ${hostname}`],
    },
    software: { ...state, cpuGovernor: null, tools: { fio: "3.33" } },
    gpus: [{
      ...{ name: "X9000", uuidHash: `gpu of ${hostname}`, virtualizationMode: "none" },
      ...{ lost: null, fabric: null },
    }],
    infiniband: [],
    ground: { version: "1.2.3", thresholds: { high: 0.95, medium: 0.5 }, kind: "live" },
    end: "whole",
    ratios: [],
    ...changes,
    claims: Object.entries(claims).map(([id, said]) => sampleClaim(id, said)),
  };
}

/** What a host says of a claim. */
export function sampleClaim(id: string, said: Verdict | Partial<ClaimDigest>): ClaimDigest {
  const { verdict = "confirmed", ...changes } = typeof said === "string" ? { verdict: said } : said;
  const common = { id, verdict, because: `it is ${verdict} here`, reading: "literally" };
  return { ...common, byChance: false, lacks: [], ...changes };
}

/** The arrival of a host's whole result, of which nothing else is known. */
export function sampleArrival(digest: DigestCase, changes: Partial<HostArrival> = {}): HostArrival {
  return {
    name: null,
    source: `results/${digest.hostname}`,
    outcome: { kind: "result", digest: sampleDigest(digest) },
    fate: null,
    faults: [],
    window: null,
    ...changes,
  };
}
