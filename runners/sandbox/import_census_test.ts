import { assert, assertEquals, assertRejects } from "@std/assert";
import { dirname } from "node:path";
import {
  type Census,
  instantiated,
  parseCensus,
  possibleImports,
  tryImports,
  tryModules,
} from "./import_census.ts";
import { liveHost } from "../seam/live.ts";
import { importingModule, NOWHERE, providingModule, WASI_IMPORTS } from "./wasi_imports.ts";
import { findWasmtime } from "./wasmtime.ts";
import { Problem } from "../../problem.ts";

const CACHE = `${dirname(dirname(import.meta.dirname ?? ""))}/.cache`;

Deno.test("possibleImports() finds WASI's functions in the real Wasmtime", async () => {
  await withCensus(async (census) => {
    const names = instantiated(await possibleImports(census));
    assertEquals(names.length, WASI_IMPORTS.length);
    assert(names.includes("wasi_snapshot_preview1::path_open"));
  });
});

Deno.test("tryImports() tells what nobody provides from what another module does", async () => {
  await withCensus(async (census) => {
    const [refused] = await tryImports(census, [NOWHERE]);
    const missing = "cellproof_nowhere::no_such_function";
    assertEquals(refused?.end, { kind: "not-instantiated", missing });
    await census.host.writeText(`${census.folder}/provider.wat`, providingModule([NOWHERE]));
    const options = [`--preload=${NOWHERE.module}=provider.wat`];
    const wat = importingModule([NOWHERE]);
    const [provided] = await tryModules(census, [{ name: "provided", wat, options }]);
    assertEquals(provided, { kind: "ran", status: 0 });
  });
});

Deno.test("tryImports() takes nothing for imported when Wasmtime does not start", async () => {
  await withCensus(async (census) => {
    for (const wasmtime of ["/nonexistent/wasmtime", "/bin/false", "/bin/sh"]) {
      const [outcome] = await tryImports({ ...census, wasmtime }, [NOWHERE]);
      assertEquals(outcome?.end.kind, "failed", wasmtime);
    }
  });
});

Deno.test("tryImports() throws a Problem when it is cancelled", async () => {
  const host = await liveHost({ signal: AbortSignal.abort() });
  const census = { host, wasmtime: "wasmtime", folder: await host.temporaryFolder() };
  await assertRejects(() => tryImports(census, [NOWHERE]), Problem, "cancelled");
  await host.close();
});

Deno.test("parseCensus() reads one end a module, whatever it printed", () => {
  const text = "MODULE a.wat\n\nSTATUS 0\nMODULE b.wat\nError: failed\n" +
    "    1: unknown import: `env::f` has not been defined\n\nSTATUS 1\n" +
    "MODULE c.wat\nnoise\n\nSTATUS 124\nMODULE d.wat\nwas cut";
  assertEquals(parseCensus(text), [
    { kind: "ran", status: 0 },
    { kind: "not-instantiated", missing: "env::f" },
    { kind: "failed", because: "timed-out" },
  ]);
  assertEquals(parseCensus(""), []);
});

async function withCensus(use: (census: Census) => Promise<void>): Promise<void> {
  const host = await liveHost();
  try {
    const wasmtime = await findWasmtime(host, CACHE);
    assert(wasmtime !== null, "These tests need wasmtime; deno task bench --setup installs it.");
    await use({ host, wasmtime: wasmtime.path, folder: await host.temporaryFolder() });
  } finally {
    await host.close();
  }
}
