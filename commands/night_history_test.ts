import { assertEquals, assertMatch } from "@std/assert";
import { History } from "../reports/history/history.ts";
import { addResult, sampleNight, textOf, withFolder } from "../reports/history/testing/nights.ts";
import type { EndedRun } from "./bench_run.ts";
import { keep, suspectsOf } from "./night_history.ts";

const FACT = "03.2.2/fact/sysfs-procfs";

/** Puts what is told on standard error into `said`, until it is disposed of. */
function listening(said: string[]): DisposableStack {
  const stack = new DisposableStack();
  const { error } = console;
  stack.defer(() => console.error = error);
  console.error = (text: string) => said.push(text);
  return stack;
}

/** Adds five nights that confirm a fact and one that refutes it, and whatever `others` there are. */
async function suspectsAmong(others: readonly number[]) {
  const said: string[] = [];
  let suspects: string[] = [];
  await withFolder((folder) => {
    using _ = listening(said);
    const path = `${folder}/history.sqlite`;
    using history = History.open(path, { create: true });
    const add = (night: number, fact: "confirmed" | "refuted") =>
      addResult(history, sampleNight(night, { verdicts: { [FACT]: fact } })).run;
    for (const night of [0, 1, 2, 3, 4, ...others]) add(night, "confirmed");
    suspects = suspectsOf(path, add(5, "refuted"));
  });
  return { suspects, said };
}

Deno.test("suspectsOf() names the claims that are not as on the nights before", async () => {
  assertEquals(await suspectsAmong([]), { suspects: [FACT], said: [] });
});

Deno.test("suspectsOf() tells why it names none when the history holds a later night", async () => {
  const { suspects, said } = await suspectsAmong([9000]);
  assertEquals([suspects, said.length], [[], 1]);
  assertMatch(said[0] ?? "", /later run of this machine, run 6 of 2050-.*clocks was wrong: set/);
});

Deno.test("keep() tells when the host had other hardware, so that nothing is held against it", () =>
  withFolder((folder) => {
    const said: string[] = [];
    using _ = listening(said);
    const ended = { restored: true, sound: true, interrupted: false, lost: null, agreement: null };
    const keepNight = (night: number, cpuModel: string): void => {
      const result = sampleNight(night, { host: { cpuModel } });
      Deno.writeTextFileSync(`${folder}/result.json`, textOf(result));
      keep(`${folder}/history.sqlite`, { ...ended, result, folder } satisfies EndedRun, null);
    };
    for (const night of [0, 1]) keepNight(night, "Old");
    assertEquals(said, []);
    for (const night of [2, 3]) keepNight(night, "New");
    assertEquals(said.length, 1);
    assertMatch(said[0] ?? "", /other hardware \(processor Old -> New\), .* history of its own/);
  }));
