import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { liveHost } from "../seam/live.ts";
import type { NodeEnd, NodeStart } from "./fleet_folder.ts";
import { parseNodeEnd, parseNodeStart, readNodeReports } from "./node_reports.ts";

const START: NodeStart = {
  hostname: "gpu-17",
  epochSeconds: 1_790_000_000,
  jobId: "4711_17",
  folder: "/tmp/cellproof-fleet-a1b2c3d4",
};
const END: NodeEnd = { status: 101, epochSeconds: 1_790_000_600, left: null };

Deno.test("parseNodeStart() and parseNodeEnd() read what they were told, and no field more", () => {
  assertEquals(parseNodeStart(JSON.stringify({ ...START, more: 1 })), START);
  assertEquals(parseNodeEnd(JSON.stringify({ ...END, more: 1 })), END);
  for (const because of ["journal", "files"] as const) {
    const left = { folder: START.folder, because };
    const end = { ...END, left: { ...left, more: 1 } };
    assertEquals(parseNodeEnd(JSON.stringify(end)), { ...END, left });
  }
});

Deno.test("parseNodeStart() and parseNodeEnd() read null from a file that was cut off", () => {
  const [start, end] = [JSON.stringify(START), JSON.stringify(END)];
  for (let at = 0; at < start.length; at++) assertEquals(parseNodeStart(start.slice(0, at)), null);
  for (let at = 0; at < end.length; at++) assertEquals(parseNodeEnd(end.slice(0, at)), null);
});

Deno.test("parseNodeEnd() reads null from a status, a time or a folder that cannot be", () => {
  const wrong: Record<string, unknown>[] = [
    ...[-1, 256, 1.5, "0", null].map((status) => ({ status })),
    ...[0, -5, 1e300, "now", null].map((epochSeconds) => ({ epochSeconds })),
    ...[1, {}, undefined, "/tmp", []].map((left) => ({ left })),
    ...["why", "toString", null].map((because) => ({ left: { folder: "/tmp", because } })),
    { left: { folder: 1, because: "files" } },
  ];
  for (const each of wrong) assertEquals(parseNodeEnd(JSON.stringify({ ...END, ...each })), null);
});

Deno.test("parseNodeStart() and parseNodeEnd() read null from any other JSON", () => {
  fc.assert(fc.property(fc.json(), (text) => {
    assertEquals([parseNodeStart(text), parseNodeEnd(text)], [null, null]);
  }));
});

Deno.test("readNodeReports() tells a job that began from one that left nothing", async () => {
  const fleet = await Deno.makeTempDir();
  await Deno.mkdir(`${fleet}/nodes/gpu-17`, { recursive: true });
  await Deno.writeTextFile(`${fleet}/nodes/gpu-17/started.json`, JSON.stringify(START));
  const host = await liveHost();
  assertEquals(await readNodeReports(host, fleet, "gpu-17"), { start: START, end: null });
  assertEquals(await readNodeReports(host, fleet, "gpu-18"), { start: null, end: null });
  await host.close();
  await Deno.remove(fleet, { recursive: true });
});
