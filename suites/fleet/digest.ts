/**
 * The small record of one result that merging needs: thousands of them fit in memory, and go from one
 * thread to another.
 *
 * @module
 */
import { shorten } from "../../problem.ts";
import type { Requirement } from "../../requirements.ts";
import { claimOf } from "../claims/claims.ts";
import { lackedBy } from "../coverage.ts";
import { endOf, type RunEnd } from "../cut_short.ts";
import {
  type Configuration,
  type Hardware,
  type MachineIdentity,
  machineOf,
  sha256,
} from "../machine_identity.ts";
import {
  type ClaimVerdict,
  type FabricDescription,
  type GpuDescription,
  type HostDescription,
  type InfinibandDescription,
  isDecided,
  type Result,
  type RunDescription,
  type Verdict,
} from "../result.ts";
import { partsOf } from "../rules/rule.ts";
import { ruleOf } from "../rules/rules.ts";
import type { CommonGround, HostTold } from "./fleet_result.ts";
import { type ComparableRatio, comparableRatios } from "./outliers.ts";

/** What merging needs of one result. */
export interface HostDigest {
  readonly told: Omit<HostTold, "verdicts">;
  readonly bootId: string;
  readonly hardware: Hardware;
  readonly software: HostSoftware;
  readonly gpus: readonly GpuDigest[] | null;
  readonly infiniband: readonly InfinibandDescription[] | null;
  /** What the result must have in common with others to be judged with them. */
  readonly ground: CommonGround;
  readonly end: RunEnd;
  /** Those of claims that this version of the document has. */
  readonly claims: readonly ClaimDigest[];
  /** Those that may be held against the same of other hosts. */
  readonly ratios: readonly ComparableRatio[];
}

/** What hosts of one make may differ in. */
export interface HostSoftware extends Configuration {
  readonly cpuGovernor: string | null;
  readonly tools: HostDescription["tools"];
}

/** A GPU; null where its driver does not tell. */
export interface GpuDigest {
  readonly name: string | null;
  /** SHA-256 of its UUID, since identities are published; null for a text that is none, too. */
  readonly uuidHash: string | null;
  readonly virtualizationMode: string | null;
  /** The driver's words where it has lost the device; else null. */
  readonly lost: string | null;
  readonly fabric: FabricDescription | null;
}

/** What one host says of a claim. */
export interface ClaimDigest {
  readonly id: string;
  readonly verdict: Verdict;
  readonly because: string;
  readonly reading: string;
  /**
   * Whether it may be wrong by chance: it rests on figures alone. One refuted observation among what
   * refutes a claim makes it certain.
   */
  readonly byChance: boolean;
  /** What would decide it where it is open, each thing once; null for what is no one known thing. */
  readonly lacks: readonly (Requirement | null)[];
}

/** Longer sentences are cut, so that no result takes the memory of many. */
const LONGEST_SENTENCE = 2000;
const MODEL_DIGITS = 16;
/** As NVIDIA's driver writes it; one of zeros, or an empty text, would be that of many GPUs. */
const GPU_UUID = /^GPU-(?!0{8}(?:-0{4}){3}-0{12}$)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The digest of a result. */
export function digestOf({ host, run, claims, experiments }: Result): HostDigest {
  const machine = machineOf(host);
  return {
    told: toldBy(host, run, machine),
    bootId: host.bootId,
    hardware: machine.hardware,
    software: { ...machine.configuration, cpuGovernor: host.cpuGovernor, tools: host.tools },
    gpus: host.gpus?.map(gpuDigest) ?? null,
    infiniband: host.infiniband,
    ground: { version: run.version, thresholds: run.thresholds, kind: kindOf(run) },
    end: endOf(run),
    claims: claims.filter(({ id }) => claimOf(id) !== null).map(claimDigest),
    ratios: comparableRatios(experiments),
  };
}

/** What kind of run it was. */
function kindOf({ dryRun }: RunDescription): CommonGround["kind"] {
  if (dryRun === null) return "live";
  return dryRun.synthetic ? "synthetic" : "dry-run";
}

function toldBy(
  host: HostDescription,
  run: RunDescription,
  machine: MachineIdentity,
): HostDigest["told"] {
  const { hostname, environment, bareMetal, kernel, gpuDriver } = host;
  const { version, startedAt, endedAt, durationSeconds } = run;
  const gpus = gpuCounts(host);
  return {
    ...{ hostname, machine: machine.key, ...makeOf(machine, host) },
    ...{ environment, bareMetal, kernel, gpuDriver, gpus },
    ...{ version, startedAt, endedAt, durationSeconds },
  };
}

