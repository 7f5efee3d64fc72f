/**
 * What `nvidia-smi mig` lists: profiles (`-lgip`), where they may be placed (`-lgipp`), GPU instances
 * (`-lgi`) and compute instances (`-lci`), in the tables that drivers 450 to 580 print. A listing says
 * whether it is whole: one that is not understood must not be taken for an empty one.
 *
 * Source: NVIDIA Multi-Instance GPU User Guide, sections "List GPU Instance Profiles" to "Creating GPU
 * Instances"; `nvidia-smi mig -h`.
 *
 * @module
 */

/** Memory slices: the first one, and how many. */
export interface MigPlacement {
  readonly start: number;
  readonly size: number;
}

/** A kind of GPU instance that a GPU offers. */
export interface MigProfile {
  readonly gpuIndex: number;
  /** Without its "MIG": "3g.20gb", "1g.10gb+me". */
  readonly name: string;
  readonly profileId: number;
  /** How many more can be made now. */
  readonly free: number;
  /** How many an empty GPU can have. */
  readonly total: number;
  /** Printed in GiB with two decimals, so 5 MiB more or less. */
  readonly memoryBytes: number | null;
  readonly peerToPeer: boolean | null;
  readonly multiprocessors: number | null;
  readonly decoders: number | null;
  readonly encoders: number | null;
  readonly copyEngines: number | null;
  readonly jpegEngines: number | null;
  readonly opticalFlowEngines: number | null;
}

/** Where instances of a profile can be, whether or not something is there now. */
export interface MigPossiblePlacements {
  readonly gpuIndex: number;
  readonly profileId: number;
  readonly placements: readonly MigPlacement[];
}

/** A GPU instance that is there. */
export interface MigInstance {
  readonly gpuIndex: number;
  /** As {@linkcode MigProfile.name}. */
  readonly name: string;
  readonly profileId: number;
  readonly instanceId: number;
  readonly placement: MigPlacement;
}

/** A compute instance that is there. */
export interface MigComputeInstance {
  readonly gpuIndex: number;
  readonly gpuInstanceId: number;
  /** "3g.20gb" where it is all of its GPU instance, "1c.3g.20gb" where it is a part. */
  readonly name: string;
  readonly profileId: number;
  readonly computeInstanceId: number;
  /** Within its GPU instance; null from drivers that do not print it. */
  readonly placement: MigPlacement | null;
}

/**
 * What the answer was: `listed`; `none` (MIG mode is on, and there is no such thing); `mig-off` (MIG
 * mode is off); `not-supported` (no GPU that has MIG); `not-permitted` (root is needed); `unclear`.
 */
export type MigAnswer =
  | "listed"
  | "none"
  | "mig-off"
  | "not-supported"
  | "not-permitted"
  | "unclear";

/** A line that is not understood. */
export interface UnreadLine {
  /** From 1. */
  readonly line: number;
  readonly text: string;
}

export interface MigListing<T> {
  readonly answer: MigAnswer;
  readonly records: readonly T[];
  readonly unread: readonly UnreadLine[];
}

/** The records where they are all there are; null where the listing is not whole or not understood. */
export function allRecords<T>({ answer, records, unread }: MigListing<T>): readonly T[] | null {
  const whole = answer === "listed" || answer === "none" || answer === "mig-off";
  return whole && unread.length === 0 ? records : null;
}

const COUNT = String.raw`(\d+|N/A|\[N/A\])`;
const PROFILE = new RegExp(
  String
    .raw`^(\d+) MIG (\S+) (\d+) (\d+)/(\d+) ([\d.]+|N/A) (Yes|No|N/A) ${COUNT} ${COUNT} ${COUNT}$`,
);
const ENGINES = new RegExp(`^${COUNT} ${COUNT} ${COUNT}$`);
const PLACEMENTS = /^GPU (\d+) Profile ID (\d+) Placements? ?: ?\{(\d+(?:, ?\d+)*)\}:(\d+)$/;
const INSTANCE = /^(\d+) MIG (\S+) (\d+) (\d+) (\d+):(\d+)$/;
const COMPUTE_INSTANCE = /^(\d+) (\d+) MIG (\S+) (\d+) (\d+)(?: (\d+):(\d+))?$/;
const GIB = 2 ** 30;

/** The answers without a table, the most telling first. */
const SENTENCES: readonly (readonly [RegExp, MigAnswer])[] = [
  [/insufficient permissions/i, "not-permitted"],
  [/no mig-supported devices/i, "not-supported"],
  [/no mig-enabled devices/i, "mig-off"],
  [/no (gpu|compute) instances found: not found/i, "none"],
];

