import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Verdict } from "../../suites/result.ts";
import { changesText, toldChange } from "./change_text.ts";
import { changesIn, suspectsIn } from "./changes.ts";
import { History } from "./history.ts";
import { nightsOf } from "./nights.ts";
import { addResult, sampleNight, sampleRatio, withFolder, withHistory } from "./testing/nights.ts";

const FACT = "03.2.2/fact/sysfs-procfs";
const SPEED = "11.3/io-performance/container";
const LINK = "06.1.1/fact/pcie-bandwidth";

/** The same on every night but for a little noise that has a period, so that no seed is needed. */
function noisy(ratio: number, night: number): number {
  return ratio * (1 + 0.004 * ((night * 7) % 5 - 2));
}

interface Told {
  readonly night: number;
  readonly ratio?: number;
  readonly fact?: Verdict;
  readonly kernel?: string;
}

function resultOf({ night, ratio = noisy(0.97, night), fact = "confirmed", kernel = "6.1" }: Told) {
  const interval = { low: ratio * 0.99, high: ratio * 1.01 };
  return sampleNight(night, {
    host: { kernel },
    verdicts: { [FACT]: fact, [SPEED]: "confirmed" },
    ratios: [sampleRatio({ arm: "container", workload: "rand-read", ratio, ...interval })],
  });
}

/** A history in which each night is told by its number; `second` is the run that confirms the last one. */
async function withNights(
  { nights, second }: { readonly nights: readonly Told[]; readonly second?: Told },
  test: (history: History, machine: string) => void,
): Promise<void> {
  await withFolder((folder) => {
    using history = History.open(`${folder}/h.sqlite`, { create: true });
    const runs = nights.map((told) => addResult(history, resultOf(told)).run);
    const last = runs.at(-1);
    assert(last !== undefined);
    if (second !== undefined) addResult(history, resultOf(second), last.id);
    test(history, last.machine);
  });
}

const QUIET = Array.from({ length: 30 }, (_, night): Told => ({ night }));

Deno.test("changesIn() finds nothing in nights that differ as they always did", async () => {
  await withNights({ nights: QUIET }, (history, machine) => {
    const nights = nightsOf(history, machine);
    assertEquals(changesIn(nights), []);
    assertEquals(suspectsIn(nights), []);
  });
});

Deno.test("changesIn() tells a flip once, when the second run of a night bears it out", async () => {
  const nights = [...QUIET, { night: 30, fact: "refuted" }] as const;
  await withNights({ nights }, (history, machine) => {
    assertEquals(suspectsIn(nightsOf(history, machine)), [FACT]);
    assertEquals(changesIn(nightsOf(history, machine)), []);
  });
  const second = { night: 30.2, fact: "refuted" } as const;
  await withNights({ nights, second }, (history, machine) => {
    const [change, ...others] = changesIn(nightsOf(history, machine));
    assert(change?.kind === "flip");
    assertEquals([change.claim, change.from, change.to], [FACT, "confirmed", "refuted"]);
    assertEquals([change.night, others.length], [30, 0]);
  });
});

Deno.test("changesIn() tells nothing that the second run does not bear out", async () => {
  const nights = [...QUIET, { night: 30, fact: "refuted", ratio: 0.8 }] as const;
  await withNights({ nights, second: { night: 30.2 } }, (history, machine) => {
    assertEquals(changesIn(nightsOf(history, machine)), []);
  });
});

Deno.test("changesIn() tells a ratio that moved, with what changed beside it", async () => {
  const moved = (night: number): Told => ({ night, ratio: noisy(0.85, night), kernel: "6.2" });
  const nights = [...QUIET, moved(30)];
  await withNights({ nights }, (history, machine) => {
    assertEquals(suspectsIn(nightsOf(history, machine)), [SPEED]);
  });
  await withNights(
    { nights: [...nights, moved(31), moved(32)], second: moved(32.2) },
    (history, machine) => {
      const [change, ...others] = changesIn(nightsOf(history, machine));
      assert(change?.kind === "drift");
      assertEquals(others, []);
      assertEquals(change.series, {
        experiment: "storage",
        workload: "rand-read",
        arm: "container",
      });
      assertEquals(change.configuration, ["kernel 6.1 -> 6.2"]);
      assert(change.change.high < 0.98 && change.before.ratio > 0.95 && change.after.ratio < 0.9);
    },
  );
});

