/**
 * WASI modules under Wasmtime: what starts one, and how it ended.
 *
 * @module
 */
import type { CommandResult } from "../host.ts";
import { Problem, shorten } from "../../problem.ts";

/** One run of a module. */
export interface ModuleRun {
  /** What starts Wasmtime. */
  readonly wasmtime: string;
  /** A .wasm or .wat file. */
  readonly module: string;
  readonly args?: readonly string[];
  /** The host's folders that are given to the module, by their names inside. */
  readonly folders?: Readonly<Record<string, string>>;
  /** Further options of `wasmtime run`, such as `-S inherit-network`. */
  readonly options?: readonly string[];
}

/** How a module ended. */
export type ModuleEnd =
  /** It was instantiated and ran; `status` is its own exit status. */
  | { readonly kind: "ran"; readonly status: number }
  /** It was never started: nothing provides `missing` ("env::ioctl"). */
  | { readonly kind: "not-instantiated"; readonly missing: string }
  /** It was started, and Wasmtime ended it. */
  | { readonly kind: "trapped"; readonly trap: string }
  /** Wasmtime refused its file or an option, or was itself ended. */
  | { readonly kind: "failed"; readonly because: string };

/**
 * The command that runs a module.
 *
 * @throws {Problem} where a folder's path contains "::", which Wasmtime cannot be told
 */
export function moduleArgv(run: ModuleRun): [string, ...string[]] {
  const folders = Object.entries(run.folders ?? {});
  return [
    run.wasmtime,
    "run",
    ...run.options ?? [],
    ...folders.map(([inside, folder]) => `--dir=${speakable(folder)}::${inside}`),
    run.module,
    ...run.args ?? [],
  ];
}

/**
 * Wasmtime's own words, since version 1: a missing import of a core module, and of a component as
 * newer and older versions put it. What is imported stands between backticks.
 */
const MISSING = [
  /unknown import: `([^`]*)` has not been defined/,
  /component imports \w+ `([^`]*)`, but a matching implementation was not found/,
  /import `([^`]*)` (?:not (?:found|defined)|has the wrong type)/,
];
const TRAP = /wasm trap: ([^\n]*)/;
/** What Wasmtime, and not a module, writes before it gives up: anyhow's form, and clap's. */
const OWN_FAILURE = /^(?:Error: |error: )([^\n]*(?:\n[\s\S]*)?)/m;

/** How a module ended, from what Wasmtime said; never throws. */
export function parseModuleEnd(
  { ended, status, stderr }: Pick<CommandResult, "ended" | "status" | "stderr">,
): ModuleEnd {
  if (ended !== "exited" || status === null) {
    return { kind: "failed", because: ended === "exited" ? "a signal ended Wasmtime" : ended };
  }
  if (status === 0) return { kind: "ran", status };
  const missing = MISSING.map((pattern) => pattern.exec(stderr)?.[1]).find((name) =>
    name !== undefined
  );
  if (missing !== undefined) return { kind: "not-instantiated", missing };
  const trap = TRAP.exec(stderr)?.[1];
  if (trap !== undefined) return { kind: "trapped", trap: shorten(trap, 100) };
  const failure = OWN_FAILURE.exec(stderr)?.[1];
  if (failure !== undefined) return { kind: "failed", because: shorten(failure, 200) };
  return { kind: "ran", status };
}

/** A module's end as a clause: "not instantiated: unknown import: env::ioctl". */
export function describeEnd(end: ModuleEnd): string {
  switch (end.kind) {
    case "ran":
      return end.status === 0 ? "ran" : `ran, and exited with status ${end.status}`;
    case "not-instantiated":
      return `not instantiated: unknown import: ${end.missing}`;
    case "trapped":
      return `trapped: ${end.trap}`;
    case "failed":
      return `failed: ${end.because}`;
  }
}

/** What is wrong with a module that had to run. */
export function moduleProblem(action: string, result: CommandResult): Problem {
  return new Problem({
    action,
    condition: `the module ${describeEnd(parseModuleEnd(result))}`,
    seen: `${result.stdout}\n${result.stderr}`,
    cure: "Check that this version of Wasmtime runs WASI modules.",
  });
}

function speakable(folder: string): string {
  if (!folder.includes("::")) return folder;
  throw new Problem({
    action: "give a folder to Wasmtime",
    condition: 'its path contains "::"',
    seen: folder,
    cure: "Name a folder without it (--target, or TMPDIR).",
  });
}