/** How many GPUs of each name; null where the driver could not tell. */
function gpuCounts({ gpus }: HostDescription): Record<string, number> | null {
  return gpus === null ? null : countsOf(gpus.map(nameOfGpu));
}

function nameOfGpu({ name, lost }: GpuDescription): string {
  return name ?? (lost === null ? "GPU of unknown name" : "lost GPU");
}

/**
 * The GPUs that the host was made with: one that is lost and nameless is of the name that all others have,
 * where it is one.
 */
function gpusAsMade({ gpus }: HostDescription): Record<string, number> | null {
  if (gpus === null) return null;
  const isNameless = ({ name, lost }: GpuDescription) => name === null && lost !== null;
  const [first, ...others] = new Set(gpus.filter((gpu) => !isNameless(gpu)).map(nameOfGpu));
  const name = others.length === 0 ? first : undefined;
  return countsOf(gpus.map((gpu) => isNameless(gpu) ? name ?? nameOfGpu(gpu) : nameOfGpu(gpu)));
}

function countsOf(names: readonly string[]): Record<string, number> {
  const byName = Map.groupBy(names, (name) => name);
  const sorted = [...byName].sort(([one], [other]) => one < other ? -1 : 1);
  return Object.fromEntries(sorted.map(([name, { length }]) => [name, length]));
}

/** What hosts of the same make have in common: all that makes a machine but its name and identities. */
function makeOf(
  { hardware: { cpuModel, cpuCount, environment, pci } }: MachineIdentity,
  host: HostDescription,
): Pick<HostTold, "model" | "modelName"> {
  const make = JSON.stringify([cpuModel, cpuCount, environment, pci, gpusAsMade(host)]);
  const graphics = Object.entries(gpuCounts(host) ?? {}).map(([name, count]) =>
    `${count} x ${name}`
  );
  const elsewhere = host.bareMetal ? [] : [environment];
  return {
    model: sha256(make).slice(0, MODEL_DIGITS),
    modelName: [...graphics, cpuModel, ...elsewhere].join(", "),
  };
}

function gpuDigest(gpu: GpuDescription): GpuDigest {
  const { name, uuid, virtualizationMode, lost, fabric } = gpu;
  const uuidHash = uuid !== null && GPU_UUID.test(uuid) ? sha256(uuid) : null;
  return { name, uuidHash, virtualizationMode, lost, fabric };
}

function claimDigest(claim: ClaimVerdict): ClaimDigest {
  const { id, verdict, because, reading } = claim;
  return {
    ...{ id, verdict, reading },
    because: shorten(because, LONGEST_SENTENCE),
    byChance: isByChance(claim),
    lacks: [...lackedBy(claim)],
  };
}

/** Only what the claim's own rule has observed is certain, whatever a result calls its parts. */
function isByChance({ id, verdict, parts = [], ratio }: ClaimVerdict): boolean {
  if (!isDecided(verdict)) return false;
  const { observed, hasOthers } = observedBy(id);
  if (parts.length === 0) return ratio !== undefined || observed.length === 0 || hasOthers;
  const figures = parts.filter(({ name }) => !observed.includes(name));
  if (verdict === "confirmed") return figures.length > 0;
  return parts.every((part) => part.verdict !== "refuted" || figures.includes(part));
}

/** The observations that a claim's rule rests on, and whether it rests on anything else. */
function observedBy(id: string): { readonly observed: string[]; readonly hasOthers: boolean } {
  const rule = ruleOf(id);
  const parts = rule === undefined ? [] : partsOf(rule);
  const observed = parts.flatMap((part) => part.kind === "observation" ? [part.observation] : []);
  return { observed, hasOthers: observed.length < parts.length };
}

/**
 * The same digest, whose sentences are those of `known` where they are equal: hosts say much in the same
 * words, and what comes from another thread is a copy.
 */
export function withSharedTexts(digest: HostDigest, known: Map<string, string>): HostDigest {
  const share = (text: string) => known.getOrInsert(text, text);
  return {
    ...digest,
    hardware: { ...digest.hardware, pci: digest.hardware.pci?.map(share) ?? null },
    claims: digest.claims.map((claim) => ({
      ...claim,
      id: share(claim.id),
      because: share(claim.because),
      reading: share(claim.reading),
    })),
    ratios: digest.ratios.map((ratio) => ({
      ...ratio,
      experiment: share(ratio.experiment),
      workload: share(ratio.workload),
      arm: share(ratio.arm),
      work: share(ratio.work),
    })),
  };
}
