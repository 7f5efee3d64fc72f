/**
 * Process and kernel: who holds the file that a module opened, and whose kernel answers.
 *
 * @module
 */
import { basename } from "node:path";
import { type FileHolder, findFileHolders } from "../../runners/devices/file_holders.ts";
import type { Host } from "../../runners/host.ts";
import { type DeviceReading, readNatively } from "../../runners/devices/readable_devices.ts";
import {
  attemptFiles,
  type FileAttempt,
  type FileOutcome,
  holdFile,
} from "../../runners/sandbox/wasi_files.ts";
import { Problem } from "../../problem.ts";
import { lacking, negative, observed, positive } from "../probe.ts";
import type { Control, Observation } from "../result.ts";
import type { Sandbox } from "./sandbox.ts";

/** A kernel draws it anew at each boot: random(4). */
const BOOT_ID = "boot_id";
const BOOT_ID_FOLDER = "/proc/sys/kernel/random";
const BYTES = 64;
/** Bash holds the file `$1`: alone, and with a child that holds it too. */
const HELD_ALONE = 'exec 4<"$1"; echo held; read -r _; exit 0';
const HELD_WITH_CHILD = 'exec 4<"$1"; sleep 60 & echo held; read -r _; kill "$!"; exit 0';

/** Which processes hold the file while a module or bash does, and when all have ended. */
export interface Holders {
  readonly duringModule: readonly FileHolder[];
  readonly alone: readonly FileHolder[];
  readonly withChild: readonly FileHolder[];
  readonly afterwards: readonly FileHolder[];
}

interface BootIds {
  readonly inside: FileOutcome;
  /** Of another text under the same name. */
  readonly other: FileOutcome;
  readonly native: DeviceReading;
}

/** Observes which process and which kernel serve the module. */
export async function observeProcess(sandbox: Sandbox): Promise<Observation[]> {
  const holders = await findHolders(sandbox);
  const bootIds = await readBootIds(sandbox);
  sandbox.keep("sandbox-processes.json", { holders, bootIds });
  if (holders.duringModule.length === 0) throw unseen();
  const runtime = await realPath(sandbox.host, sandbox.wasmtime);
  if (!bootIds.inside.opened) throw unread(bootIds.inside);
  return [runtimeProcess(runtime, holders), ownKernel(holders, bootIds)];
}

async function findHolders({ host, wasmtime, folder, files }: Sandbox): Promise<Holders> {
  const file = `${folder}/inside/known.txt`;
  const folders = { "/in": `${folder}/inside` };
  const run = { wasmtime, module: await files(), folders };
  const held = await holdFile(host, run, attempt("known.txt"));
  const duringModule = await findFileHolders(host, file).finally(held.release);
  const alone = await findWhileHeld(host, HELD_ALONE, file);
  const withChild = await findWhileHeld(host, HELD_WITH_CHILD, file);
  return { duringModule, alone, withChild, afterwards: await findFileHolders(host, file) };
}

async function findWhileHeld(host: Host, script: string, file: string): Promise<FileHolder[]> {
  const session = await host.start({
    argv: ["bash", "-c", script, "cellproof-held", file],
    timeoutSeconds: 30,
  });
  try {
    await session.receive(10);
    return await findFileHolders(host, file);
  } finally {
    await session.send("");
    await session.receive(5);
    await session.stop(1);
  }
}

async function readBootIds({ host, wasmtime, folder, files }: Sandbox): Promise<BootIds> {
  const module = await files();
  const read = async (from: string) => {
    const run = { wasmtime, module, folders: { "/random": from } };
    return only(await attemptFiles(host, run, [attempt(BOOT_ID)]));
  };
  await host.writeText(`${folder}/${BOOT_ID}`, "00000000-0000-4000-8000-000000000000\n");
  return {
    inside: await read(BOOT_ID_FOLDER),
    other: await read(folder),
    native: only(await readNatively(host, [[BYTES, `${BOOT_ID_FOLDER}/${BOOT_ID}`]])),
  };
}

