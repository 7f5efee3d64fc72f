/**
 * Kills runs in the lab outright, one point after the other, and recovers what they left.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { undoAbandoned } from "../../runners/seam/abandoned.ts";
import { parseEntry, replaceEntry } from "../../runners/seam/journal_file.ts";
import { endMarked } from "../../runners/seam/process_group.ts";
import type { HostChange } from "../../runners/settings/change.ts";
import { settingInWords } from "../../runners/settings/setting.ts";
import type { KilledRunRequest } from "./killed_run.ts";
import { assertSettles, snapshot, type TestLab } from "./test_lab.ts";

/** What became of one killed run. */
export interface KilledRun {
  readonly work: string;
  /** Where it was killed; null where it came to its end. */
  readonly point: string | null;
  /** What was noted as changed at that moment, the oldest change first. */
  readonly pending: readonly string[];
  /** How long the recovery took. */
  readonly recoverySeconds: number;
}

/** What to do, and at which points to be killed. */
export type Series = Pick<KilledRunRequest, "work" | "count" | "points">;

const PROGRAM = new URL("./killed_run.ts", import.meta.url).pathname;
const MOST_POINTS = 200;

/** At which of its points each recovery is killed, see {@linkcode KilledRunRequest}. */
type RecoveryKill = Pick<KilledRunRequest, "points" | "at">;

/** Right after the first change that a recovery makes, before it is struck out. */
export const AFTER_CHANGE: RecoveryKill = { points: ["after"], at: 1 };
/** Right before its second one: the first is struck out. */
export const BEFORE_NEXT: RecoveryKill = { points: ["before"], at: 2 };

/**
 * Kills a run at each of its points in turn, and recovers from each. Of the one that comes to its end,
 * the recoveries are killed, too.
 */
export async function killAtEach(lab: TestLab, series: Series): Promise<KilledRun[]> {
  const before = await lab.use(snapshot);
  const runs: KilledRun[] = [];
  while (runs.length < MOST_POINTS && runs.at(-1)?.point !== null) {
    await inFolder(async (folder) => {
      const { point } = await kill(lab, folder, { ...series, at: runs.length + 1 });
      const pending = pendingIn(folder);
      if (point === null) runs.push(...await recoverKilled(lab, folder, AFTER_CHANGE));
      const recoverySeconds = await recover(lab, folder, before);
      runs.push(said({ work: series.work, point, pending, recoverySeconds }));
    });
  }
  return runs;
}

/** Kills the recoveries of a run that had come to its end. */
export async function killRecoveries(
  lab: TestLab,
  work: Pick<Series, "work" | "count">,
  recoveryKill: RecoveryKill,
): Promise<KilledRun[]> {
  const before = await lab.use(snapshot);
  const runs: KilledRun[] = [];
  await inFolder(async (folder) => {
    await kill(lab, folder, { ...work, points: ["end"], at: 1 });
    runs.push(...await recoverKilled(lab, folder, recoveryKill));
    await recover(lab, folder, before);
  });
  return runs;
}

/** Recovers and is killed, again and again, until a recovery comes to its end. */
async function recoverKilled(
  lab: TestLab,
  folder: string,
  recoveryKill: RecoveryKill,
): Promise<KilledRun[]> {
  const runs: KilledRun[] = [];
  const recovery = { work: "recover" as const, count: 0, ...recoveryKill };
  while (runs.length < MOST_POINTS && runs.at(-1)?.point !== null) {
    const { point, seconds: recoverySeconds } = await kill(lab, folder, recovery);
    const pending = pendingIn(folder);
    runs.push(said({ work: recovery.work, point, pending, recoverySeconds }));
  }
  return runs;
}

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  await Deno.mkdir(journalIn(folder));
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function journalIn(folder: string): string {
  return `${folder}/journal`;
}

/** Starts a run and waits until it is killed, or came to its end; its time is its whole life. */
async function kill(
  lab: TestLab,
  folder: string,
  series: Series & Pick<KilledRunRequest, "at">,
): Promise<{ readonly point: string | null; readonly seconds: number }> {
  const id = crypto.randomUUID();
  const folders = { journalFolder: journalIn(folder), machineFolder: `${folder}/${id}` };
  const request: KilledRunRequest = { ...series, ...folders, pipe: lab.pipe, id };
  const begin = performance.now();
  const { signal, code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", "--no-check", PROGRAM, JSON.stringify(request)],
  }).output();
  const seconds = (performance.now() - begin) / 1000;
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
  // What carried its words to the lab's agent outlives it.
  assert(await endMarked(id));
  if (signal === "SIGKILL") return { point: decode(stdout), seconds };
  assertEquals([code, signal], [0, null], decode(stderr));
  return { point: null, seconds };
}

/** Recovers, and asserts that the lab is as before and that a second recovery finds nothing to do. */
async function recover(lab: TestLab, folder: string, before: string): Promise<number> {
  const journals = journalIn(folder);
  return await lab.use(async (host) => {
    const begin = performance.now();
    const { restored, sentences } = await undoAbandoned(journals, host);
    const seconds = (performance.now() - begin) / 1000;
    assert(restored, sentences.join("\n"));
    await assertSettles(host, before);
    assertEquals(await undoAbandoned(journals, host), { sentences: [], restored: true });
    assertEquals([...Deno.readDirSync(journals)], []);
    return seconds;
  });
}

function pendingIn(folder: string): string[] {
  const journals = journalIn(folder);
  return [...Deno.readDirSync(journals)].filter(({ name }) => name.endsWith(".json"))
    .map(({ name }) => parseEntry(Deno.readTextFileSync(`${journals}/${name}`)))
    .flatMap((entry) => entry?.changes ?? []).map(({ setting }) => settingInWords(setting));
}

function said(run: KilledRun): KilledRun {
  console.log(rowOf(run));
  return run;
}

/** The runs as a table for a report; every one of them was recovered. */
export function tableOf(runs: readonly KilledRun[]): string {
  const head = [
    "| run | killed | pending | recovered | seconds |",
    "| --- | --- | --- | --- | --- |",
  ];
  return [...head, ...runs.map(rowOf)].join("\n");
}

function rowOf({ work, point, pending, recoverySeconds }: KilledRun): string {
  const last = pending.at(-1);
  const noted = last === undefined ? "0" : `${pending.length}, last ${last}`;
  const cells = [work, point ?? "came to its end", noted, "yes", recoverySeconds.toFixed(1)];
  return `| ${cells.join(" | ")} |`;
}

/** A folder with the journal of a run that was killed with these changes. */
export async function abandonedCopy(
  changes: readonly HostChange[],
): Promise<AsyncDisposable & { readonly folder: string }> {
  const folder = await Deno.makeTempDir();
  const entry = { id: crypto.randomUUID(), folders: [], changes };
  replaceEntry(folder, entry).close();
  return { folder, [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }) };
}
