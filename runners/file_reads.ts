/**
 * `programs/file_reads.c`: one small program, built natively and for WASI, that reads a file through
 * the page cache. Built each time it is needed: that takes less than a second.
 *
 * @module
 */
import type { CommandResult, Host } from "./host.ts";
import { MissingTool, Problem } from "../problem.ts";
import source from "./programs/file_reads.c" with { type: "text" };

/** The built programs. */
export interface FileReads {
  readonly native: string;
  /** Compiled to machine code beforehand, so that no compiler runs in the measured process. */
  readonly precompiled: string;
}

/** What one process reads. */
export interface FileReadsRequest {
  /** An existing file of `blockSizeBytes` or more. */
  readonly file: string;
  readonly pattern: "seq" | "rand";
  readonly blockSizeBytes: number;
  readonly operations: number;
  /** Seed of the random offsets; equal seeds read equal blocks. */
  readonly seed: number;
}

/** What one process read. */
export interface FileReadsRecord {
  readonly bytes: number;
  readonly operations: number;
  readonly seconds: number;
  readonly bandwidthBytesPerSecond: number;
  readonly operationsPerSecond: number;
  /** Of the bytes read, in order: equal for equal files and requests. */
  readonly checksum: string;
}

/** As older and newer LLVM call the same target. */
const WASI_TARGETS = ["wasm32-wasi", "wasm32-wasip1"];
const GUEST_FOLDER = "/data";
/** Several times what one processor copies from its own caches. */
const MOST_BYTES_PER_SECOND = 1e12;

/**
 * Builds the program below `folder` with clang, twice, and precompiles it with Wasmtime.
 *
 * @throws {Problem} where a compiler or WASI's C library is missing, or Wasmtime refuses it
 */
export async function buildFileReads(
  host: Host,
  { folder, wasmtimePath }: { folder: string; wasmtimePath: string },
): Promise<FileReads> {
  const built = { native: `${folder}/file_reads`, precompiled: `${folder}/file_reads.cwasm` };
  const wasm = `${folder}/file_reads.wasm`;
  const native = await compileC(host, { source, output: built.native });
  if (native.status !== 0) throw notBuilt("this machine", native);
  const wasi = await compileForWasi(host, { source, output: wasm });
  if (wasi.status !== 0) throw notBuilt("WASI", wasi);
  const argv: [string, ...string[]] = [wasmtimePath, "compile", "-o", built.precompiled, wasm];
  const compiled = await host.run({ argv, timeoutSeconds: 60 });
  if (compiled.status !== 0) throw notBuilt("Wasmtime", compiled);
  return built;
}

/** Compiles C for WASI, trying each name of the target. */
export async function compileForWasi(
  host: Host,
  program: { readonly source: string; readonly output: string },
): Promise<CommandResult> {
  const [first = "", ...others] = WASI_TARGETS;
  let result = await compileC(host, { ...program, target: first });
  for (const target of others) {
    if (result.status === 0 || result.ended !== "exited") break;
    const next = await compileC(host, { ...program, target });
    if (next.status === 0) result = next;
  }
  return result;
}

/** The command of the native arm. */
export function nativeFileReadsArgv(
  built: FileReads,
  request: FileReadsRequest,
): [string, ...string[]] {
  return [built.native, request.file, ...readArguments(request)];
}

/**
 * The command of the sandbox arm: the file's folder, and nothing else, is given to the module.
 *
 * @throws {Problem} where the path contains "::", which Wasmtime cannot be told
 */
export function wasmtimeFileReadsArgv(
  wasmtimePath: string,
  built: FileReads,
  request: FileReadsRequest,
): [string, ...string[]] {
  const slash = request.file.lastIndexOf("/");
  const folder = slash < 0 ? "." : request.file.slice(0, slash) || "/";
  if (folder.includes("::")) throw unspeakable(folder);
  return [
    wasmtimePath,
    "run",
    "--allow-precompiled",
    `--dir=${folder}::${GUEST_FOLDER}`,
    built.precompiled,
    `${GUEST_FOLDER}/${request.file.slice(slash + 1)}`,
    ...readArguments(request),
  ];
}

/**
 * The figures that the program printed.
 *
 * @throws {Problem} for anything else, and for figures that cannot be
 */
export function parseFileReads(stdout: string, request: FileReadsRequest): FileReadsRecord {
  const printed = parseRecord(stdout);
  const { bytes, operations, seconds, checksum } = printed ?? {};
  if (
    typeof seconds !== "number" || !(seconds > 0) ||
    typeof checksum !== "string" || !/^[0-9a-f]{16}$/.test(checksum) ||
    operations !== request.operations || bytes !== request.operations * request.blockSizeBytes
  ) {
    throw new Problem({
      action: "read what file_reads printed",
      condition: "it is not the line of JSON that belongs to the request",
      seen: stdout,
    });
  }
  if (bytes / seconds > MOST_BYTES_PER_SECOND) {
    throw new Problem({
      action: "believe what file_reads printed",
      condition: "no memory carries so many bytes a second",
      seen: stdout,
    });
  }
  return {
    bytes,
    operations,
    seconds,
    bandwidthBytesPerSecond: bytes / seconds,
    operationsPerSecond: operations / seconds,
    checksum,
  };
}

interface Compilation {
  readonly source: string;
  readonly output: string;
  readonly target?: string;
}

function compileC(host: Host, { source, output, target }: Compilation): Promise<CommandResult> {
  const forTarget = target === undefined ? [] : [`--target=${target}`];
  return host.run({
    argv: ["clang", ...forTarget, "-O2", "-Wall", "-Wextra", "-x", "c", "-o", output, "-"],
    stdin: source,
    timeoutSeconds: 60,
  });
}

function readArguments(request: FileReadsRequest): string[] {
  const { pattern, blockSizeBytes, operations, seed } = request;
  return [pattern, `${blockSizeBytes}`, `${operations}`, `${seed}`];
}

function parseRecord(stdout: string): Record<string, unknown> | null {
  try {
    const parsed: unknown = JSON.parse(stdout);
    return typeof parsed === "object" ? parsed as Record<string, unknown> | null : null;
  } catch {
    return null;
  }
}

function notBuilt(forWhat: string, result: CommandResult): Problem {
  const Kind = result.ended === "cancelled" || forWhat === "Wasmtime" ? Problem : MissingTool;
  return new Kind({
    action: `build the small C program for ${forWhat}`,
    condition: result.ended === "not-found"
      ? "there is no clang"
      : `the compiler ended with status ${result.status}`,
    seen: result.stderr,
    cure: "Run: deno task bench --setup",
  });
}

function unspeakable(folder: string): Problem {
  return new Problem({
    action: "give a folder to Wasmtime",
    condition: 'its path contains "::"',
    seen: folder,
    cure: "Name a folder without it with --target.",
  });
}
