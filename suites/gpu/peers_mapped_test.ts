import { assertEquals } from "@std/assert";
import type { CommandResult } from "../../runners/host.ts";
import { type Instead, playedPlaces, runs } from "../testing/played_gpu.ts";
import { standing } from "../testing/standing.ts";
import { nativeCuda } from "./cuda_place.ts";
import { gpuSubject } from "./gpu_place.ts";
import { peersMapped } from "./peers_mapped.ts";

type Change = (text: string) => string;
const NVLINK = /\bNV\d+\b/g;

/** What becomes of it on a played machine whose tools say something else; and the pairs tried. */
async function found(
  machine: string,
  changes: Partial<Record<"topo" | "deviceQuery" | "simpleP2P", Change>> = {},
) {
  const granted: (string | undefined)[] = [];
  const instead: Instead = (request, played) => {
    if (runs(request, "simpleP2P")) granted.push(request.env?.["CUDA_VISIBLE_DEVICES"]);
    const changed = (change: Change | undefined) =>
      change === undefined
        ? null
        : played().then((run): CommandResult => ({ ...run, stdout: change(run.stdout) }));
    if (request.argv.includes("topo")) return changed(changes.topo);
    if (runs(request, "deviceQuery")) return changed(changes.deviceQuery);
    return runs(request, "simpleP2P") ? changed(changes.simpleP2P) : null;
  };
  const places = await playedPlaces(machine, { instead });
  const place = { cuda: await nativeCuda(places), subject: await gpuSubject(places) };
  const observation = await peersMapped("gpu-samples/peers-mapped", place, places);
  return { standing: standing(observation), tried: granted[0]?.split(",").length };
}

Deno.test("peersMapped() holds for the pair that NVLink joins, and tries no other", async () => {
  assertEquals(await found("eight-gpus"), { standing: "holds", tried: 2 });
  const failing: Change = (text) => text.replace("Test passed", "Test failed!");
  assertEquals((await found("eight-gpus", { simpleP2P: failing })).standing, "does not hold");
});

Deno.test("peersMapped() takes no reading over PCIe for one over NVLink", async () => {
  const pcie: Change = (text) => text.replaceAll(NVLINK, "PIX");
  assertEquals((await found("eight-gpus", { topo: pcie })).standing, "does not hold");
  const unknown: Change = (text) => text.replaceAll(NVLINK, "XYZ");
  assertEquals((await found("eight-gpus", { topo: unknown })).standing, "untested");
  const elsewhere: Change = (text) =>
    text.replace(/^GPU0\t.*$/m, (row) => row.replaceAll(NVLINK, "PIX"));
  assertEquals((await found("eight-gpus", { topo: elsewhere })).standing, "untested");
});

Deno.test("peersMapped() does not hold where CUDA reaches no memory of another GPU", async () => {
  assertEquals((await found("passthrough-guest")).standing, "does not hold");
  const none: Change = (text) => text.replaceAll(/^(> Peer access .*: )Yes$/gm, "$1No");
  assertEquals((await found("eight-gpus", { deviceQuery: none })).standing, "untested");
  assertEquals((await found("one-gpu")).standing, "untested");
});
