/**
 * `programs/file_reads.c`: one small program, built natively and for WASI, that reads a file through
 * the page cache. Built each time it is needed: that takes less than a second.
 *
 * @module
 */
import { buildProgram, notBuilt } from "../programs/compile.ts";
import type { Host } from "../host.ts";
import { Problem } from "../../problem.ts";
import { moduleArgv } from "./wasi_module.ts";
import source from "../programs/file_reads.c" with { type: "text" };

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
  await buildProgram(host, { source, output: built.native }, "this machine");
  await buildProgram(host, { source, output: wasm }, "WASI");
  const argv: [string, ...string[]] = [wasmtimePath, "compile", "-o", built.precompiled, wasm];
  const compiled = await host.run({ argv, timeoutSeconds: 60 });
  if (compiled.status !== 0) throw notBuilt("Wasmtime", compiled);
  return built;
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
  return moduleArgv({
    wasmtime: wasmtimePath,
    module: built.precompiled,
    options: ["--allow-precompiled"],
    folders: { [GUEST_FOLDER]: folder },
    args: [`${GUEST_FOLDER}/${request.file.slice(slash + 1)}`, ...readArguments(request)],
  });
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
