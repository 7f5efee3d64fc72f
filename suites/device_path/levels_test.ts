import { assertEquals, assertStringIncludes } from "@std/assert";
import type { ReaderWatch } from "../../runners/process_io/process_io.ts";
import { grewBy, type Path, pathOf } from "./levels.ts";

const N = 1000;
const OPTIONS = { halfBytes: N / 2, expected: "dd", reader: "a reader", disk: "nvme0n1" };
const HOST = { grewBytes: null, bootId: "host", drivers: ["nvme"] };

/** A reader that its host charged with these bytes for half and for the whole. */
function watched(half: number, whole: number, idle = 0): ReaderWatch {
  const at = (readerBytes: number, idleBytes = 0) => ({
    readerBytes,
    idleBytes,
    diskBytes: 2 * readerBytes,
  });
  const points = { start: at(7), half: at(7 + half), end: at(7 + half + whole, idle) };
  const names = { process: 12, name: "dd", processIds: [12], hostBootId: "host" };
  return { ...names, hostDrivers: ["nvme"], points, inside: [], text: "" };
}

function held({ controls }: Path): boolean {
  return controls.every((control) => control.held);
}

Deno.test("pathOf() counts one kernel and one driver where inside and host are the same", () => {
  const path = pathOf(watched(500, 1000), HOST, OPTIONS);
  assertEquals([path.kernels, path.drivers, path.isCharged, held(path)], [1, 1, true, true]);
  assertStringIncludes(path.seen, "grew by 1000");
});

Deno.test("pathOf() counts a kernel by its boot_id and a driver by its kernel", () => {
  const guest = { grewBytes: N, bootId: "guest", drivers: ["nvme"] };
  const path = pathOf(watched(500, 1000), guest, OPTIONS);
  assertEquals([path.kernels, path.drivers], [2, 2]);
});

Deno.test("pathOf() counts no layer whose counter did not grow by what was read", () => {
  const guest = { grewBytes: N, bootId: "guest", drivers: ["nvme"] };
  const passedThrough = pathOf(watched(0, 0), guest, OPTIONS);
  assertEquals([passedThrough.kernels, passedThrough.isCharged], [1, false]);
  assertEquals(held(passedThrough), false);
  const cached = pathOf(watched(500, 1000), { ...guest, grewBytes: 0 }, OPTIONS);
  assertEquals([cached.kernels, cached.drivers], [1, 1]);
});

Deno.test("pathOf() has controls that fail: half, the disk, the process and the idle one", () => {
  const failing = (path: Path) => path.controls.filter(({ held }) => !held).length;
  assertEquals(failing(pathOf(watched(0, 1000), HOST, OPTIONS)), 1);
  assertEquals(failing(pathOf(watched(500, 1000, 4096), HOST, OPTIONS)), 1);
  assertEquals(failing(pathOf(watched(500, 1000), HOST, { ...OPTIONS, expected: "qemu" })), 1);
  assertEquals(failing(pathOf(watched(500, 400), HOST, OPTIONS)), 2);
});

Deno.test("pathOf() doubts a counter that grew by something else than what was read", () => {
  const guest = { grewBytes: N, bootId: "guest", drivers: ["nvme"] };
  const cases: [number, number, boolean][] = [
    [N, N, true],
    [N - 8, N, false],
    [2 * N, N, false],
    [N, N / 2, false],
    [N, 0, true],
  ];
  for (const [host, inside, clear] of cases) {
    const path = pathOf(watched(500, host), { ...guest, grewBytes: inside }, OPTIONS);
    assertEquals(path.controls.at(-1)?.held, clear, `${host} and ${inside}`);
  }
});

Deno.test("pathOf() counts no drivers where a kernel shows none, or several beside each other", () => {
  for (const drivers of [[], ["nvme", "sd"]]) {
    const host = { ...watched(500, 1000), hostDrivers: drivers };
    assertEquals(pathOf(host, { ...HOST, drivers: [] }, OPTIONS).drivers, null);
    const guest = { grewBytes: N, bootId: "guest", drivers: ["virtio_blk"] };
    assertEquals(pathOf(host, guest, OPTIONS).drivers, null);
  }
});

Deno.test("grewBy() allows a little more, and nothing less", () => {
  assertEquals([999, 1000, 1020, 1021].map((grew) => grewBy(grew, N)), [false, true, true, false]);
});
