/**
 * `deno task judge`: stored evidence, judged again.
 *
 * @module
 */
import { ResultFolder } from "../reports/result_folder.ts";
import { terminalSummary } from "../reports/terminal.ts";
import { writeReports } from "../reports/write.ts";
import { EXIT, exitStatus } from "../suites/exit_status.ts";
import { judgeAgain } from "../suites/judge_again.ts";
import { type Command, textOption, thresholdOption } from "./command.ts";
import { readStored } from "./stored_result.ts";

export const command: Command = {
  usage: `deno task judge RESULT [--threshold high=0.95,medium=0.5] [--out DIR] [--json]
  Judges the evidence of a result again, by this version's rules and the thresholds given. Prints
  the verdicts; with --out also writes the result and its reports there.`,
  boolean: ["json"],
  string: ["threshold", "out"],
  positionals: { least: 1, most: 1 },
  async run(args) {
    const { result: stored } = await readStored(args._[0] ?? "");
    const result = judgeAgain(stored, thresholdOption(args, "threshold"));
    const out = textOption(args, "out");
    let page: string | null = null;
    if (out !== undefined) {
      const folder = await ResultFolder.open(out, { fresh: false });
      folder.assertResumable({ host: result.host, dryRun: result.run.dryRun });
      folder.save(result);
      [page = null] = await writeReports(out, result);
    }
    console.log(args["json"] === true ? JSON.stringify(result) : terminalSummary(result, page));
    return result.claims.length === 0
      ? EXIT.harnessFailed
      : exitStatus(result.claims, { hostRestored: true });
  },
};
