/**
 * Fidelity: fio through cellproof's seam against the same fio job from a shell, paired block by block
 * in random order. The estimate is Hodges and Lehmann's with Wilcoxon's interval at 95 %: both ways are
 * alike but for the seam, so the ratios' logarithms are symmetric. The number of blocks is fixed before. The job reads from the page cache, so that the processor bounds it:
 * a disk's own noise would hide what cellproof takes away, and the processor is what it could take.
 *
 * Run it with `deno task benchmark`; it exits with 1 unless the interval lies inside 0.98 to 1.02.
 *
 * @module
 */
import { fioArguments, fioLayoutArguments, parseFio } from "./fio.ts";
import type { Host } from "./host.ts";
import { liveHost } from "./seam/live.ts";

const BLOCKS = 240;
const SIZE_BYTES = 256 * 1024 * 1024;
const LOW = 0.98;
const HIGH = 1.02;

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

/**
 * The seam's IOPS over the shell's, from two runs of each in the order ABBA or BAAB, by chance: what
 * drifts steadily within a block cancels out.
 */
async function ratioOfBlock(
  shell: () => Promise<string>,
  seam: () => Promise<string>,
): Promise<number> {
  const order = Math.random() < 0.5 ? [shell, seam, seam, shell] : [seam, shell, shell, seam];
  let logarithm = 0;
  for (const way of order) {
    const { iops } = parseFio(await way());
    logarithm += Math.log(iops) * (way === seam ? 0.5 : -0.5);
  }
  return Math.exp(logarithm);
}

/** Median of the pairwise means, and the 95 % interval; back from logarithms. */
function hodgesLehmann(values: readonly number[]): { middle: number; low: number; high: number } {
  const n = values.length;
  const means = values.flatMap((a, i) => values.slice(i).map((b) => (a + b) / 2));
  means.sort((a, b) => a - b);
  const spread = 1.96 * Math.sqrt(n * (n + 1) * (2 * n + 1) / 24);
  const lowRank = Math.floor(n * (n + 1) / 4 - spread);
  const at = (rank: number): number => Math.exp(means[rank] ?? NaN);
  return {
    middle: at(Math.floor(means.length / 2)),
    low: at(lowRank),
    high: at(means.length - 1 - lowRank),
  };
}

async function main(): Promise<number> {
  const host = await liveHost();
  try {
    const filename = `${await host.temporaryFolder(Deno.cwd())}/fidelity.dat`;
    await throughSeam(host, fioLayoutArguments(filename, SIZE_BYTES));
    const ratios: number[] = [];
    for (let block = 0; block < BLOCKS; block++) {
      const args = cachedReads(filename, block + 1);
      ratios.push(await ratioOfBlock(() => fromShell(args), () => throughSeam(host, args)));
    }
    const { middle, low, high } = hodgesLehmann(ratios.map(Math.log));
    console.log(
      `fidelity: ${middle.toFixed(4)} [${low.toFixed(4)}, ${high.toFixed(4)}] in ${BLOCKS} blocks`,
    );
    return low >= LOW && high <= HIGH ? 0 : 1;
  } finally {
    await host.close();
  }
}

if (import.meta.main) Deno.exit(await main());
