import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { normal } from "./calibrate_noise.ts";
import { FEWEST_HOSTS, type HostRatio, unlikeHosts } from "./outlier.ts";
import { randomOf } from "./random.ts";

/** A host whose interval reaches 1 % to both sides, and whose control keeps as near to 1. */
function host(ratio: number, changes: Partial<HostRatio> = {}): HostRatio {
  return { ratio, low: 0.99 * ratio, high: 1.01 * ratio, reach: 0.99, ...changes };
}

/** Hosts of one make about 0.97, with 3 % of noise. */
function quietHosts(count: number, seed = 1): HostRatio[] {
  const random = randomOf(["outlier_test", seed]);
  return Array.from({ length: count }, () => host(0.97 * Math.exp(0.03 * normal(random))));
}

function ratiosFound(hosts: readonly HostRatio[]): number[] {
  return unlikeHosts(hosts).map((found) => found.host.ratio);
}

Deno.test("unlikeHosts() finds none where hosts differ by noise alone", () => {
  for (const count of [FEWEST_HOSTS, 20, 200]) {
    assertEquals(ratiosFound(quietHosts(count, count)), []);
  }
});

Deno.test("unlikeHosts() tells of a host at half what the others have", () => {
  const [found, ...more] = unlikeHosts([host(0.48), ...quietHosts(19)]);
  assert(found !== undefined && more.length === 0);
  const { host: { ratio }, others: { count, median, low, high } } = found;
  assertEquals([ratio, count], [0.48, 19]);
  assert(0.5 < low && low < median && median < high);
  assert(0.95 < median && median < 0.99);
});

Deno.test("unlikeHosts() finds two and three bad hosts among twenty, on both sides", () => {
  for (const bad of [[0.45, 0.48], [0.45, 0.46, 0.47], [0.3, 0.45, 2.1]]) {
    assertEquals(
      ratiosFound([...quietHosts(20 - bad.length), ...bad.map((one) => host(one))]),
      bad,
    );
  }
});

Deno.test("unlikeHosts() takes no group of hosts for outliers", () => {
  for (const share of [10, 7, 4]) {
    const others = quietHosts(share).map(({ ratio }) => host(ratio / 2));
    assertEquals(ratiosFound([...quietHosts(20 - share), ...others]), []);
  }
});

Deno.test("unlikeHosts() says nothing of few hosts", () => {
  const many = [host(0.3), ...quietHosts(FEWEST_HOSTS - 1)];
  assertEquals(ratiosFound(many), [0.3]);
  assertEquals(ratiosFound(many.slice(0, -1)), []);
});

Deno.test("unlikeHosts() spares a host whose interval or control may explain it", () => {
  const others = quietHosts(19);
  assertEquals(ratiosFound([host(0.4), ...others]), [0.4]);
  assertEquals(ratiosFound([host(0.4, { high: 0.9 }), ...others]), []);
  assertEquals(ratiosFound([host(0.4, { reach: 0.4 }), ...others]), []);
});

Deno.test("unlikeHosts() takes hosts that hardly differ at all for alike", () => {
  const others = Array.from({ length: 19 }, (_, index) => host(0.97 + index * 1e-6));
  const exact = (ratio: number) => host(ratio, { low: ratio, high: ratio, reach: 1 });
  assertEquals(ratiosFound([exact(0.955), ...others]), []);
  assertEquals(ratiosFound([exact(0.945), ...others]), [0.945]);
});

const RATIO = fc.double({ min: 0.05, max: 20, noNaN: true });
const HOSTS = fc.array(fc.oneof(RATIO, fc.double({ min: 0.96, max: 0.98, noNaN: true })), {
  minLength: FEWEST_HOSTS,
  maxLength: 60,
});

Deno.test("unlikeHosts() never finds the middle host, nor more than every seventh", () => {
  fc.assert(fc.property(HOSTS, (ratios) => {
    const found = ratiosFound(ratios.map((ratio) => host(ratio)));
    const sorted = ratios.toSorted((a, b) => a - b);
    assert(!found.includes(sorted[Math.floor(sorted.length / 2)] ?? NaN));
    assert(found.length <= 0.15 * ratios.length);
  }));
});

Deno.test("unlikeHosts() finds the same hosts in the mirror", () => {
  fc.assert(fc.property(HOSTS, (ratios) => {
    const found = ratiosFound(ratios.map((ratio) => host(ratio, { low: ratio, high: ratio })));
    const mirrored = ratiosFound(
      ratios.map((ratio) => host(1 / ratio, { low: 1 / ratio, high: 1 / ratio })),
    );
    assertEquals(mirrored.length, found.length);
  }));
});
