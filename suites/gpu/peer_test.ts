import { assertEquals } from "@std/assert";
import type { CommandResult } from "../../runners/host.ts";
import { needing, playedPlaces, runs } from "../testing/played_gpu.ts";
import { gpuSubject } from "./gpu_place.ts";
import { peerOf } from "./peer.ts";
import { prepareGpuTransfer } from "./transfer.ts";

type Change = (text: string) => string;
const SAME: Change = (text) => text;

/** The peer of the first of eight GPUs, where some tools say something else. */
async function peerAmongEight({ topology = SAME, deviceQuery = SAME, nvlink = SAME }: {
  readonly topology?: Change;
  readonly deviceQuery?: Change;
  readonly nvlink?: Change;
}) {
  const places = await playedPlaces("eight-gpus", {
    instead(request, played) {
      const { argv } = request;
      const changed = (change: Change) =>
        played().then((run): CommandResult => ({ ...run, stdout: change(run.stdout) }));
      if (argv.includes("topo")) return changed(topology);
      if (argv.includes("nvlink")) return changed(nvlink);
      return runs(request, "deviceQuery") ? changed(deviceQuery) : null;
    },
  });
  const subject = await gpuSubject(places);
  const peer = await peerOf(places, subject);
  if (peer === null) return null;
  const { joinedBy, nvlink: capacity, subject: { gpu } } = peer;
  return { busId: gpu.busId, joinedBy, bytesPerSecond: capacity?.bytesPerSecond ?? null };
}

/** Rewrites the cells of the first GPU that NVLink joins to others. */
function cells(rewrite: (cell: string, column: number) => string): Change {
  return (text) =>
    text.replace(
      /^GPU0\t.*$/m,
      (row) =>
        row.split("\t").map((cell, index) =>
          /^\s*NV\d+/.test(cell) ? rewrite(cell, index - 1) : cell
        )
          .join("\t"),
    );
}

const ONE_NVLINK_TO_GPU3 = cells((_, column) => column === 3 ? "NV1" : "SYS");

Deno.test("peerOf() takes the GPU that the most NVLinks join, with what the pair's links carry", async () => {
  assertEquals(await peerAmongEight({}), {
    busId: "0000:0f:00.0",
    joinedBy: "nvlink",
    bytesPerSecond: 300e9,
  });
  const bridged = { busId: "0000:4e:00.0", joinedBy: "nvlink" } as const;
  assertEquals(await peerAmongEight({ topology: ONE_NVLINK_TO_GPU3 }), {
    ...bridged,
    bytesPerSecond: 25e9,
  });
  const silent = { topology: ONE_NVLINK_TO_GPU3, nvlink: () => "" };
  assertEquals(await peerAmongEight(silent), { ...bridged, bytesPerSecond: null });
});

Deno.test("peerOf() knows no bound where the topology does not tell what joins them", async () => {
  const first = { busId: "0000:0f:00.0", bytesPerSecond: null };
  const pcie = { topology: cells(() => "PIX") };
  assertEquals(await peerAmongEight(pcie), { ...first, joinedBy: "pcie" });
  for (const topology of [cells(() => "XYZ"), () => ""]) {
    assertEquals(await peerAmongEight({ topology }), { ...first, joinedBy: null });
  }
});

Deno.test("peerOf() leaves out GPUs that CUDA does not reach, in either direction", async () => {
  const refusing = (pattern: RegExp): Change => (text) =>
    text.replace(pattern, (line) => line.replace(/Yes$/, "No"));
  const [toSecond, fromSecond] = [/^> .*GPU0\) -> .*GPU1\).*$/m, /^> .*GPU1\) -> .*GPU0\).*$/m];
  for (const one of [toSecond, fromSecond]) {
    const peer = await peerAmongEight({ deviceQuery: refusing(one) });
    assertEquals(peer?.busId, "0000:47:00.0");
  }
  assertEquals(await peerAmongEight({ deviceQuery: refusing(/^> Peer access .*$/gm) }), null);
  const unreadable = await peerAmongEight({ deviceQuery: () => "" });
  assertEquals(unreadable?.busId, "0000:0f:00.0");
});

Deno.test("prepareGpuTransfer() measures no peers where CUDA reaches none, and says so", async () => {
  const places = await playedPlaces("passthrough-guest");
  const needs = needing(["native"], ["host-to-device", "peer", "peer-both-ways"]);
  const { workloads, title } = await prepareGpuTransfer(places, { needs, mostBlocks: 1 });
  assertEquals(workloads.map(({ name }) => name), ["host-to-device"]);
  assertEquals(title.endsWith("(NVIDIA H100 PCIe, which reaches no other GPU)"), true);
});
