/**
 * `deno task lab`: the passthrough suite in a host that QEMU emulates as a whole.
 *
 * @module
 */
import { MOST_BOOTS } from "../runners/lab/lab.ts";
import { LAB_DEVICES } from "../runners/lab/lab_machine.ts";
import { EXIT } from "../suites/exit_status.ts";
import { idsRestingOn } from "../suites/needs.ts";
import type { PassthroughRequest } from "../suites/passthrough/allowance.ts";
import { type BenchRequest, readRequest } from "./bench.ts";
import { type EndedRun, runBench, statusOf } from "./bench_run.ts";
import { ANY_NUMBER, type Args, type Command } from "./command.ts";

/** What the lab gives away: its NVMe devices. */
const PASSTHROUGH: PassthroughRequest = {
  devices: [LAB_DEVICES.plain, LAB_DEVICES.physicalFunction],
  allowNoReset: false,
  groupMates: LAB_DEVICES.groupMates,
};

export const command: Command = {
  usage: `deno task lab [ID ...] [OPTION ...]
  Judges passthrough and SR-IOV in a lab: a host with an IOMMU, NVMe devices and guests of its own,
  all emulated by QEMU. It needs no such hardware, and says nothing of speed.
    --out DIR               where the result goes (results/TIME-HOST)
    --seed N                seed of every random order
    --record DIR            record what the lab answers as a fixture
    --json                  print the result as JSON`,
  boolean: ["json"],
  string: ["out", "seed", "record"],
  positionals: ANY_NUMBER,
  run: (args) => runLab(labRequest(args)),
};

/** Runs in the lab, and anew in a fresh one where its emulator hung: no claim is about that. */
async function runLab(request: BenchRequest): Promise<number> {
  for (let boots = 1;; boots++) {
    const run = await runBench(request);
    if (run === null) return EXIT.hostNotRestored;
    if (run.lost === null || boots === MOST_BOOTS) return statusOf(run);
    await setAside(run, `${run.folder}-hung-${boots}`);
    if (request.record !== null) await Deno.remove(request.record, { recursive: true });
  }
}

/** Keeps what was measured before the lab hung, out of the next run's way. */
async function setAside({ folder, lost }: EndedRun, aside: string): Promise<void> {
  await Deno.rename(folder, aside);
  console.error(`The lab hung (${lost}), and is booted again. What was measured: ${aside}`);
}

/**
 * Reads the command line; what it leaves open is all that rests on passthrough.
 *
 * @throws {UsageProblem} as {@linkcode readRequest}
 */
export function labRequest(args: Args): BenchRequest {
  const request = readRequest(args);
  const given = request.selection.length > 0;
  const all = () => idsRestingOn(["passthrough", "passthrough-storage"]);
  const selection = given ? request.selection : all();
  const preset = { lab: true, target: "/tmp", passthrough: PASSTHROUGH, mostBlocks: 1 };
  return { ...request, ...preset, selection };
}
