/**
 * `deno task judge`: stored evidence, judged again.
 *
 * @module
 */
import { UsageProblem } from "../problem.ts";
import { ResultFolder } from "../reports/result_folder.ts";
import { terminalSummary } from "../reports/terminal.ts";
import { writeReports } from "../reports/write.ts";
import { exitStatus } from "../suites/exit_status.ts";
import { judgeAgain } from "../suites/judge_again.ts";
import type { Result } from "../suites/result.ts";
import { type Command, textOption, thresholdOption } from "./command.ts";
import { agreementWith, expectationsOption, tellExpired } from "./expectations.ts";
import { readStored } from "./stored_result.ts";

export const command: Command = {
  usage: `deno task judge RESULT [--threshold high=0.95,medium=0.5] [--expect FILE] [--out DIR]
    [--json]
  Judges the evidence of a result again, by this version's rules and the thresholds given, and holds
  it to the verdicts in FILE. Prints the verdicts; with --out also writes the result and its reports
  there.`,
  boolean: ["json"],
  string: ["threshold", "expect", "out"],
  positionals: { least: 1, most: 1 },
  async run(args) {
    const { result: stored } = await readStored(args._[0] ?? "");
    const result = judgeAgain(stored, thresholdOption(args, "threshold"));
    const agreement = agreementWith(await expectationsOption(args, result.run), result);
    const out = textOption(args, "out");
    let page: string | null = null;
    if (out !== undefined) {
      const folder = await ResultFolder.open(out, { fresh: false });
      refuseOtherRun(out, { there: folder.earlier, result });
      folder.save(result);
      [page = null] = await writeReports(out, result, agreement);
    }
    tellExpired(agreement);
    const summary = () => terminalSummary(result, page, agreement);
    console.log(args["json"] === true ? JSON.stringify(result) : summary());
    return exitStatus(result.claims, { hostRestored: true, agreement });
  },
};

/** A result beside another run's evidence would pass for what that evidence shows. */
function refuseOtherRun(
  out: string,
  { there, result }: { there: Result | null; result: Result },
): void {
  if (there === null || there.run.startedAt === result.run.startedAt) return;
  throw new UsageProblem({
    action: `put the result into ${out}`,
    condition: "it holds another run's",
    seen: `of ${there.run.startedAt}`,
    cure: "Name another folder with --out.",
  });
}
