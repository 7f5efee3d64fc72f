/**
 * Measures the inventory of machines of many PCI functions, on generated trees: the script and the
 * parser together, and whether the cost grows with the machine and no faster.
 *
 * Run it with `deno run --allow-all runners/inventory/inventory_bench.ts`; it exits with 1 where a bound is
 * missed.
 *
 * @module
 */
import type { Host } from "../host.ts";
import { readInventory } from "./inventory.ts";
import { manyFunctions, plantTree } from "./inventory_tree.ts";
import { liveHost } from "../seam/live.ts";

const SIZES = [1024, 4096];
const ROUNDS = 7;
const MOST_SECONDS = 2;
/** Four times the functions cost four times as much, and a constant part costs once. */
const MOST_RATIO = 5;

/** Median seconds of an inventory of `functions` PCI functions. */
async function secondsOf(host: Host, functions: number): Promise<number> {
  const folder = await host.temporaryFolder();
  await plantTree(folder, manyFunctions(functions));
  const seconds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    const { inventory, text } = await readInventory(host, folder);
    seconds.push((performance.now() - start) / 1000);
    if (round > 0) continue;
    const { pci, iommuGroups, interrupts, unread } = inventory;
    const read = [pci, iommuGroups, interrupts].map(({ length }) => length);
    console.log(`${read.join(", ")} of ${functions}, ${(text.length / 1e6).toFixed(1)} MB`);
    if (unread.length > 0 || read.some((length) => length !== functions)) return Infinity;
  }
  return seconds.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? Infinity;
}

async function main(): Promise<number> {
  const host = await liveHost();
  try {
    const medians: number[] = [];
    for (const functions of SIZES) {
      const seconds = await secondsOf(host, functions);
      console.log(`inventory of ${functions} PCI functions: ${seconds.toFixed(3)} s`);
      medians.push(seconds);
    }
    const [few = NaN, many = NaN] = medians;
    console.log(`four times the functions: ${(many / few).toFixed(2)} times the cost`);
    return many <= MOST_SECONDS && many / few < MOST_RATIO ? 0 : 1;
  } finally {
    await host.close();
  }
}

if (import.meta.main) Deno.exit(await main());
