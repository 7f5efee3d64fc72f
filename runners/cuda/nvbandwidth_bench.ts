/**
 * Fidelity: nvbandwidth through cellproof's seam, read by its reader, against the same nvbandwidth run
 * directly and read by a regular expression. The number of blocks is fixed before.
 *
 * Run it with `deno task benchmark`; it exits with 1 unless the interval lies inside 0.98 to 1.02. Where
 * there is no nvbandwidth or no GPU, it says so and claims nothing.
 *
 * @module
 */
import { ratioOfBlock, reportFidelity } from "../fidelity.ts";
import type { Host } from "../host.ts";
import { liveHost } from "../seam/live.ts";
import { findCudaPrograms } from "./cuda_programs.ts";
import { nvbandwidthArguments, parseNvbandwidth } from "./nvbandwidth.ts";

const BLOCKS = 40;
const TESTCASE = "host_to_device_memcpy_ce";
const ARGUMENTS = nvbandwidthArguments({ testcase: TESTCASE, bufferMebibytes: 64 });
const TIMEOUT_SECONDS = 60;
const CACHE_FOLDER = new URL("../../.cache", import.meta.url).pathname;

/** Bytes per second, as nvbandwidth prints its sum in gigabytes. */
async function directly(program: string): Promise<number> {
  const command = new Deno.Command(program, { args: ARGUMENTS, stdin: "null" });
  const printed = new TextDecoder().decode((await command.output()).stdout);
  const sum = /"sum"\s*:\s*"?([\d.]+)/.exec(printed)?.[1];
  if (sum === undefined) throw new Error(`nvbandwidth printed no sum: ${printed}`);
  return Number(sum) * 1e9;
}

async function throughSeam(host: Host, program: string): Promise<number> {
  const argv = [program, ...ARGUMENTS] as const;
  const run = await host.run({ argv, timeoutSeconds: TIMEOUT_SECONDS });
  const { testcases: [testcase] } = parseNvbandwidth(run);
  const sum = testcase?.status === "passed" ? testcase.sum : null;
  if (sum === null) throw new Error(`nvbandwidth measured nothing: ${run.stdout}`);
  return sum;
}

/** Why nothing can be measured here; null where it can. */
async function obstacle(host: Host, program: string | undefined): Promise<string | null> {
  if (program === undefined) return "there is no nvbandwidth here";
  const { ended, status } = await host.run({ argv: ["nvidia-smi", "-L"], timeoutSeconds: 60 });
  return ended === "exited" && status === 0 ? null : "nvidia-smi lists no GPU here";
}

async function main(): Promise<number> {
  const host = await liveHost();
  try {
    const folders = { samplesFolder: null, cacheFolder: CACHE_FOLDER };
    const program = (await findCudaPrograms(host, folders)).get("nvbandwidth");
    const why = await obstacle(host, program);
    if (why !== null || program === undefined) {
      console.log(`fidelity of nvbandwidth: not measured, as ${why}`);
      return 0;
    }
    const ratios: number[] = [];
    for (let block = 0; block < BLOCKS; block++) {
      ratios.push(await ratioOfBlock(() => directly(program), () => throughSeam(host, program)));
    }
    return reportFidelity("nvbandwidth", ratios);
  } finally {
    await host.close();
  }
}

if (import.meta.main) Deno.exit(await main());
