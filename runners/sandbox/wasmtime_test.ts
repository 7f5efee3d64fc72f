import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { dirname } from "node:path";
import {
  buildFileReads,
  type FileReads,
  type FileReadsRequest,
  nativeFileReadsArgv,
  parseFileReads,
  wasmtimeFileReadsArgv,
} from "./file_reads.ts";
import type { Host } from "../host.ts";
import { liveHost } from "../seam/live.ts";
import { Problem } from "../../problem.ts";
import { findWasmtime, parseWasmtimeVersion } from "./wasmtime.ts";

const CACHE = `${dirname(dirname(import.meta.dirname ?? ""))}/.cache`;
const REQUEST: FileReadsRequest = {
  file: "/data/file",
  pattern: "rand",
  blockSizeBytes: 4096,
  operations: 100,
  seed: 7,
};

Deno.test("file_reads reads the same bytes natively and under Wasmtime", async (t) => {
  const host = await liveHost();
  try {
    const wasmtime = await findWasmtime(host, CACHE);
    assert(wasmtime !== null, "These tests need wasmtime; deno task bench --setup installs it.");
    const folder = await host.temporaryFolder();
    const built = await buildFileReads(host, { folder, wasmtimePath: wasmtime.path });
    const file = `${folder}/odd, 'name' : $(x)`;
    await host.writeText(file, Array.from({ length: 40_000 }, (_, i) => `${i}`).join(" "));
    for (const request of requestsFor(file)) {
      await t.step(`${request.pattern} ${request.blockSizeBytes}`, async () => {
        const [native, sandbox] = await readBoth(host, { built, request, path: wasmtime.path });
        assertEquals(native, sandbox);
      });
    }
    await t.step("it says what is wrong with a missing file", async () => {
      const request = { ...REQUEST, file: `${folder}/absent` };
      for (const argv of commands({ built, request, path: wasmtime.path })) {
        const result = await host.run({ argv, timeoutSeconds: 30 });
        assertEquals([result.status, /file_reads: open/.test(result.stderr)], [1, true]);
        assertThrows(() => parseFileReads(result.stdout, request), Problem);
      }
    });
  } finally {
    await host.close();
  }
});

Deno.test("buildFileReads() throws a Problem when Wasmtime refuses to compile", async () => {
  const host = await liveHost();
  const folder = await host.temporaryFolder();
  const options = { folder, wasmtimePath: "/bin/false" };
  await assertRejects(() => buildFileReads(host, options), Problem, "for Wasmtime");
  await host.close();
});

Deno.test("parseFileReads() takes only the line that belongs to the request", () => {
  const line = (operations: number, seconds: number) =>
    `{"bytes":${operations * 4096},"operations":${operations},"seconds":${seconds},` +
    `"checksum":"00000000000000ff"}\n`;
  const record = parseFileReads(line(100, 0.5), REQUEST);
  assertEquals([record.bandwidthBytesPerSecond, record.operationsPerSecond], [819_200, 200]);
  const odd = [line(99, 1), line(100, 0), line(100, -1), line(100, 1e-9)];
  const bad = ["", "null", "[]", "garbage", ...odd];
  for (const text of [...bad, line(100, 1).slice(0, -5), line(100, 1).replace("ff", "xx")]) {
    assertThrows(() => parseFileReads(text, REQUEST), Problem);
  }
});

Deno.test("wasmtimeFileReadsArgv() gives the module the file's folder alone", () => {
  const built = { native: "/n", precompiled: "/p" };
  const argv = wasmtimeFileReadsArgv("wasmtime", built, REQUEST);
  assertEquals(argv.slice(3, 6), ["--dir=/data::/data", "/p", "/data/file"]);
  const hostile = { ...REQUEST, file: "/a::b/file" };
  assertThrows(() => wasmtimeFileReadsArgv("wasmtime", built, hostile), Problem, "::");
});

Deno.test("parseWasmtimeVersion() reads old and new formats, and nothing else", () => {
  assertEquals(parseWasmtimeVersion("wasmtime 48.0.8\n"), "48.0.8");
  assertEquals(parseWasmtimeVersion("wasmtime 48.0.8 (a1b2c3d4e 2026-10-02)\n"), "48.0.8");
  assertEquals(parseWasmtimeVersion("wasmtime-cli 0.40.1\n"), "0.40.1");
  assertEquals(parseWasmtimeVersion("wasmtime-cli 14.0.0-dev (x)\n"), "14.0.0-dev");
  for (const text of ["", "wasmer 4.2.0", "wasmtime", "error: unexpected argument"]) {
    assertEquals(parseWasmtimeVersion(text), null);
  }
});

interface Run {
  readonly built: FileReads;
  readonly request: FileReadsRequest;
  readonly path: string;
}

function requestsFor(file: string): FileReadsRequest[] {
  return [
    { ...REQUEST, file },
    { ...REQUEST, file, pattern: "seq", blockSizeBytes: 65_536, operations: 7 },
  ];
}

function commands({ built, request, path }: Run): [string, ...string[]][] {
  return [nativeFileReadsArgv(built, request), wasmtimeFileReadsArgv(path, built, request)];
}

function readBoth(host: Host, run: Run): Promise<[number, string][]> {
  return Promise.all(
    commands(run).map(async (argv): Promise<[number, string]> => {
      const { stdout } = await host.run({ argv, timeoutSeconds: 30 });
      const { bytes, checksum } = parseFileReads(stdout, run.request);
      return [bytes, checksum];
    }),
  );
}
