/**
 * Fidelity: fio through cellproof's seam against the same fio job from a shell, paired block by block
 * in random order. The interval is the distribution-free one of the median at 95 %, at a number of
 * blocks that is fixed beforehand. The job reads from the page cache, so that the processor bounds it:
 * a disk's own noise would hide what cellproof takes away, and the processor is what it could take.
 *
 * Run it with `deno task benchmark`; it exits with 1 unless the interval lies inside 0.98 to 1.02.
 *
 * @module
 */
import { fioArguments, fioLayoutArguments, parseFio } from "./fio.ts";
import type { Host } from "./host.ts";
import { liveHost } from "./live.ts";

const BLOCKS = 100;
const SIZE_BYTES = 256 * 1024 * 1024;
const LOW = 0.98;
const HIGH = 1.02;

/** Half the blocks less this many: the rank of the interval's lower end, from 1. */
const SPREAD = Math.ceil(1.96 * Math.sqrt(BLOCKS) / 2);

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
    runtimeSeconds: 0.5,
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
      const shellFirst = Math.random() < 0.5;
      const first = shellFirst ? await fromShell(args) : await throughSeam(host, args);
      const second = shellFirst ? await throughSeam(host, args) : await fromShell(args);
      const [shell, seam] = shellFirst ? [first, second] : [second, first];
      ratios.push(parseFio(seam).iops / parseFio(shell).iops);
    }
    ratios.sort((a, b) => a - b);
    const low = ratios[BLOCKS / 2 - SPREAD] ?? NaN;
    const high = ratios[BLOCKS / 2 + SPREAD - 1] ?? NaN;
    const middle = ((ratios[BLOCKS / 2 - 1] ?? NaN) + (ratios[BLOCKS / 2] ?? NaN)) / 2;
    console.log(
      `fidelity: ${middle.toFixed(4)} [${low.toFixed(4)}, ${high.toFixed(4)}] in ${BLOCKS} blocks`,
    );
    return low >= LOW && high <= HIGH ? 0 : 1;
  } finally {
    await host.close();
  }
}

if (import.meta.main) Deno.exit(await main());
