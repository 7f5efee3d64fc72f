import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { fioArguments, type FioRequest, implausible, parseFio } from "./fio.ts";
import { Problem } from "../problem.ts";

const REQUEST: FioRequest = {
  name: "rand-read",
  filename: "/data/a:b",
  pattern: "randread",
  blockSizeBytes: 4096,
  iodepth: 32,
  sizeBytes: 1 << 30,
  runtimeSeconds: 0.5,
  seed: 7,
};

const IDLE = {
  io_bytes: 0,
  bw_bytes: 0,
  iops: 0,
  runtime: 0,
  total_ios: 0,
  lat_ns: {},
  clat_ns: {},
};
const BUSY = {
  io_bytes: 100 * 4096,
  bw_bytes: 819200,
  iops: 200,
  runtime: 500,
  total_ios: 100,
  lat_ns: { min: 1, max: 2e6, mean: 1e6, stddev: 1, N: 100 },
  clat_ns: { mean: 1e6, percentile: { "50.000000": 9e5, "99.000000": 19e5 } },
};

function output(job: Record<string, unknown>, version = "fio-3.33"): string {
  const jobs = [{ jobname: "x", error: 0, read: BUSY, write: IDLE, ...job }];
  return JSON.stringify({ "fio version": version, jobs }, null, 2) + "\n";
}

Deno.test("parseFio() reads the busy direction in base units", () => {
  const record = parseFio(output({ read: IDLE, write: BUSY }));
  assertEquals(record.version, "3.33");
  assertEquals(record.iops, 200);
  assertAlmostEquals(record.latencyMeanSeconds, 1e-3);
  assertAlmostEquals(record.runtimeSeconds, 0.5);
  assertAlmostEquals(record.latencyP99Seconds ?? NaN, 19e-4);
});

for (const version of ["fio-3.16", "fio-3.28", "fio-3.40", "fio-3.36-dirty"]) {
  Deno.test(`parseFio() reads ${version}`, () => {
    assertEquals(parseFio(output({}, version)).version, version.slice(4));
  });
}

Deno.test("parseFio() finds the JSON among notes before and after it", () => {
  const note = "fio: cache invalidation of /dev/loop0 failed: Operation not permitted {errno 1}\n";
  assertEquals(parseFio(note + output({}) + "fio: a note {x}\n").operations, 100);
});

Deno.test("parseFio() reads output without percentiles", () => {
  const read = { ...BUSY, clat_ns: { mean: 1 } };
  assertEquals(parseFio(output({ read })).latencyP99Seconds, null);
});

const GARBAGE: Record<string, string> = {
  "nothing": "",
  "half a document": output({}).slice(0, 200),
  "no JSON": "fio: engine libaio not loadable\nfio: failed to load engine\n",
  "another tool's JSON": '{\n  "jobs": []\n}\n',
  "a failed job": output({ error: 5 }),
  "an idle job": output({ read: IDLE }),
  "both directions": output({ write: BUSY }),
  "a negative figure": output({ read: { ...BUSY, iops: -1 } }),
  "a figure as text": output({ read: { ...BUSY, iops: "200" } }),
  "a missing latency": output({ read: { ...BUSY, lat_ns: {} } }),
};
for (const [name, text] of Object.entries(GARBAGE)) {
  Deno.test(`parseFio() refuses ${name}`, () => {
    assertThrows(() => parseFio(text), Problem, "read fio's output");
  });
}

Deno.test("implausible() accepts what a device can do", () => {
  assertEquals(implausible(parseFio(output({})), REQUEST, 1), null);
});

const IMPOSSIBLE: Record<string, [Record<string, unknown>, number]> = {
  "more in flight than the depth": [{ lat_ns: { mean: 1e9, max: 1e9 } }, 1],
  "bytes that are not operations times block size": [{ io_bytes: 1 }, 1],
  "more time inside than outside": [{}, 0.4],
  "an early end": [{ runtime: 100, bw_bytes: 4096000 }, 1],
  "no operations a second": [{ iops: 0 }, 1],
  "operations a second that are not operations over time": [{ iops: 7 }, 1],
  "no latency": [{ lat_ns: { mean: 0, max: 0 } }, 1],
  "a bandwidth that is not bytes over time": [{ bw_bytes: 9e9 }, 1],
};
for (const [name, [change, wall]] of Object.entries(IMPOSSIBLE)) {
  Deno.test(`implausible() refuses ${name}`, () => {
    const record = parseFio(output({ read: { ...BUSY, ...change } }));
    assert(implausible(record, REQUEST, wall) !== null);
  });
}

const OPTIONS = {
  ...{ filename: "/data/a\\:b", rw: "randread", bs: "4096", iodepth: "32", direct: "1" },
  ...{ size: `${1 << 30}`, randseed: "7" },
};
Deno.test("implausible() accepts the job that was asked for", () => {
  assertEquals(implausible(parseFio(output({ "job options": OPTIONS })), REQUEST, 1), null);
});

const OTHER_JOBS: Record<string, Record<string, unknown>> = {
  "buffered IO": { "job options": { ...OPTIONS, direct: "0" } },
  "another file": { "job options": { ...OPTIONS, filename: "/etc/fstab" } },
  "another block's output": { "job options": { ...OPTIONS, randseed: "6" } },
  "writes for reads": { read: IDLE, write: BUSY },
};
for (const [name, job] of Object.entries(OTHER_JOBS)) {
  Deno.test(`implausible() refuses ${name}`, () => {
    assert(implausible(parseFio(output(job)), REQUEST, 1) !== null);
  });
}

Deno.test("fioArguments() keeps a colon in the file name from naming two files", () => {
  assert(fioArguments(REQUEST).includes("--filename=/data/a\\:b"));
});
