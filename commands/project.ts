/**
 * Where cellproof itself lies, and what it is called.
 *
 * @module
 */
import config from "../deno.json" with { type: "json" };

/** Version of cellproof. */
export const VERSION: string = config.version;

/** An absolute path below cellproof's own folder. */
export function projectPath(relative: string): string {
  return new URL(`../${relative}`, import.meta.url).pathname;
}

/** What `--setup` downloads and builds, kept between runs. */
export const CACHE_FOLDER = projectPath(".cache");

/** What living runs have made on this host, for `recover`. */
export const JOURNAL_FOLDER = `${CACHE_FOLDER}/journal`;

/** Where results are kept from night to night, unless a command is told otherwise. */
export const HISTORY_FILE = projectPath("results/history.sqlite");