/** What a path leads to: a runtime may be installed behind links, or behind a script. */
async function realPath(host: Host, path: string): Promise<string> {
  const { stdout } = await host.run({ argv: ["realpath", "--", path], timeoutSeconds: 10 });
  return stdout.trim() || path;
}

/** The observation of the process that holds a module's file; `runtime` is Wasmtime's own path. */
export function runtimeProcess(runtime: string, holders: Holders): Observation {
  const { duringModule, alone, withChild } = holders;
  const [holder, another] = duringModule;
  if (another === undefined && holder?.children === 0 && !isOneProcess(duringModule, runtime)) {
    const because = `The module's file is held by ${describe(duringModule)}, and Wasmtime was ` +
      `started as ${runtime}: one may be a wrapper of the other.`;
    const absence = { verdict: "inconclusive", because, lacks: null } as const;
    return { ...lacking("sandbox-view/runtime-process", because, null), absence };
  }
  return observed("sandbox-view/runtime-process", {
    value: isOneProcess(duringModule, runtime),
    seen: `While a module holds a file open, the host sees it held by ${describe(duringModule)}.`,
    controls: [
      positive(
        "a native program that holds the file alone is found in the same way",
        isOneProcess(alone, "bash"),
        describe(alone),
      ),
      negative(
        "a program that shares it with a child process is told apart",
        withChild.length > 0 && !isOneProcess(withChild, "bash"),
        describe(withChild),
      ),
      nobodyAfterwards(holders),
    ],
  });
}

function ownKernel(holders: Holders, { inside, other, native }: BootIds): Observation {
  const { duringModule } = holders;
  const sameKernel = inside.checksum === native.checksum;
  const isVirtual = duringModule.some((one) => one.guestTicks > 0 || one.kvmDescriptors > 0);
  return observed("sandbox-view/own-kernel", {
    value: !sameKernel || isVirtual,
    seen:
      `Through a preopened folder the module reads ${sameKernel ? "the host's own" : "another"} ` +
      `boot_id; the host's kernel shows the file that it holds open, held by ` +
      `${describe(duringModule)}, which ${
        isVirtual ? "runs virtual processors" : "runs no virtual processor"
      } ` +
      `(${duringModule.map(describeVirtual).join(", ")}).`,
    controls: [
      positive(
        "a native program reads the host's boot_id",
        native.bytes > 0,
        `${native.bytes} bytes, checksum ${native.checksum}`,
      ),
      negative(
        "another boot_id under the same name is told apart",
        other.opened && other.checksum !== native.checksum,
        `checksum ${other.checksum}`,
      ),
      nobodyAfterwards(holders),
    ],
  });
}

function nobodyAfterwards({ afterwards }: Holders): Control {
  const held = afterwards.length === 0;
  return negative("no process holds the file afterwards", held, describe(afterwards));
}

/** Whether all of it happens in one process of this program, without a child. */
function isOneProcess(holders: readonly FileHolder[], program: string): boolean {
  const [holder, another] = holders;
  return holder !== undefined && another === undefined && holder.children === 0 &&
    basename(holder.program) === basename(program);
}

function describe(holders: readonly FileHolder[]): string {
  if (holders.length === 0) return "no process";
  return holders.map(({ pid, program, children }) =>
    `process ${pid} (${basename(program) || "of an unknown program"}, ${children} children)`
  ).join(" and ");
}

function describeVirtual({ guestTicks, kvmDescriptors }: FileHolder): string {
  return `guest time ${guestTicks}, ${kvmDescriptors} descriptors of KVM`;
}

function attempt(path: string): FileAttempt {
  return { action: "read", bytes: BYTES, path };
}

function only<T>(values: readonly T[]): T {
  const [value] = values;
  if (value === undefined) throw new TypeError("sandbox-view: an attempt without an outcome");
  return value;
}

function unseen(): Problem {
  return new Problem({
    action: "find the process that a module runs in",
    condition: "no process of the host is seen to hold the file that the module holds open",
    cure: "Check that /proc shows other processes to this user (hidepid, PID namespaces).",
  });
}

function unread({ errno }: FileOutcome): Problem {
  return new Problem({
    action: "read the kernel's boot_id in a module",
    condition: "it does not open through a preopened folder",
    seen: errno,
  });
}
