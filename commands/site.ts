/**
 * `deno task site`: a history as pages.
 *
 * @module
 */
import { UsageProblem } from "../problem.ts";
import { History } from "../reports/history/history.ts";
import { codeDigest } from "../reports/site/code_digest.ts";
import { buildSite } from "../reports/site/site.ts";
import { EXIT } from "../suites/exit_status.ts";
import { type Command, countOption, NONE, textOption } from "./command.ts";

import { HISTORY_FILE, projectPath } from "./project.ts";

/** A page of a night takes half a megabyte: these are some three months of one host. */
const DEFAULT_REPORTS = 100;

/** A fleet of thousands of hosts takes a megabyte. */
const DEFAULT_FLEETS = 30;

export const command: Command = {
  usage: `deno task site --out DIR [--db FILE] [--reports N] [--fleets N]
  Builds a site of static pages from a history: every host with its newest night, what changed
  when and how sure that is, trends, a page for each night, a feed, badges and JSON. It works from
  a file and below any path. Built again, it makes anew only what has changed; a build that fails
  leaves it as it was. The newest N nights of each host (${DEFAULT_REPORTS}) have a page of their own,
  and so do the newest N fleets (${DEFAULT_FLEETS}).
  The history is results/history.sqlite, unless --db names another file.`,
  boolean: [],
  string: ["db", "out", "reports", "fleets"],
  positionals: NONE,
  async run(args) {
    const out = textOption(args, "out");
    if (out === undefined) {
      throw new UsageProblem({ action: "build a site", condition: "--out DIR is missing" });
    }
    const reports = countOption(args, "reports") ?? DEFAULT_REPORTS;
    const fleets = countOption(args, "fleets") ?? DEFAULT_FLEETS;
    using history = History.open(textOption(args, "db") ?? HISTORY_FILE, { create: false });
    const code = codeDigest(projectPath(""));
    const built = await buildSite(history, { out, reports, fleets, code, now: new Date() });
    console.log(
      `${built.written} files written, ${built.kept} as they were, ${built.removed} removed.`,
    );
    console.log(`Site: ${out}/index.html`);
    return EXIT.ok;
  },
};
