/**
 * `deno task report`: renders a result's reports again.
 *
 * @module
 */
import { writeReports } from "../reports/write.ts";
import { EXIT } from "../suites/exit_status.ts";
import type { Command } from "./command.ts";
import { agreementWith, expectationsOption } from "./expectations.ts";
import { readStored } from "./stored_result.ts";

export const command: Command = {
  usage: `deno task report RESULT [--expect FILE]
  Writes the page, the summary, the table and the charts of a result again, beside it; with --expect
  as a run does that is held to the verdicts in this file.`,
  boolean: [],
  string: ["expect"],
  positionals: { least: 1, most: 1 },
  async run(args) {
    const { result, folder } = await readStored(args._[0] ?? "");
    const agreement = agreementWith(await expectationsOption(args, result.run), result);
    for (const path of await writeReports(folder, result, agreement)) console.log(path);
    return EXIT.ok;
  },
};
