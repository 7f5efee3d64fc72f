/**
 * Fidelity: fio through cellproof's seam against the same fio job from a shell, paired block by block
 * in random order. The number of blocks is fixed before. The job reads from the page cache, so that the
 * processor bounds it: a disk's own noise would hide what cellproof takes away, and the processor is what
 * it could take.
 *
 * Run it with `deno task benchmark`; it exits with 1 unless the interval lies inside 0.98 to 1.02.
 *
 * @module
 */
import { ratioOfBlock, reportFidelity } from "./fidelity.ts";
import { fioArguments, fioLayoutArguments, parseFio } from "./fio.ts";
import type { Host } from "./host.ts";
import { liveHost } from "./seam/live.ts";

const BLOCKS = 240;
const SIZE_BYTES = 256 * 1024 * 1024;

const BUFFERED: Readonly<Record<string, string>> = {
  "--ioengine=libaio": "--ioengine=psync",
  "--direct=1": "--direct=0",
};

function cachedReads(filename: string, seed: number): string[] {
  const request = {
    name: "fidelity",
    filename,
    pattern: "randread",
    blockSizeBytes: 4096,
    iodepth: 1,
    sizeBytes: SIZE_BYTES,
    runtimeSeconds: 0.25,
    seed,
  } as const;
  return fioArguments(request).map((arg) => BUFFERED[arg] ?? arg);
}

async function fromShell(args: readonly string[]): Promise<string> {
  const quoted = ["fio", ...args].map((arg) => `'${arg.replaceAll("'", `'\\''`)}'`).join(" ");
  const command = new Deno.Command("bash", { args: ["-c", quoted], stdin: "null" });
  return new TextDecoder().decode((await command.output()).stdout);
}

async function throughSeam(host: Host, args: readonly string[]): Promise<string> {
  return (await host.run({ argv: ["fio", ...args], timeoutSeconds: 60 })).stdout;
}

async function main(): Promise<number> {
  const host = await liveHost();
  try {
    const filename = `${await host.temporaryFolder(Deno.cwd())}/fidelity.dat`;
    await throughSeam(host, fioLayoutArguments(filename, SIZE_BYTES));
    const ratios: number[] = [];
    for (let block = 0; block < BLOCKS; block++) {
      const args = cachedReads(filename, block + 1);
      const shell = async () => parseFio(await fromShell(args)).iops;
      const seam = async () => parseFio(await throughSeam(host, args)).iops;
      ratios.push(await ratioOfBlock(shell, seam));
    }
    return reportFidelity("fio", ratios);
  } finally {
    await host.close();
  }
}

if (import.meta.main) Deno.exit(await main());
