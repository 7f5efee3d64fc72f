/**
 * Checks the files of a run: `verify.ts FOLDER live|dry-run|lab|lab-dry-run|synthetic-dry-run`.
 *
 * @module
 */
import { parseResult } from "../reports/json.ts";
import { EXPERIMENTS, GPU_CHECKS, PROBES } from "../suites/checks.ts";
import type { ClaimVerdict, Result } from "../suites/result.ts";

/** What a machine without a GPU, a KVM that works and physical devices decides at least. */
const FEWEST_DECIDED = 75;
const PASSTHROUGH_CLAIMS = 15;
/** What the played host with one GPU decides at least, of the claims that rest on a GPU. */
const FEWEST_DECIDED_BY_ONE_GPU = 50;

const [folder = ".", kind = "live"] = Deno.args;
const failures: string[] = [];

function expect(condition: boolean, what: string): void {
  if (!condition) failures.push(what);
}

/** What holds of every run. */
function checkRun({ run, claims, probes, experiments }: Result): void {
  const errors = claims.filter(({ verdict }) => verdict === "error");
  expect(errors.length === 0, `no errors: ${JSON.stringify(errors.map(({ because }) => because))}`);
  expect(run.endedAt !== null, "the run ended");
  const budgetSeconds = run.budgetSeconds ?? Infinity;
  expect(run.durationSeconds <= budgetSeconds * 1.1, "the budget was kept");
  expect((run.dryRun !== null) === kind.endsWith("dry-run"), `it is a ${kind}`);
  // A played host plays no more than what is asked of its GPUs.
  const played = probes.filter(({ name }) => !kind.startsWith("synthetic") || /gpu/.test(name));
  for (const { name, value, absence, controls } of played.flatMap((probe) => probe.observations)) {
    expect(value !== null || absence !== null, `${name} has a value or a reason`);
    expect(controls.every(({ held }) => held), `${name}: its controls held`);
  }
  for (const { name, arms, samples } of experiments) {
    for (const arm of arms) {
      const measured = samples.filter((sample) => sample.arm === arm.name && sample.value !== null);
      expect(measured.length > 0, `${name}: ${arm.name} was measured`);
    }
  }
}

/** A whole run, to which no device was given. */
function checkWhole({ claims, probes, experiments, absent, coverage }: Result): void {
  expect(claims.length === 259, `259 claims, not ${claims.length}`);
  const editorial = claims.filter(({ verdict }) => verdict === "editorial");
  expect(editorial.length === 16, `16 editorial claims, not ${editorial.length}`);
  const decided = coverage.matrices.reduce((sum, matrix) => sum + matrix.decided, 0);
  expect(decided >= FEWEST_DECIDED, `${FEWEST_DECIDED} claims are decided, not ${decided}`);
  expect(probes.length === PROBES.length, `every probe ran: ${Object.keys(absent)}`);
  const passthrough = probes.find(({ name }) => name === "passthrough")?.observations ?? [];
  for (const { name, absence } of passthrough) {
    expect(absence?.verdict === "untested", `${name} is untested: no device was given`);
    expect(absence?.lacks === "iommu", `${name} lacks a device to give away`);
  }
  const needGpu: readonly string[] = GPU_CHECKS;
  const others = EXPERIMENTS.filter((name) =>
    name !== "passthrough-storage" && !needGpu.includes(name)
  );
  for (const name of EXPERIMENTS.filter((name) => needGpu.includes(name))) {
    expect(absent[name]?.lacks === "gpu", `${name} lacks a GPU`);
  }
  const ran = experiments.map(({ name }) => name);
  expect(others.every((name) => ran.includes(name)), `every experiment ran, not only ${ran}`);
  expect(!ran.includes("passthrough-storage"), "nothing was measured of a device given away");
  expect(absent["passthrough-storage"]?.verdict === "untested", "storage by VFIO is untested");
}

/** The lab: all that it can decide is decided, and it says nothing of speed. */
function checkLab({ claims, probes, experiments, host }: Result): void {
  expect(
    claims.length === PASSTHROUGH_CLAIMS,
    `${PASSTHROUGH_CLAIMS} claims, not ${claims.length}`,
  );
  expect(/^QEMU TCG CPU/.test(host.cpuModel), `its processor is emulated, not ${host.cpuModel}`);
  expect(probes.map(({ name }) => name).join() === "passthrough", "the passthrough probe ran");
  for (const { name, value, controls } of probes.flatMap((probe) => probe.observations)) {
    expect(value !== null, `${name} has a value`);
    const kinds = new Set(controls.map((control) => control.kind));
    expect(kinds.size === 2, `${name} has a positive and a negative control`);
  }
  expect(experiments.map(({ name }) => name).join() === "passthrough-storage", "storage ran");
  const isOfSpeed = ({ evidence }: ClaimVerdict) => evidence.includes("passthrough-storage");
  expect(claims.some(isOfSpeed), "there are claims of speed");
  for (const claim of claims) {
    const { id, verdict, because } = claim;
    if (isOfSpeed(claim)) {
      expect(verdict === "inconclusive", `${id} is inconclusive, not ${verdict}`);
      expect(because.includes("processor is emulated"), `${id} says why: ${because}`);
    } else {
      expect(["confirmed", "refuted"].includes(verdict), `${id} is decided: ${because}`);
    }
  }
}

/** A played host with a GPU: it decides, and its page says that nobody measured it. */
function checkSynthetic({ run, claims, host }: Result, page: string): void {
  expect(run.dryRun?.synthetic === true, "it is synthetic");
  expect(page.includes("synthetic"), "its page says so");
  expect(host.gpus?.length === 1, "the host has one GPU");
  const decided = claims.filter(({ verdict }) => verdict === "confirmed" || verdict === "refuted");
  expect(
    decided.length >= FEWEST_DECIDED_BY_ONE_GPU,
    `${FEWEST_DECIDED_BY_ONE_GPU} claims are decided, not ${decided.length}`,
  );
}

const result = await parseResult(await Deno.readTextFile(`${folder}/result.json`), folder);
const page = await Deno.readTextFile(`${folder}/report.html`);
const table = await Deno.readTextFile(`${folder}/result.csv`);

checkRun(result);
if (kind.startsWith("lab")) checkLab(result);
else if (kind.startsWith("synthetic")) checkSynthetic(result, page);
else checkWhole(result);
expect(page.length < 1_500_000, `the page has ${page.length} letters`);
expect(!/<script[^>]*src=|<link[^>]*href="http/.test(page), "the page needs no network");
const lines = table.trimEnd().split("\n").length;
expect(lines === result.claims.length + 1, "the table has a line for each claim");

for (const failure of failures) console.error(`verify: expected: ${failure}`);
const counts = Object.groupBy(result.claims, ({ verdict }) => verdict);
console.log(Object.entries(counts).map(([verdict, of]) => `${verdict} ${of?.length}`).join(", "));
Deno.exit(failures.length === 0 ? 0 : 1);