for (const to of ["refuted", "inconclusive"] as const) {
  Deno.test(`changesIn() tells a verdict by figures that stays ${to}, though no ratio moved by much`, async () => {
    const nightOf = (night: number, verdict: Verdict, ratio: number) =>
      sampleNight(night, {
        verdicts: { [SPEED]: verdict },
        ratios: [sampleRatio({ arm: "container", ratio, low: ratio - 0.003, high: ratio + 0.003 })],
      });
    await withHistory((history) => {
      const runs = Array.from({ length: 60 }, (_, night) => {
        const result = night < 30
          ? nightOf(night, "confirmed", 0.957 + 0.0002 * (night % 5))
          : nightOf(night, to, 0.943 + 0.0002 * (night % 5));
        return addResult(history, result).run;
      });
      const [change, ...more] = changesIn(nightsOf(history, runs[0]?.machine ?? ""));
      assert(change?.kind === "flip");
      assertEquals([change.since, change.night, change.to, more.length], [30, 34, to, 0]);
    });
  });
}

Deno.test("changesIn() takes the verdict on a level for one on figures, not for an observation", async () => {
  const part = { name: "host-to-device", because: "A share of the link.", n: 12 };
  const nightOf = (night: number, verdict: Verdict) => {
    const result = sampleNight(night, { verdicts: { [LINK]: verdict } });
    return {
      ...result,
      claims: result.claims.map((claim) => ({ ...claim, parts: [{ ...part, verdict }] })),
    };
  };
  await withHistory((history) => {
    const verdicts = Array.from({ length: 40 }, (_, night) => night === 30 || night === 31);
    const runs = verdicts.map((slips, night) =>
      addResult(history, nightOf(night, slips ? "refuted" : "confirmed")).run
    );
    const nights = nightsOf(history, runs[0]?.machine ?? "");
    assertEquals([nights.claims[0]?.nights[30]?.byRatio, changesIn(nights)], [true, []]);
  });
});

Deno.test("toldChange() has a key that later nights do not change, and says what is beside it", async () => {
  const flipped = (night: number): Told => ({ night, fact: "refuted", kernel: "6.2" });
  const keys: string[] = [];
  for (const more of [[], [31, 32, 33]]) {
    const nights = [...QUIET, flipped(30), flipped(31), ...more.map((one) => flipped(one + 1))];
    await withNights({ nights }, (history, key) => {
      const [machine] = history.machines();
      const [change] = changesIn(nightsOf(history, key));
      assert(machine !== undefined && change !== undefined);
      const told = toldChange(machine, change);
      keys.push(told.key);
      assertStringIncludes(told.title, `${FACT} was confirmed, is refuted`);
      assertStringIncludes(told.body, "Changed at the same time: kernel 6.1 -> 6.2");
      assertStringIncludes(changesText(machine, [change]), told.title.split(": ")[1] ?? "?");
    });
  }
  assertEquals(keys.length, 2);
  assertEquals(keys[0], keys[1]);
});

Deno.test("changesIn() tells nothing of ratios that no claim rests on", async () => {
  const control = (told: Told) => {
    const result = resultOf({ night: told.night });
    const ratio = sampleRatio({ arm: "native-again", ratio: told.ratio ?? noisy(1, told.night) });
    const [experiment] = result.experiments;
    assert(experiment !== undefined);
    return { ...result, experiments: [{ ...experiment, ratios: [...experiment.ratios, ratio] }] };
  };
  await withFolder((folder) => {
    using history = History.open(`${folder}/h.sqlite`, { create: true });
    const nights = [...QUIET, { night: 30, ratio: 0.5 }, { night: 31, ratio: 0.5 }];
    const [run] = nights.map((told) => addResult(history, control(told)).run).slice(-1);
    const found = nightsOf(history, run?.machine ?? "");
    assertEquals(found.series.map(({ arm }) => arm).sort(), ["container", "native-again"]);
    assertEquals([changesIn(found), suspectsIn(found)], [[], []]);
  });
});
