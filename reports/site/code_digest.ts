/**
 * Which code builds the site: a page that was made by other code is made again.
 *
 * @module
 */
import { digestOf } from "./manifest.ts";

/** What pages are made by and of. */
const FOLDERS = ["reports", "suites"] as const;
const FILES = ["deno.lock", "problem.ts", "requirements.ts"] as const;
const SOURCES = /(?<!_test|_bench)\.(ts|js|css|csv)$/;

/**
 * A digest of all sources that a page could depend on, and of the packages that they use; `project` is
 * the folder that cellproof lies in, with its slash.
 */
export function codeDigest(project: string): string {
  const paths = FOLDERS.flatMap((folder) => sourcesBelow(`${project}${folder}`)).sort();
  const all = [...FILES.map((file) => `${project}${file}`), ...paths];
  return digestOf(...all.map((path) => Deno.readFileSync(path)));
}

function sourcesBelow(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => {
    const path = `${folder}/${name}`;
    if (isDirectory) return name === "testing" ? [] : sourcesBelow(path);
    return SOURCES.test(name) ? [path] : [];
  });
}
