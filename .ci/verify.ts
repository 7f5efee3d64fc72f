/**
 * Checks the files of a run: `verify.ts FOLDER live|dry-run`.
 *
 * @module
 */
import { parseResult } from "../reports/json.ts";
import { EXPERIMENTS, PROBES } from "../suites/checks.ts";

/** What a machine without a GPU, a KVM that works and physical devices decides at least. */
const FEWEST_DECIDED = 75;

const [folder = ".", kind = "live"] = Deno.args;
const failures: string[] = [];

function expect(condition: boolean, what: string): void {
  if (!condition) failures.push(what);
}

const result = await parseResult(await Deno.readTextFile(`${folder}/result.json`), folder);
const page = await Deno.readTextFile(`${folder}/report.html`);
const table = await Deno.readTextFile(`${folder}/result.csv`);
const counts = Object.groupBy(result.claims, ({ verdict }) => verdict);
const budgetSeconds = result.run.budgetSeconds ?? Infinity;

expect(result.claims.length === 259, `259 claims, not ${result.claims.length}`);
expect(counts.editorial?.length === 16, "16 editorial claims");
expect(!counts.error, `no errors: ${JSON.stringify(counts.error?.map(({ because }) => because))}`);
expect(result.run.endedAt !== null, "the run ended");
expect(result.run.durationSeconds <= budgetSeconds * 1.1, "the budget was kept");
expect(result.probes.length === PROBES.length, `every probe ran: ${Object.keys(result.absent)}`);
for (const { observations } of result.probes) {
  for (const { name, value, absence, controls } of observations) {
    expect(value !== null || absence !== null, `${name} has a value or a reason`);
    expect(controls.every(({ held }) => held), `${name}: its controls held`);
  }
}
const decided = result.coverage.matrices.reduce((sum, matrix) => sum + matrix.decided, 0);
expect(decided >= FEWEST_DECIDED, `${FEWEST_DECIDED} claims are decided, not ${decided}`);
expect(result.experiments.length === EXPERIMENTS.length, "every experiment ran");
for (const { name, arms, samples } of result.experiments) {
  for (const arm of arms) {
    const measured = samples.filter((sample) => sample.arm === arm.name && sample.value !== null);
    expect(measured.length > 0, `${name}: ${arm.name} was measured`);
  }
}
expect((result.run.dryRun !== null) === (kind === "dry-run"), `it is a ${kind}`);
expect(page.length < 1_500_000, `the page has ${page.length} letters`);
expect(!/<script[^>]*src=|<link[^>]*href="http/.test(page), "the page needs no network");
expect(table.trimEnd().split("\n").length === 260, "the table has a line for each claim");

for (const failure of failures) console.error(`verify: expected: ${failure}`);
console.log(Object.entries(counts).map(([verdict, of]) => `${verdict} ${of?.length}`).join(", "));
Deno.exit(failures.length === 0 ? 0 : 1);
