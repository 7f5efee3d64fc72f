import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type Outcome, type Stage, withStage } from "./testing.ts";

/**
 * A mock of `deno`, for a real night takes most of an hour: it notes each call, writes what the real
 * command would, and exits as a variable named after the command says.
 */
const DENO = `#!/usr/bin/env bash
printf '%s\\n' "$*" >> "$STAGE/calls"
case "$2 $3" in
  "history changes") echo "[]"; exit "\${CHANGES:-0}" ;;
  "site "*) exit "\${SITE:-0}" ;;
  "bench "*) exit "\${BENCH:-0}" ;;
  "recover ") exit "\${RECOVER:-0}" ;;
esac
exit 9
`;

async function night(
  stage: Stage,
  env: Readonly<Record<string, string>> = {},
): Promise<Outcome & { readonly calls: string[]; readonly changes: string }> {
  stage.standIn("deno", DENO);
  const outcome = await stage.run("night.sh", [stage.path("state"), stage.path("result")], env);
  const calls = stage.read("calls").trimEnd().split("\n")
    .map((line) => line.replaceAll(stage.path(""), ""));
  return { ...outcome, calls, changes: stage.read("state/changes.json") };
}

const MEASURED = [
  "task recover",
  "task bench --budget 45m --history state/history.sqlite --confirm --out result",
  "task recover",
];
const RENDERED = [
  "task history changes --db state/history.sqlite --json",
  "task site --db state/history.sqlite --out state/site",
];

Deno.test("night.sh puts the host back before and after, then renders", () =>
  withStage(async (stage) => {
    const { code, calls, changes } = await night(stage);
    assertEquals([code, calls], [0, [...MEASURED, ...RENDERED]]);
    assertEquals(changes, "[]\n");
  }));

for (const status of [100, 101]) {
  Deno.test(`night.sh renders a night that ends with ${status}, and ends so, too`, () =>
    withStage(async (stage) => {
      const { code, calls } = await night(stage, { BENCH: String(status) });
      assertEquals([code, calls.length], [status, MEASURED.length + RENDERED.length]);
    }));
}

for (const status of [1, 2, 3, 130]) {
  Deno.test(`night.sh puts the host back, and renders nothing, after a ${status}`, () =>
    withStage(async (stage) => {
      const { code, calls, changes } = await night(stage, { BENCH: String(status) });
      assertEquals([code, calls], [status, MEASURED]);
      assertEquals(changes, "");
    }));
}

Deno.test("night.sh does not measure on a host that could not be put back", () =>
  withStage(async (stage) => {
    const { code, calls } = await night(stage, { RECOVER: "3" });
    assertEquals([code, calls], [3, ["task recover"]]);
  }));

for (const step of ["CHANGES", "SITE"]) {
  Deno.test(`night.sh tells of a night that could not be rendered (${step})`, () =>
    withStage(async (stage) => {
      await Deno.mkdir(stage.path("state"));
      await Deno.writeTextFile(stage.path("state/changes.json"), "yesterday's");
      const { code, changes } = await night(stage, { [step]: "2" });
      assertEquals([code, changes], [2, ""]);
      // What the claims came to matters more.
      assertEquals((await night(stage, { [step]: "2", BENCH: "100" })).code, 100);
    }));
}

Deno.test("night.sh holds the night to its expectations where there are some, and says how to", () =>
  withStage(async (stage) => {
    const expect = stage.path("expect.json");
    const without = await night(stage, { EXPECT: expect, BUDGET: "20m" });
    assertStringIncludes(
      without.stderr,
      `deno task expect ${stage.path("result")} --out ${expect}`,
    );
    assert(!without.calls.some((call) => call.includes("--expect")));
    await Deno.writeTextFile(expect, "{}");
    const held = await night(stage, { EXPECT: expect, BUDGET: "20m" });
    const bench = "task bench --budget 20m --history state/history.sqlite --confirm --out result " +
      "--expect expect.json";
    assert(held.calls.includes(bench));
    assertEquals(held.stderr, "");
  }));

Deno.test("night.sh takes no folder's name for more than one", () =>
  withStage(async (stage) => {
    stage.standIn("deno", DENO);
    const state = stage.path("a state; with $(spaces)");
    assertEquals((await stage.run("night.sh", [state])).code, 0);
    assert(/--out \S+\/a state; with \$\(spaces\)\/results\/\S+Z$/m.test(stage.read("calls")));
  }));
