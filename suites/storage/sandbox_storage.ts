/**
 * The sandbox storage experiment: one C program's buffered reads, natively and as a WASI module under
 * Wasmtime. WASI has neither direct nor asynchronous IO, so fio would compare different work.
 *
 * @module
 */
import {
  buildFileReads,
  type FileReadsRecord,
  type FileReadsRequest,
  nativeFileReadsArgv,
  parseFileReads,
  wasmtimeFileReadsArgv,
} from "../../runners/sandbox/file_reads.ts";
import type { CommandResult, Host } from "../../runners/host.ts";
import { Problem } from "../../problem.ts";
import { type ArmNeeds, prepareArms } from "../arms.ts";
import type { ArmDriver, Measurement, PairedPlan } from "../paired.ts";
import type { Places } from "../places.ts";
import type { Arm, Workload } from "../result.ts";

const MIB = 1024 * 1024;
const FILE_SIZE_BYTES = 64 * MIB;
const TIMEOUT_SECONDS = 120;

interface SandboxWorkload extends Workload {
  readonly job: Pick<FileReadsRequest, "pattern" | "blockSizeBytes" | "operations">;
  readonly figure: "bandwidthBytesPerSecond" | "operationsPerSecond";
}

const SANDBOX_WORKLOADS: readonly SandboxWorkload[] = [
  {
    name: "seq-read",
    title: "sequential buffered read, 1 MiB",
    unit: "B/s",
    better: "larger",
    job: { pattern: "seq", blockSizeBytes: MIB, operations: 2000 },
    figure: "bandwidthBytesPerSecond",
  },
  {
    name: "rand-read",
    title: "random buffered read, 4 KiB, one at a time",
    unit: "1/s",
    better: "larger",
    job: { pattern: "rand", blockSizeBytes: 4096, operations: 100_000 },
    figure: "operationsPerSecond",
  },
];

const SANDBOX_ARMS = [
  { name: "native", title: "natively", place: "native" },
  { name: "native-again", title: "natively again (A/A control)", place: "native" },
  { name: "sandbox", title: "WASI module under Wasmtime", place: "sandbox" },
] as const;

export interface SandboxOptions {
  readonly needs: ArmNeeds;
  readonly mostBlocks: number;
}

/** Prepares the experiment: the file and the two builds of the program. */
export async function prepareSandboxStorage(
  places: Places,
  { needs, mostBlocks }: SandboxOptions,
): Promise<PairedPlan> {
  const { host, options: { say, target } } = places;
  const wasmtimePath = places.tool("wasmtime");
  say("sandbox-storage: building the program");
  const built = await buildFileReads(host, { folder: await host.temporaryFolder(), wasmtimePath });
  const file = await makeFile(host, target);
  const checksums = new Map<string, string>();
  const cases = SANDBOX_ARMS.filter(({ name }) => needs.arms.has(name));
  const { drivers, unavailable } = await prepareArms(
    cases,
    (arm, { place }) =>
      Promise.resolve(
        armOf({ host, arm, file, checksums }, (request) =>
          place === "native"
            ? nativeFileReadsArgv(built, request)
            : wasmtimeFileReadsArgv(wasmtimePath, built, request)),
      ),
  );
  return {
    name: "sandbox-storage",
    title: `buffered reads of a ${FILE_SIZE_BYTES / MIB} MiB file`,
    reference: "native",
    control: "native-again",
    workloads: SANDBOX_WORKLOADS.filter(({ name }) => needs.workloads.has(name)),
    drivers,
    unavailable,
    judged: [...needs.judged],
    mostBlocks,
  };
}

async function makeFile(host: Host, target: string): Promise<string> {
  const file = `${await host.temporaryFolder(target)}/reads.dat`;
  const { status, stderr } = await host.run({
    argv: ["dd", "if=/dev/urandom", `of=${file}`, "bs=1M", `count=${FILE_SIZE_BYTES / MIB}`],
    timeoutSeconds: TIMEOUT_SECONDS,
  });
  if (status === 0) return file;
  throw new Problem({
    action: `write ${FILE_SIZE_BYTES / MIB} MiB of test data to ${target}`,
    condition: "dd failed",
    seen: stderr,
    cure: "Name a folder with room on it with --target.",
  });
}

function armOf(
  { host, arm, file, checksums }: {
    host: Host;
    arm: Arm;
    file: string;
    /** The checksum that the first arm of a block saw: every other must see the same bytes. */
    checksums: Map<string, string>;
  },
  argvOf: (request: FileReadsRequest) => [string, ...string[]],
): ArmDriver {
  return {
    arm,
    async measure(workload, block) {
      const request = { file, seed: block + 1, ...workloadOf(workload).job };
      const argv = argvOf(request);
      const command = await host.run({ argv, timeoutSeconds: TIMEOUT_SECONDS });
      if (command.ended === "cancelled") return null;
      const expected = checksums.get(`${workload} ${block}`);
      const measured = measurementOf({ workload, request, command, expected });
      if (measured.checksum !== null) checksums.set(`${workload} ${block}`, measured.checksum);
      return { argv, ...measured.measurement };
    },
  };
}

function measurementOf({ workload, request, command, expected }: {
  workload: string;
  request: FileReadsRequest;
  command: CommandResult;
  expected: string | undefined;
}): { measurement: Omit<Measurement, "argv">; checksum: string | null } {
  const { ended, status, stderr, stdout, startedAt, durationSeconds } = command;
  const common = { status, startedAt, durationSeconds };
  const failed = (failure: string) => ({
    measurement: { ...common, value: null, details: {}, failure },
    checksum: null,
  });
  if (ended !== "exited") return failed(`the command ended: ${ended}`);
  if (status !== 0) return failed(`the command exited with status ${status}: ${stderr.trim()}`);
  try {
    const record = parseFileReads(stdout, request);
    if (record.seconds > durationSeconds) {
      return failed(`it counted ${record.seconds} s within ${durationSeconds} s of wall clock`);
    }
    if (expected !== undefined && record.checksum !== expected) {
      return failed(`it read other bytes: checksum ${record.checksum} instead of ${expected}`);
    }
    const value = record[workloadOf(workload).figure];
    const measurement = { ...common, value, details: detailsOf(record), failure: null };
    return { measurement, checksum: record.checksum };
  } catch (error) {
    if (error instanceof Problem) return failed(error.message);
    throw error;
  }
}

function detailsOf(record: FileReadsRecord): Record<string, number> {
  const { bytes, operations, seconds, bandwidthBytesPerSecond, operationsPerSecond } = record;
  return { bytes, operations, seconds, bandwidthBytesPerSecond, operationsPerSecond };
}

function workloadOf(name: string): SandboxWorkload {
  const found = SANDBOX_WORKLOADS.find((workload) => workload.name === name);
  if (found === undefined) throw new TypeError(`sandbox-storage: no workload "${name}"`);
  return found;
}
