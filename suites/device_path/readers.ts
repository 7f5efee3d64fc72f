/**
 * The four readers of the device path: how each is started, and what its own side shows.
 *
 * @module
 */
import { containerArguments, containerName } from "../../runners/docker/docker.ts";
import { buildProgram } from "../../runners/programs/compile.ts";
import { machineArguments } from "../../runners/guest/guest_machine.ts";
import {
  BLOCK_DRIVERS,
  type ReaderWatch,
  watchGuest,
  watchReader,
  type WatchRequest,
} from "../../runners/process_io/process_io.ts";
import copyFile from "../../runners/programs/copy_file.c" with { type: "text" };
import { Problem } from "../../problem.ts";
import { runStep } from "../../runners/run_step.ts";
import type { Places } from "../places.ts";
import guestScript from "./inside_guest.sh" with { type: "text" };
import hostScript from "./inside_host.sh" with { type: "text" };
import type { Inside } from "./levels.ts";

/** What is read, and how it is watched. */
export interface Reading extends WatchRequest {
  readonly halfBytes: number;
}

/** What one reader gave: the host's view, and its own. */
export interface Watched {
  readonly watch: ReaderWatch;
  readonly inside: Inside;
}

const CONTAINER = "device-path";
const CONTAINER_FOLDER = "/watched";
const READER = `${BLOCK_DRIVERS}\n${hostScript}`;

/** A process of the host. */
export async function readNatively({ host }: Places, reading: Reading): Promise<Watched> {
  const { folder, disk } = reading;
  const argv = ["sh", "-c", READER, "cellproof-reader", folder, disk];
  return sharing(await watchReader(host, { ...reading, askProcess: [], argv }));
}

/** A process in a container that sees the file's folder. */
export async function readInContainer(places: Places, reading: Reading): Promise<Watched> {
  const { docker, image } = await places.container();
  const { folder, disk, timeoutSeconds } = reading;
  const argv = containerArguments(docker, {
    image,
    name: CONTAINER,
    argv: ["sh", "-c", READER, "cellproof-reader", CONTAINER_FOLDER, disk],
    mounts: [{ source: folder, target: CONTAINER_FOLDER, readOnly: false }],
    timeoutSeconds,
  });
  const inspect = ["inspect", "--format={{.State.Pid}}", containerName(CONTAINER)];
  const askProcess = [...docker.command, ...inspect];
  try {
    return sharing(await watchReader(places.host, { ...reading, askProcess, argv }));
  } catch (error) {
    await docker.removeContainer(CONTAINER);
    throw error;
  }
}

/** A process in a guest whose disk is the file, opened past the host's page cache. */
export async function readInGuest(places: Places, reading: Reading): Promise<Watched> {
  const { guest, accelerator } = await places.guest();
  const argv = machineArguments(guest, {
    accelerator,
    script: `HALF=${reading.halfBytes}\n${BLOCK_DRIVERS}\n${guestScript}`,
    devices: [{ path: reading.file, model: "virtio-blk", direct: true, readOnly: true }],
    timeoutSeconds: reading.timeoutSeconds,
  }, "lines");
  const watch = await watchGuest(places.host, { ...reading, argv });
  return { watch, inside: insideGuest(watch.inside) };
}

/** A WASI module that sees the file's folder, and in a run before the kernel's boot_id. */
export async function readInSandbox(places: Places, reading: Reading): Promise<Watched> {
  const { host } = places;
  const wasmtime = places.tool("wasmtime");
  const output = `${await host.temporaryFolder()}/copy_file.wasm`;
  const module = await buildProgram(host, { source: copyFile, output }, "WASI");
  const kernel = await runStep(host, {
    action: "read the kernel's boot_id in the sandbox",
    argv: [wasmtime, "run", "--dir=/proc/sys/kernel/random::/kernel", module, "/kernel/boot_id"],
    timeoutSeconds: 30,
    cure: "Run: deno task bench --setup",
  });
  const argv = [wasmtime, "run", `--dir=${reading.folder}::/data`, module, "/data/file"];
  const watch = await watchReader(host, { ...reading, askProcess: [], argv });
  return { watch, inside: { grewBytes: null, bootId: kernel.trim(), drivers: [] } };
}

/** A reader whose kernel is the one that shows its counters. */
function sharing(watch: ReaderWatch): Watched {
  const [bootId = "", ...drivers] = watch.inside;
  if (bootId === "") throw silent(watch);
  return { watch, inside: { grewBytes: null, bootId, drivers } };
}

function insideGuest(lines: readonly string[]): Inside {
  const told = (word: string): string[] =>
    lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));
  const charged = (point: string): number => Number(told(`charged ${point}`)[0] ?? NaN);
  const [bootId = ""] = told("kernel");
  const grewBytes = charged("end") - charged("half");
  if (bootId === "" || Number.isNaN(grewBytes) || lines.at(-1) !== "done") {
    throw new Problem({
      action: "read a disk in a guest",
      condition: "the guest did not say all that it was to say",
      seen: lines.join(" / "),
    });
  }
  return { grewBytes, bootId, drivers: told("driver") };
}

function silent(watch: ReaderWatch): Problem {
  return new Problem({
    action: "watch a reader",
    condition: "it did not say which kernel it is in",
    seen: watch.text,
  });
}
