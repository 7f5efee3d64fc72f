import { assert, assertEquals } from "@std/assert";
import { dirname } from "node:path";
import type { Host } from "../../runners/host.ts";
import { liveHost } from "../../runners/seam/live.ts";
import type { PairWatch } from "../../runners/process_io/process_io.ts";
import { MissingTool } from "../../problem.ts";
import { recordingHost } from "../../runners/seam/recording.ts";
import { replayHost } from "../../runners/seam/replay.ts";
import { probeTools, type ToolReport } from "../../runners/setup/tools.ts";
import { observationsOf } from "../observations.ts";
import { Places } from "../places.ts";
import type { Probed } from "../probe.ts";
import { collectDevicePath, shareOf } from "./device_path.ts";

const PROJECT = dirname(dirname(import.meta.dirname ?? ""));
const CACHE = `${PROJECT}/.cache`;
const MIB = 2 ** 20;
const PATH = { path: "/dev/nvme0n1", disk: "nvme0n1" };

/** Two readers of which the second was charged with so many MiB while it waited, and in turn. */
function pair(waiting: number, second: number, change: Partial<PairWatch> = {}): PairWatch {
  const at = (mib: number) => ({ readerBytes: mib * MIB, idleBytes: 9, diskBytes: 3 * mib * MIB });
  const points = { start: at(1), half: at(5), end: at(13) };
  const half = (1 + waiting) * MIB;
  const secondBytes = { start: MIB, half, end: half + second * MIB };
  const names = { process: 12, name: "dd", processIds: [12], hostBootId: "host", inside: [] };
  const opened = [PATH.path, PATH.path];
  const statuses = [0, 0];
  return {
    ...names,
    hostDrivers: ["nvme"],
    points,
    secondBytes,
    opened,
    statuses,
    text: "",
    ...change,
  };
}

Deno.test("shareOf() is true where both were served, and decides nothing else", () => {
  const cases: [string, PairWatch, boolean, number][] = [
    ["both were served", pair(0, 8), true, 0],
    ["what the second read came from memory", pair(0, 0), false, 1],
    ["a reader failed", pair(0, 8, { statuses: [0, 1] }), false, 1],
    ["a reader held something else", pair(0, 8, { opened: [PATH.path, "nothing"] }), false, 1],
    ["it has another name there", pair(0, 8, { opened: ["/a", "/a"] }), true, 0],
    ["the second was charged while it waited", pair(1, 8), true, 1],
  ];
  for (const [name, watch, value, failing] of cases) {
    const share = shareOf(watch, PATH);
    const failed = share.controls.filter(({ held }) => !held).length;
    assertEquals([share.value, failed], [value, failing], name);
  }
});

Deno.test("collectDevicePath() lacks a kernel that counts what processes read", async () => {
  const host = { readText: () => Promise.resolve(null) } as unknown as Host;
  const { observations } = await collectDevicePath(placesOf(host, []));
  assertEquals(observations.length, observationsOf("device-path").length);
  for (const { absence } of observations) assertEquals(absence?.verdict, "untested");
});

Deno.test("collectDevicePath() counts the levels of every place, and the same in a replay (slow)", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const live = await liveHost();
    const recording = await recordingHost(live, `${folder}/fixture`, { version: "0", options: {} });
    const recorded = await collect(recording);
    const names = recorded.observations.map(({ name }) => name);
    assertEquals(names.toSorted(), observationsOf("device-path").toSorted());
    for (const { name, value, controls } of recorded.observations) {
      const expected = name.startsWith("device-path/guest-") ? 2 : 1;
      assertEquals([name, Number(value)], [name, expected]);
      for (const { what, held, seen } of controls) assert(held, `${name}: ${what} (${seen})`);
      assertEquals(new Set(controls.map(({ kind }) => kind)).size, 2);
    }
    assertEquals(Object.keys(recorded.readings).length, 5);
    const { host } = await replayHost(`${folder}/fixture`);
    const values = ({ observations }: Probed) => observations.map(({ value }) => value);
    assertEquals(values(await collect(host)), values(recorded));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("collectDevicePath() needs no other place for what is native", async () => {
  const host = await liveHost();
  const places = placesOf(host, []);
  places.container = () => Promise.reject(new MissingTool(LACKS, "docker"));
  places.guest = () => Promise.reject(new MissingTool(LACKS, "kvm"));
  try {
    const { observations } = await collectDevicePath(places);
    const found = observations.filter(({ value }) => value !== null).map(({ name }) => name);
    assertEquals(found.length, 4);
    const lacked = new Set(observations.map(({ absence }) => absence?.lacks ?? null));
    assertEquals(lacked, new Set([null, "docker", "kvm", "tools"]));
  } finally {
    await places.close((cleanup) => cleanup());
    await host.close();
  }
});

const LACKS = { action: "go on", condition: "this is a test" };

async function collect(host: Host): Promise<Probed> {
  const places = placesOf(host, await probeTools(host, CACHE));
  try {
    return await collectDevicePath(places);
  } finally {
    await places.close((cleanup) => cleanup());
    await host.close();
  }
}

function placesOf(host: Host, tools: readonly ToolReport[]): Places {
  const options = {
    host,
    tools,
    image: null,
    bootId: "b",
    environment: "e",
    cpuModel: "a processor",
    bareMetal: false,
  };
  return new Places({ ...options, cacheFolder: CACHE, target: PROJECT, say: () => {} });
}
