import { assert, assertEquals } from "@std/assert";
import { calibrateChange, type ChangeShares } from "./calibrate_change.ts";
import { RUN_NOISES } from "./calibrate_change_noise.ts";
import { changeTable } from "./calibrate_change_table.ts";

const rows = calibrateChange({ histories: 150, seed: 3 });

function shares(scenario: string, rule = "cellproof"): ChangeShares {
  const found = rows.find((row) => row.scenario === scenario)?.rules.find((one) =>
    one.rule === rule
  );
  assert(found !== undefined, `no ${rule} for ${scenario}`);
  return found;
}

Deno.test("calibrateChange() finds false alarms in at most 3 % of 150 quiet histories", () => {
  // The share to keep is 1 %; 4 of 150 is as far as chance alone carries it.
  for (const { name: noise } of RUN_NOISES) {
    const { alarmed, secondRuns } = shares(noise);
    assert(alarmed <= 0.03, `${noise}: ${alarmed}`);
    assert(secondRuns < 25, `${noise}: ${secondRuns} second runs`);
  }
});

Deno.test("calibrateChange() finds a step of 10 % at 3 % noise within 3 nights after 100", () => {
  const { alarmed, medianNights } = shares("10 % up, night 100");
  assert(alarmed >= 0.92, `${alarmed}`);
  assertEquals(medianNights, 2);
});

Deno.test("calibrateChange() finds the rules of others blind or restless", () => {
  assertEquals(shares("10 % down", "previous x 200 %").alarmed, 0);
  assert(shares("10 % down", "z-score above 5").alarmed < 0.3);
  assertEquals(shares("log-normal", "Welch, two runs").alarmed, 1);
});

Deno.test("calibrateChange() repeats itself when the seed is the same", () => {
  const options = { histories: 3, seed: 1 };
  assertEquals(calibrateChange(options), calibrateChange(options));
});

Deno.test("changeTable() aligns a line for each scenario under its head", () => {
  const lines = changeTable(rows).split("\n");
  assertEquals(lines.filter((line) => line.startsWith("In % of 150")).length, 2);
  assertEquals(
    new Set(lines.filter((line) => line.includes("|")).map(({ length }) => length)).size,
    1,
  );
  for (const { scenario } of rows) assert(lines.some((line) => line.startsWith(`${scenario} `)));
});