/** Reads `nvidia-smi mig -lgip`, where a profile takes two lines. */
export function parseMigProfiles(text: string): MigListing<MigProfile> {
  const records: MigProfile[] = [];
  const unread: UnreadLine[] = [];
  let begun: MigProfile | null = null;
  for (const row of rowsOf(text)) {
    const engines: RegExpExecArray | null = begun === null ? null : ENGINES.exec(row.text);
    const profile: MigProfile | null = profileOf(row.text);
    if (begun !== null && engines !== null) records.push(withEngines(begun, engines));
    else if (begun !== null) records.push(begun);
    if (profile === null && engines === null) unread.push(row);
    begun = profile;
  }
  if (begun !== null) records.push(begun);
  return listing(text, records, unread);
}

/** Reads `nvidia-smi mig -lgipp`, which is no table. */
export function parseMigPlacements(text: string): MigListing<MigPossiblePlacements> {
  return parseRows(text, (row) => {
    const [, gpu, profile, starts = "", size] = PLACEMENTS.exec(row) ?? [];
    if (gpu === undefined) return null;
    const placements = starts.split(",").map((start) => placementOf(start.trim(), size));
    return { gpuIndex: Number(gpu), profileId: Number(profile), placements };
  });
}

/** Reads `nvidia-smi mig -lgi`. */
export function parseMigInstances(text: string): MigListing<MigInstance> {
  return parseRows(text, (row) => {
    const [, gpu, name, profile, id, start, size] = INSTANCE.exec(row) ?? [];
    if (name === undefined) return null;
    return {
      gpuIndex: Number(gpu),
      name,
      profileId: Number(profile),
      instanceId: Number(id),
      placement: placementOf(start, size),
    };
  });
}

/** Reads `nvidia-smi mig -lci`. */
export function parseMigComputeInstances(text: string): MigListing<MigComputeInstance> {
  return parseRows(text, (row) => {
    const [, gpu, instance, name, profile, id, start, size] = COMPUTE_INSTANCE.exec(row) ?? [];
    if (name === undefined) return null;
    return {
      gpuIndex: Number(gpu),
      gpuInstanceId: Number(instance),
      name,
      profileId: Number(profile),
      computeInstanceId: Number(id),
      placement: start === undefined ? null : placementOf(start, size),
    };
  });
}

function parseRows<T>(text: string, read: (row: string) => T | null): MigListing<T> {
  const rows = rowsOf(text).map((row) => ({ row, record: read(row.text) }));
  const records = rows.map(({ record }) => record).filter((record) => record !== null);
  const unread = rows.filter(({ record }) => record === null).map(({ row }) => row);
  return listing(text, records, unread);
}

function listing<T>(
  text: string,
  records: readonly T[],
  unread: readonly UnreadLine[],
): MigListing<T> {
  const said = SENTENCES.find(([sentence]) => sentence.test(text))?.[1] ?? "unclear";
  return { answer: records.length > 0 ? "listed" : said, records, unread };
}

/** What is neither frame nor heading nor one of the sentences, with single spaces. */
function rowsOf(text: string): UnreadLine[] {
  const lines = text.split("\n").map((line) => line.trim());
  const headed = lines.findIndex((line) => line.startsWith("|="));
  return lines.flatMap((line, index) => {
    const isHeading = index <= headed && line.startsWith("|");
    const isFrame = line === "" || line.startsWith("+");
    if (isHeading || isFrame || SENTENCES.some(([sentence]) => sentence.test(line))) return [];
    const inner = line.replace(/^\|+\s*|\s*\|+$/g, "").replace(/\s+/g, " ");
    return [{ line: index + 1, text: inner }];
  });
}

function profileOf(row: string): MigProfile | null {
  const [, gpu, name, id, free, total, memory, peers, multiprocessors, decoders, encoders] =
    PROFILE.exec(row) ?? [];
  if (name === undefined) return null;
  return {
    gpuIndex: Number(gpu),
    name,
    profileId: Number(id),
    free: Number(free),
    total: Number(total),
    memoryBytes: memory === "N/A" ? null : Math.round(Number(memory) * GIB),
    peerToPeer: peers === "N/A" ? null : peers === "Yes",
    multiprocessors: countOf(multiprocessors),
    decoders: countOf(decoders),
    encoders: countOf(encoders),
    copyEngines: null,
    jpegEngines: null,
    opticalFlowEngines: null,
  };
}

function withEngines(profile: MigProfile, [, copy, jpeg, flow]: RegExpExecArray): MigProfile {
  return {
    ...profile,
    copyEngines: countOf(copy),
    jpegEngines: countOf(jpeg),
    opticalFlowEngines: countOf(flow),
  };
}

function placementOf(start: string | undefined, size: string | undefined): MigPlacement {
  return { start: Number(start), size: Number(size) };
}

function countOf(text: string | undefined): number | null {
  return text === undefined || !/^\d+$/.test(text) ? null : Number(text);
}
