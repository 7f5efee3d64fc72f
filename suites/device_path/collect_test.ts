import { assertEquals, assertStringIncludes } from "@std/assert";
import { liveHost } from "../../runners/live.ts";
import type { PairWatch } from "../../runners/process_io.ts";
import { MissingTool } from "../../problem.ts";
import { observationsOf } from "../observations.ts";
import { Places } from "../places.ts";
import { collectDevicePath, shareOf } from "./collect.ts";

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

Deno.test("shareOf() tells two readers that were both served from one that was not", () => {
  assertEquals(shareOf(pair(0, 8), PATH).value, true);
  assertEquals(shareOf(pair(0, 0), PATH).value, false);
  assertEquals(shareOf(pair(0, 8, { statuses: [0, 1] }), PATH).value, false);
  assertEquals(shareOf(pair(0, 8, { opened: [PATH.path, "/dev/null"] }), PATH).value, false);
  const failing = shareOf(pair(1, 8), PATH).controls.filter(({ held }) => !held);
  assertEquals(failing.map(({ kind }) => kind), ["negative"]);
});

Deno.test("collectDevicePath() counts one level natively, and names what is missing elsewhere", async () => {
  const host = await liveHost();
  const options = { host, tools: [], image: null, bootId: "b", environment: "e", bareMetal: false };
  const folders = { cacheFolder: "/no/cache", target: Deno.cwd() };
  const places = new Places({ ...options, ...folders, say: () => {} });
  const lacks = new MissingTool({ action: "use Docker", condition: "this is a test" }, "docker");
  places.container = () => Promise.reject(lacks);
  try {
    const { observations, readings } = await collectDevicePath(places);
    const names = observations.map(({ name }) => name);
    assertEquals(names.toSorted(), observationsOf("device-path").toSorted());
    const value = (name: string) => observations.find((each) => each.name.endsWith(name))?.value;
    assertEquals([value("native-kernels"), value("native-reader-counted")], [1, true]);
    assertEquals([value("two-processes-share"), value("guest-kernels")], [true, null]);
    const sandbox = observations.find(({ name }) => name === "device-path/runtime-counted");
    assertStringIncludes(sandbox?.absence?.because ?? "", "wasmtime");
    assertEquals(Object.keys(readings).length, 2);
    for (const { value, controls } of observations) {
      if (value !== null) assertEquals(controls.every(({ held }) => held), true);
    }
  } finally {
    await places.close((cleanup) => cleanup());
    await host.close();
  }
});
