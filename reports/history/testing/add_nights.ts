/**
 * A process that adds nights to a history, for tests of several at once: the arguments are the
 * history, the first night and the one after the last. It tells on standard output, and goes on, when
 * the first is in; what keeps it from adding is told on standard error.
 *
 * @module
 */
import { Problem } from "../../../problem.ts";
import { History } from "../history.ts";
import { addResult, sampleNight } from "./nights.ts";

const [path = "", from = "", to = ""] = Deno.args;
try {
  using history = History.open(path, { create: true });
  for (let night = Number(from); night < Number(to); night++) {
    const { isNew } = addResult(history, sampleNight(night));
    console.log(isNew ? "new" : "known");
  }
} catch (error) {
  if (!(error instanceof Problem)) throw error;
  console.error(error.message);
  Deno.exitCode = 2;
}
