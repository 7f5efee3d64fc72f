import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { parseResult } from "../reports/json.ts";
import { History } from "../reports/history/history.ts";
import type { ClaimPart, ClaimVerdict, Result, Verdict } from "../suites/result.ts";
import { settledClaims } from "./bench_night.ts";
import { sampleResult } from "../reports/testing/sample_result.ts";

const PROJECT = new URL("..", import.meta.url).pathname;
const DAY_MS = 86_400_000;

/** What one look at sysfs answers, in a second. */
const CLAIM = "03.2.1/fact/nic-device-node";

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function cellproof(...args: string[]): Promise<Outcome> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", `${PROJECT}main.ts`, ...args],
    env: { NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

async function withFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function resultIn(folder: string): Promise<Result> {
  return await parseResult(await Deno.readTextFile(`${folder}/result.json`), folder);
}

/** The same result as if it had come out the other way on the nights before. */
function earlierNights(result: Result): Result[] {
  return [4, 3, 2, 1].map((daysAgo) => {
    const back = (time: string | null): string =>
      new Date(Date.parse(time ?? "") - daysAgo * DAY_MS).toISOString();
    const { startedAt, endedAt } = result.run;
    const run = { ...result.run, startedAt: back(startedAt), endedAt: back(endedAt) };
    const claims = result.claims.map((claim) => ({
      ...claim,
      verdict: claim.verdict === "refuted" ? "confirmed" as const : "refuted" as const,
    }));
    return { ...result, run, claims };
  });
}

Deno.test("bench --confirm measures again what is not as on the nights before, and keeps both", async () => {
  await withFolder(async (folder) => {
    const db = `${folder}/history.sqlite`;
    await cellproof("bench", CLAIM, "--out", `${folder}/measured`);
    const measured = await resultIn(`${folder}/measured`);
    const [verdict] = measured.claims.map((claim) => claim.verdict);
    assert(verdict === "confirmed" || verdict === "refuted");
    using history = History.open(db, { create: true });
    for (const night of earlierNights(measured)) {
      history.add(JSON.stringify(night), night, { confirms: null });
    }

    const night = ["bench", CLAIM, "--confirm", "--history", db, "--out", `${folder}/night`];
    const { stdout } = await cellproof(...night);
    assertStringIncludes(stdout, `Measuring again what is not as on the nights before: ${CLAIM}`);
    assertStringIncludes(stdout, `${CLAIM}: ${verdict}, then ${verdict}`);
    assertEquals((await resultIn(`${folder}/night/again`)).claims.length, 1);

    const changes = await cellproof("history", "changes", "--db", db, "--json");
    const [change, ...others] = JSON.parse(changes.stdout);
    assertStringIncludes(change.title, `${CLAIM} was `);
    assertEquals(others, []);

    // What stands now is no news on the next night.
    const next = ["bench", CLAIM, "--confirm", "--history", db, "--out", `${folder}/next`];
    assert(!(await cellproof(...next)).stdout.includes("Measuring again"));
  });
});

Deno.test("bench --history refuses a file that is no history before it measures, and leaves it", async () => {
  await withFolder(async (folder) => {
    const db = `${folder}/history.sqlite`;
    await Deno.writeTextFile(db, "not a database");
    const { code, stderr } = await cellproof(
      "bench",
      CLAIM,
      "--history",
      db,
      "--out",
      `${folder}/a`,
    );
    assertEquals(code, 2);
    assertStringIncludes(stderr, db);
    assertEquals(await Deno.readTextFile(db), "not a database");
    assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["history.sqlite"]);
  });
});

Deno.test("bench --history takes no dry run, which is no night of its own", async () => {
  const { code, stderr } = await cellproof("bench", "--dry-run", "--confirm");
  assertEquals(code, 1);
  assertStringIncludes(stderr, "history add --dry-runs");
});

Deno.test("settledClaims() takes figures as they came out again, and forgets no counterexample", () => {
  const first = sampleResult();
  const [observed, measured] = ["11.4/isolation-strength/vm", "11.3/io-performance/container"]
    .map((id) => first.claims.find((claim) => claim.id === id));
  assert(observed !== undefined && measured !== undefined);
  const refuted = [observed, measured].map((claim) => ({ ...claim, verdict: "refuted" as const }));
  const better = refuted.map((claim) => ({ ...claim, verdict: "confirmed" as const }));
  const verdicts = settledClaims({ ...first, claims: refuted }, { ...first, claims: better })
    .map(({ verdict }) => verdict);
  assertEquals(verdicts, ["refuted", "confirmed"]);
  const observedToo = { ...refuted[1], parts: [{ name: "x", verdict: "refuted", because: "" }] };
  const both = { ...first, claims: [observedToo as ClaimVerdict] };
  assertEquals(settledClaims(both, { ...first, claims: better })[0]?.verdict, "refuted");
  const worse = settledClaims({ ...first, claims: better }, { ...first, claims: refuted });
  assertEquals(worse.map(({ verdict }) => verdict), ["refuted", "refuted"]);
  assertEquals(settledClaims(first, { ...first, claims: [] }), first.claims);
});

function verdictBy(verdict: Verdict, parts: readonly ClaimPart[] = []): ClaimVerdict {
  const words = { because: "", reading: "", evidence: [] };
  return { id: "11.3/latency/vm", verdict, parts, ...words };
}

function figure(name: string, verdict: Verdict, n: number): ClaimPart {
  return { name, verdict, because: "", ratio: 0.9, n };
}

const LATER: Record<string, [later: ClaimVerdict, settled: Verdict]> = {
  "was untested": [verdictBy("untested"), "refuted"],
  "failed": [verdictBy("error", [figure("a", "refuted", 12)]), "refuted"],
  "was over before a block": [verdictBy("inconclusive"), "refuted"],
  "had too few blocks": [verdictBy("inconclusive", [figure("a", "inconclusive", 1)]), "refuted"],
  "measured another part": [
    verdictBy("inconclusive", [
      { name: "a", verdict: "untested", because: "" },
      figure("b", "inconclusive", 99),
    ]),
    "refuted",
  ],
  "left it open by its figures": [
    verdictBy("inconclusive", [
      figure("a", "inconclusive", 99),
      { name: "b", verdict: "untested", because: "" },
    ]),
    "inconclusive",
  ],
  "confirmed it": [verdictBy("confirmed", [figure("a", "confirmed", 12)]), "confirmed"],
};
for (const [words, [later, settled]] of Object.entries(LATER)) {
  Deno.test(`settledClaims() has a refutation by figures as ${settled} when the second run ${words}`, () => {
    const parts = [figure("a", "refuted", 12), figure("b", "confirmed", 12)];
    const first = { ...sampleResult(), claims: [verdictBy("refuted", parts)] };
    const verdicts = settledClaims(first, { ...first, claims: [later] });
    assertEquals(verdicts.map(({ verdict }) => verdict), [settled]);
  });
}
