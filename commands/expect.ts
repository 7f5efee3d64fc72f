/**
 * `deno task expect`: the verdicts of a result as what is expected from now on.
 *
 * @module
 */
import { UsageProblem } from "../problem.ts";
import { sourceInWords } from "../reports/agreement.ts";
import { displayText } from "../reports/display.ts";
import { readExpectations, writeExpectations } from "../reports/expectations_file.ts";
import { isThere } from "../reports/json.ts";
import {
  agreementOf,
  type ClaimAgreement,
  type Expectations,
  type Waiver,
} from "../suites/expectations.ts";
import { EXIT } from "../suites/exit_status.ts";
import { type Renewal, renewExpectations } from "../suites/renew_expectations.ts";
import type { Result } from "../suites/result.ts";
import { type Args, type Command, textOption } from "./command.ts";
import { readStored } from "./stored_result.ts";

/** The file's name where the user gives none. */
const EXPECTATIONS_FILE = "expect.json";

export const command: Command = {
  usage: `deno task expect RESULT [--out FILE] [--waive ID --reason TEXT --expires DATE]
  Writes the verdicts of a result into a file that bench --expect holds later runs to. Where the file
  is there, its waivers stay until they expire, and so do verdicts that the result does not have.
    --out FILE              the file (${EXPECTATIONS_FILE} beside the result)
    --waive ID              let this claim come out otherwise for a while
    --reason TEXT           why
    --expires DATE          its last day, in UTC, such as 2027-01-31`,
  boolean: [],
  string: ["out", "waive", "reason", "expires"],
  positionals: { least: 1, most: 1 },
  async run(args) {
    const waiver = waiverOption(args);
    const { result, folder } = await readStored(args._[0] ?? "");
    const path = textOption(args, "out") ?? `${folder}/${EXPECTATIONS_FILE}`;
    const earlier = isThere(path) ? await readExpectations(path) : null;
    const now = new Date();
    const renewal = renewExpectations(result, { earlier, waiver, now });
    writeExpectations(path, renewal.expectations);
    console.log(renewalInWords(path, renewal));
    if (earlier !== null) console.log(changesInWords(earlier, { result, now }));
    return EXIT.ok;
  },
};

/** The waiver that is to be added; null for none. */
function waiverOption(args: Args): Waiver | null {
  const id = textOption(args, "waive");
  const [reason, expires] = [textOption(args, "reason"), textOption(args, "expires")];
  if (id === undefined && reason === undefined && expires === undefined) return null;
  if (id !== undefined && reason !== undefined && expires !== undefined) {
    return { id, reason, expires };
  }
  throw new UsageProblem({
    action: "waive a claim",
    condition: "--waive ID, --reason TEXT and --expires DATE go together",
  });
}

function renewalInWords(path: string, { expectations, carried, expired }: Renewal): string {
  const { source, claims, waivers } = expectations;
  const count = Object.keys(claims).length;
  const from = carried === 0 ? "" : `, ${carried} of them from before`;
  return [
    `Wrote ${path}: ${count} verdicts of ${sourceInWords(source)}${from}; ` +
    `${waivers.length} ${waivers.length === 1 ? "waiver" : "waivers"}.`,
    ...expired.map(({ id, expires, reason }) =>
      `Left out the waiver of ${id}, which expired on ${expires}: ${displayText(reason)}`
    ),
  ].join("\n");
}

/** What is expected otherwise from now on, so that nothing is given up unseen. */
function changesInWords(
  { claims: expected, ...earlier }: Expectations,
  { result: { claims }, now }: { readonly result: Result; readonly now: Date },
): string {
  const selected = claims.map(({ id }) => id).filter((id) => id in expected);
  const compared = { ...earlier, claims: expected, waivers: [] };
  const changed = agreementOf(compared, { claims, selected, now }).claims
    .filter(({ outcome }) => outcome !== "kept");
  if (changed.length === 0) return "No verdict is another than before.";
  return ["Expected otherwise from now on:", ...changed.map(changeLine)].join("\n");
}

function changeLine({ id, expected, verdict }: ClaimAgreement): string {
  return `  ${id}: ${verdict?.verdict}, was ${expected}`;
}
