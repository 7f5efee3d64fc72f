/**
 * `deno task compare`: two results side by side.
 *
 * @module
 */
import { comparedForDisplay } from "../reports/compare/compared.ts";
import { comparisonJson } from "../reports/compare/json.ts";
import { comparisonPage } from "../reports/compare/page.ts";
import { comparisonText } from "../reports/compare/terminal.ts";
import { makeFolder, writeFile } from "../reports/json.ts";
import { EXIT } from "../suites/exit_status.ts";
import { type Command, textOption } from "./command.ts";
import { readStored } from "./stored_result.ts";

/** The name of the page in the folder that --out names. */
const PAGE_FILE = "compare.html";

export const command: Command = {
  usage: `deno task compare A B [--out DIR] [--json]
  Shows two results side by side, of two hosts or of two nights of one: verdicts that differ, and
  for each ratio whether the two have parted, are alike, or cannot be told apart. It says so where
  the two are one run, or nothing in them can be compared. With --out it also writes ${PAGE_FILE}
  there. Exit status 0 whatever differs.`,
  boolean: ["json"],
  string: ["out"],
  positionals: { least: 2, most: 2 },
  async run(args) {
    const [a = "", b = ""] = args._;
    const [{ result: first }, { result: second }] = [await readStored(a), await readStored(b)];
    const compared = comparedForDisplay(first, second);
    const out = textOption(args, "out");
    const path = out === undefined ? null : `${out}/${PAGE_FILE}`;
    if (out !== undefined && path !== null) {
      makeFolder(out);
      writeFile(path, comparisonPage(compared));
    }
    const text = args["json"] === true
      ? comparisonJson(compared, [a, b])
      : comparisonText(compared, path);
    console.log(text.trimEnd());
    return EXIT.ok;
  },
};
