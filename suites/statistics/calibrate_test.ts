import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { calibrate, calibrationTable, type RuleShares } from "./calibrate.ts";

const rows = calibrate({ experiments: 200, seed: 3 });

function shares(noise: string, truth: string, rule = "cellproof"): RuleShares {
  const row = rows.find((one) => one.noise === noise && one.truth === truth);
  const found = row?.rules.find((one) => one.rule === rule);
  assert(found !== undefined, `no ${rule} under ${noise}, ${truth}`);
  return found;
}

Deno.test("calibrate() finds cellproof wrong in at most 2 % of each scenario of 200", () => {
  // The share to keep is 1 %; 4 of 200 is as far as chance alone carries it.
  for (const { noise, truth } of rows) {
    const { wrong } = shares(noise, truth);
    assert(wrong <= 0.02, `${noise}, ${truth}: ${wrong}`);
  }
});

Deno.test("calibrate() decides 10 % off at 2 % noise within 12 blocks in most experiments", () => {
  for (const truth of ["10 % above", "10 % below"]) {
    assert(shares("normal 2 %", truth).rightWithFew >= 0.88);
  }
});

Deno.test("calibrate() finds the rules of others wrong on a threshold", () => {
  assertEquals(shares("normal 2 %", "on 0.95", "mean of 3 runs").wrong, 1);
  assert(shares("normal 2 %", "on 0.95", "Mann-Whitney each block").wrong > 0.1);
});

Deno.test("calibrate() splits every experiment into wrong, right and inconclusive", () => {
  for (const { rules } of rows) {
    for (const { wrong, right, inconclusive } of rules) {
      assertAlmostEquals(wrong + right + inconclusive, 1, 1e-9);
    }
  }
});

Deno.test("calibrate() repeats itself when the seed is the same", () => {
  const options = { experiments: 5, seed: 1 };
  assertEquals(calibrate(options), calibrate(options));
});

Deno.test("calibrationTable() aligns a line for each scenario under its head", () => {
  const [title, , ...lines] = calibrationTable(rows).split("\n");
  assert(title?.includes("200 simulated experiments"));
  assertEquals(new Set(lines.map((line) => line.length)).size, 1);
  assertEquals(lines.length, rows.length + 3);
});
