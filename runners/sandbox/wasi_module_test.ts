import { assertEquals, assertThrows } from "@std/assert";
import { Problem } from "../../problem.ts";
import { wasiErrnoName } from "./wasi_errno.ts";
import { describeEnd, moduleArgv, type ModuleEnd, parseModuleEnd } from "./wasi_module.ts";

/** What versions of Wasmtime say: its sources, and what was seen of 48. */
const ENDS: readonly [string, number, string, ModuleEnd][] = [
  ["a module that ran", 0, "", { kind: "ran", status: 0 }],
  ["its own exit status", 3, "some text of its own\n", { kind: "ran", status: 3 }],
  [
    "an import that nobody provides",
    1,
    'Error: failed to run main module `x.wat`\n\nCaused by:\n    0: failed to instantiate "x"\n' +
    "    1: unknown import: `env::ioctl` has not been defined\n",
    { kind: "not-instantiated", missing: "env::ioctl" },
  ],
  [
    "the same before version 9",
    1,
    "Error: failed to run main module `x.wat`\n\nCaused by:\n    0: failed to instantiate\n" +
    "    1: unknown import: `::` has not been defined\n",
    { kind: "not-instantiated", missing: "::" },
  ],
  [
    "a component's import",
    1,
    "Caused by:\n    0: component imports instance `wasi:webgpu/webgpu@0.0.1`, but a matching " +
    "implementation was not found in the linker\n",
    { kind: "not-instantiated", missing: "wasi:webgpu/webgpu@0.0.1" },
  ],
  [
    "the same in older versions",
    1,
    "Error: import `wasi:webgpu/webgpu` not defined\n",
    { kind: "not-instantiated", missing: "wasi:webgpu/webgpu" },
  ],
  [
    "a trap",
    134,
    "Error: failed to run main module `t.wat`\n\nCaused by:\n    0: failed to invoke command\n" +
    "    2: wasm trap: wasm `unreachable` instruction executed\n",
    { kind: "trapped", trap: "wasm `unreachable` instruction executed" },
  ],
  ["an old trap", 134, "wasm trap: unreachable\nwasm backtrace:\n", {
    kind: "trapped",
    trap: "unreachable",
  }],
  ["a module that does not parse", 1, "Error: expected `)`\n     --> t.wat:2:1\n", {
    kind: "failed",
    because: "expected `)` --> t.wat:2:1",
  }],
  ["a folder that does not exist", 1, "Error: failed to open directory '/x'\n", {
    kind: "failed",
    because: "failed to open directory '/x'",
  }],
  ["an unknown option", 2, "error: unexpected argument '--dirr' found\n", {
    kind: "failed",
    because: "unexpected argument '--dirr' found",
  }],
  ["garbage", 1, "\u0000`\u001b[31m unknown import: `", { kind: "ran", status: 1 }],
];

Deno.test("parseModuleEnd() reads what old and new versions say", async (t) => {
  for (const [name, status, stderr, end] of ENDS) {
    await t.step(name, () => {
      assertEquals(parseModuleEnd({ ended: "exited", status, stderr }), end);
    });
  }
});

Deno.test("parseModuleEnd() calls nothing refused that Wasmtime did not end itself", () => {
  const stderr = "unknown import: `a::b` has not been defined";
  for (const ended of ["timed-out", "cancelled", "not-found", "output-limit"] as const) {
    const end = parseModuleEnd({ ended, status: null, stderr });
    assertEquals(end, { kind: "failed", because: ended });
  }
  assertEquals(parseModuleEnd({ ended: "exited", status: null, stderr }).kind, "failed");
});

Deno.test("describeEnd() names the missing import", () => {
  const missing = describeEnd({ kind: "not-instantiated", missing: "env::ioctl" });
  assertEquals(missing, "not instantiated: unknown import: env::ioctl");
  assertEquals(describeEnd({ kind: "ran", status: 2 }), "ran, and exited with status 2");
});

Deno.test("moduleArgv() gives folders by the names inside, and refuses what cannot be told", () => {
  const run = { wasmtime: "w", module: "m.wat", folders: { "/in": "/a b" }, args: ["-x"] };
  assertEquals(moduleArgv(run), ["w", "run", "--dir=/a b::/in", "m.wat", "-x"]);
  assertThrows(() => moduleArgv({ ...run, folders: { "/in": "/a::b" } }), Problem, "::");
});

Deno.test("wasiErrnoName() names WASI's numbers, not the host's", () => {
  const names = [0, 1, 8, 44, 63, 76, 77, -1].map(wasiErrnoName);
  const expected = ["success", "E2BIG", "EBADF", "ENOENT", "EPERM", "ENOTCAPABLE", "error 77"];
  assertEquals(names, [...expected, "error -1"]);
});
