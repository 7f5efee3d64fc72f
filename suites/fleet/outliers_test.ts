import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Arm, Experiment, Ratio } from "../result.ts";
import { ratioOf } from "../statistics/ratios.ts";
import {
  type ComparableRatio,
  comparableRatios,
  findOutliers,
  type OutlierSubject,
} from "./outliers.ts";

function ratio(value: number, changes: Partial<ComparableRatio> = {}): ComparableRatio {
  return {
    ...{ experiment: "storage", workload: "seq-read", arm: "container", n: 12, work: "reads" },
    ...{ ratio: value, low: 0.99 * value, high: 1.01 * value, reach: 0.99, ...changes },
  };
}

/** Twenty hosts of one make with these ratios first, and the rest about 0.97. */
function fleet(first: readonly number[], changes: Partial<ComparableRatio> = {}): OutlierSubject[] {
  return Array.from({ length: 20 }, (_, index) => ({
    ...{ host: `gpu-${index}`, model: "a40", modelName: "2 x NVIDIA A40" },
    ratios: [ratio(first[index] ?? 0.96 + 0.001 * index, changes)],
  }));
}

function hostsFound(hosts: readonly OutlierSubject[]): string[] {
  return findOutliers(hosts).outliers.map(({ host }) => host);
}

Deno.test("findOutliers() tells of a host at half of the others' ratio, with the figures", () => {
  const [found] = findOutliers(fleet([0.48])).outliers;
  assert(found !== undefined);
  const { host, modelName, experiment, workload, arm, n, others, because } = found;
  assertEquals([host, modelName, experiment, workload, arm, n, others.count], [
    ...["gpu-0", "2 x NVIDIA A40", "storage", "seq-read", "container"],
    ...[12, 19],
  ]);
  assertEquals(
    because,
    "Its ratio of 0.480 (0.475 to 0.485) lies below what one more host like the 19 others of its make " +
      "may have: 0.895 to 1.052 about their median of 0.970.",
  );
});

Deno.test("findOutliers() holds no host against those of another make", () => {
  const odd = fleet([0.48]).slice(0, 1).map((host) => ({ ...host, model: "t4" }));
  assertEquals(hostsFound([...odd, ...fleet([]).slice(1)]), []);
});

Deno.test("findOutliers() holds no ratio against one of another series or of other work", () => {
  for (const changes of [{ arm: "vm" }, { workload: "seq-write" }, { work: "other reads" }]) {
    const odd = fleet([0.48], changes).slice(0, 1);
    assertEquals(hostsFound([...odd, ...fleet([]).slice(1)]), []);
  }
});

Deno.test("findOutliers() counts the hosts that a series compares, not those without usable ratios", () => {
  const [first, ...others] = fleet([0.24]);
  assert(first !== undefined);
  const other = { ...first, model: "t4", ratios: [ratio(1), ratio(1, { arm: "vm" })] };
  const unusable = others.slice(0, 6).map((host) => ({ ...host, ratios: [] }));
  const found = findOutliers([first, other, ...unusable, ...others.slice(6, 15)]);
  assertEquals(found, { outliers: [], mostCompared: 10 });
  assertEquals(findOutliers([]).mostCompared, 0);
});

const FIRST = fc.array(fc.double({ min: 0.05, max: 20, noNaN: true }), { maxLength: 4 });

Deno.test("findOutliers() does not depend on the order of the hosts", () => {
  fc.assert(fc.property(FIRST, fc.nat(19), (first, cut) => {
    const hosts = fleet(first);
    const turned = [...hosts.slice(cut), ...hosts.slice(0, cut)].reverse();
    assertEquals(findOutliers(turned), findOutliers(hosts));
  }));
});

Deno.test("findOutliers() finds the same hosts when all ratios are multiplied by one factor", () => {
  fc.assert(fc.property(FIRST, fc.double({ min: 0.1, max: 10, noNaN: true }), (first, factor) => {
    const scaled = fleet(first).map((host) => ({
      ...host,
      ratios: host.ratios.map((one) => ratio(factor * one.ratio)),
    }));
    assertEquals(hostsFound(scaled), hostsFound(fleet(first)));
  }));
});

const BLOCKS = 12;

function armOf(name: string, changes: Partial<Arm> = {}): Arm {
  return {
    name,
    title: name,
    missing: null,
    lacks: null,
    broken: null,
    degraded: null,
    ...changes,
  };
}

/** The ratio of each block of an arm that reaches `center`, within a hundredth. */
function ratioAbout(arm: string, center: number, blocks = BLOCKS): Ratio {
  const values = Array.from(
    { length: blocks },
    (_, block) => center * (0.995 + 0.001 * (block % 11)),
  );
  return ratioOf({ workload: "seq-read", arm }, values);
}

function experiment(
  { control = 1, blocks = BLOCKS, container = {} }: {
    readonly control?: number;
    readonly blocks?: number;
    readonly container?: Partial<Arm>;
  } = {},
): Experiment {
  return {
    ...{ name: "storage", title: "Storage", reference: "native", control: "native-again" },
    workloads: [{ name: "seq-read", title: "reads", unit: "B/s", better: "larger" }],
    arms: [armOf("native"), armOf("native-again"), armOf("container", container)],
    samples: [],
    ratios: [ratioAbout("native-again", control, blocks), ratioAbout("container", 0.97, blocks)],
    stopped: "decided",
  };
}

Deno.test("comparableRatios() gives each ratio but the control's, with how near that keeps to 1", () => {
  const [found, ...more] = comparableRatios([experiment()]);
  assert(found !== undefined && more.length === 0);
  assertEquals([found.arm, found.n, found.work], [
    "container",
    12,
    "reads, in B/s, larger is better",
  ]);
  assert(0.98 < found.reach && found.reach < 1);
});

Deno.test("comparableRatios() leaves out ratios that nothing can be said of", () => {
  const unusable = {
    "a control that fails": { control: 1.1 },
    "too few blocks": { blocks: 8 },
    "an arm that is missing": { container: { missing: "no Docker" } },
    "an arm that is degraded": { container: { degraded: "it ran under TCG" } },
  };
  for (const [why, changes] of Object.entries(unusable)) {
    assertEquals(comparableRatios([experiment(changes)]), [], why);
  }
});
