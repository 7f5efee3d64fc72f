/**
 * `deno task calibrate`: error rates of the decision rule and of change detection, by simulation.
 *
 * @module
 */
import { EXIT } from "../suites/exit_status.ts";
import { calibrate, calibrationTable } from "../suites/statistics/calibrate.ts";
import { calibrateChange } from "../suites/statistics/calibrate_change.ts";
import { changeTable } from "../suites/statistics/calibrate_change_table.ts";
import { type Command, countOption, NONE } from "./command.ts";

const DEFAULT_EXPERIMENTS = 2000;
const DEFAULT_SEED = 1;

export const command: Command = {
  usage: `deno task calibrate [--experiments ${DEFAULT_EXPERIMENTS}] [--seed ${DEFAULT_SEED}]
  Simulates experiments of known truth under several kinds of noise, and prints how often the
  verdict is wrong, right and inconclusive, beside three rules that others use. Then as many
  histories of nights: how often an alarm is false, and how soon a step is found.`,
  boolean: [],
  string: ["experiments", "seed"],
  positionals: NONE,
  run(args) {
    const experiments = countOption(args, "experiments") ?? DEFAULT_EXPERIMENTS;
    const seed = countOption(args, "seed", 0) ?? DEFAULT_SEED;
    console.log(calibrationTable(calibrate({ experiments, seed })));
    console.log(`\n${changeTable(calibrateChange({ histories: experiments, seed }))}`);
    return Promise.resolve(EXIT.ok);
  },
};
