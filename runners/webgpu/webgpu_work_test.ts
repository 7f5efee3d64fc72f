import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import fc from "fast-check";
import { Problem } from "../../problem.ts";
import type { Host } from "../host.ts";
import { liveHost } from "../seam/live.ts";
import { printedBy } from "./webgpu.ts";
import { COPY_DOCUMENT, type Part, PRODUCT_DOCUMENT } from "./webgpu_samples.ts";
import {
  implausibleWebgpuWork,
  parseWebgpuWork,
  runWebgpuWork,
  type WebgpuWorkRecord,
  type WebgpuWorkRequest,
} from "./webgpu_work.ts";

const PRODUCT: WebgpuWorkRequest = { operation: "product", size: 1024, repeats: 3 };
const LAUNCH: Part = {
  ...PRODUCT_DOCUMENT,
  operation: "launch",
  size: 32,
  workPerDispatch: 65536,
  batch: 1,
  seconds: [2e-5, 1e-5, 4e-5],
  completionSeconds: [0.012, 0.011, 0.013],
};

function recordOf(document: Part): WebgpuWorkRecord {
  return parseWebgpuWork(JSON.stringify(document));
}

/** Runs it here, with one place of the program changed. */
async function workHere(
  request: WebgpuWorkRequest,
  change: readonly [from: string, to: string] = ["", ""],
): Promise<WebgpuWorkRecord> {
  const live = await liveHost();
  try {
    const run: Host["run"] = ({ stdin = "", ...rest }) => {
      assertStringIncludes(stdin, change[0]);
      return live.run({ ...rest, stdin: stdin.replace(...change) });
    };
    return parseWebgpuWork(printedBy(await runWebgpuWork({ run } as Host, request)));
  } finally {
    await live.close();
  }
}

Deno.test("parseWebgpuWork() derives each rate from the median repeat and its batch", () => {
  const product = recordOf(PRODUCT_DOCUMENT);
  assertEquals(product.secondsPerDispatch, 0.26 / 500);
  assertEquals(product.flopsPerSecond, 2147483648 / (0.26 / 500));
  assertEquals([product.bandwidthBytesPerSecond, product.secondsPerLaunch], [null, null]);
  const copy = recordOf({ ...COPY_DOCUMENT, batch: 10, seconds: [2, 4], repeats: 2 });
  assertEquals([copy.bandwidthBytesPerSecond, copy.flopsPerSecond], [2 ** 30 / 0.3, null]);
  const launch = recordOf(LAUNCH);
  assertEquals([launch.secondsPerLaunch, launch.secondsPerCompletion], [2e-5, 0.012]);
  assertEquals([launch.flopsPerSecond, launch.bandwidthBytesPerSecond], [null, null]);
});

Deno.test("parseWebgpuWork() refuses what lacks a member or has another type", () => {
  for (const member of Object.keys(PRODUCT_DOCUMENT)) {
    for (const value of [undefined, "1", [[]], -1]) {
      if (member === "largestRelativeError" && value === undefined) continue;
      const text = JSON.stringify({ ...PRODUCT_DOCUMENT, [member]: value });
      assertThrows(() => parseWebgpuWork(text), Problem, member);
    }
  }
  const error = '{"error":"OperationError: device lost"}';
  assertThrows(() => parseWebgpuWork(error), Problem, "device lost");
});

Deno.test("parseWebgpuWork() gives a problem for any other JSON, and nothing worse", () => {
  fc.assert(fc.property(fc.json(), (text) => {
    assertThrows(() => parseWebgpuWork(text), Problem);
  }));
});

Deno.test("implausibleWebgpuWork() lets pass what a device can do", () => {
  assertEquals(implausibleWebgpuWork(recordOf(PRODUCT_DOCUMENT), PRODUCT, 4), null);
  const copy = { operation: "copy", size: 2 ** 30, repeats: 3 } as const;
  assertEquals(implausibleWebgpuWork(recordOf(COPY_DOCUMENT), copy, 4), null);
  const launch = { operation: "launch", size: 32, repeats: 3 } as const;
  assertEquals(implausibleWebgpuWork(recordOf(LAUNCH), launch, 1), null);
});

const IMPLAUSIBLE: readonly (readonly [change: Part, words: string])[] = [
  [{ operation: "copy" }, "was asked for"],
  [{ size: 512 }, "was asked for"],
  [{ repeats: 4 }, "was asked for"],
  [{ workPerDispatch: 1024 }, "a work of 1024"],
  [{ correct: false, largestRelativeError: 0.5 }, "wrong (relative error 0.5)"],
  [{ checkedElements: 0 }, "no element"],
  [{ knownRight: false }, "known"],
  [{ anotherRight: true }, "another result"],
  [{ batch: 0 }, "of 0 dispatches"],
  [{ seconds: [0.3, 0.3] }, "2 and 0 times"],
  [{ completionSeconds: [0.1] }, "3 and 1 times"],
  [{ seconds: [0.3, 0, 0.3] }, "no time"],
  [{ seconds: [0.3, 0.3, 5] }, "within 4 s"],
  [{ batch: 1e6 }, "no device does"],
  [{ seconds: [0.3, 0.3, 0.1] }, "looks only every 0.0113 s"],
];

Deno.test("implausibleWebgpuWork() refuses what is wrong, unchecked or cannot be", () => {
  for (const [change, words] of IMPLAUSIBLE) {
    const record = recordOf({ ...PRODUCT_DOCUMENT, ...change });
    assertStringIncludes(implausibleWebgpuWork(record, PRODUCT, 4) ?? "null", words);
  }
});

const REPEATS = { repeats: 2, repeatSeconds: 0 } as const;
const SMALL: readonly WebgpuWorkRequest[] = [
  { operation: "product", size: 64, ...REPEATS },
  { operation: "product", size: 288, ...REPEATS },
  { operation: "copy", size: 65536, ...REPEATS },
  { operation: "copy", size: 2 ** 21 + 8, ...REPEATS },
  { operation: "upload", size: 65536, ...REPEATS },
  { operation: "download", size: 2 ** 21 + 8, ...REPEATS },
  { operation: "launch", size: 32, repeats: 5 },
];
const [PRODUCT_HERE, , COPY_HERE] = SMALL;

for (const request of SMALL) {
  Deno.test(`runWebgpuWork() does the work "${request.operation}" of size ${request.size} right here`, async () => {
    const record = await workHere(request);
    const { correct, knownRight, anotherRight, seconds, checkedElements } = record;
    assertEquals([correct, knownRight, anotherRight], [true, true, false]);
    assertEquals([seconds.length, checkedElements > 0], [request.repeats, true]);
    assertEquals(implausibleWebgpuWork({ ...record, waitSeconds: 0 }, request, 60), null);
  });
}

Deno.test("runWebgpuWork() makes batches that take long where that was asked for", async () => {
  const request = { operation: "copy", size: 65536, ...REPEATS } as const;
  assertEquals((await workHere(request)).batch, 1);
  assert((await workHere({ ...request, repeatSeconds: 0.15 })).batch > 1);
});

/** Where the program goes wrong, and what then is no longer so. */
const WRONG: readonly (readonly [
  WebgpuWorkRequest | undefined,
  readonly [from: string, to: string],
])[] = [
  [PRODUCT_HERE, ["for (var k = 0u; k < T; k++)", "for (var k = 1u; k < T; k++)"]],
  [PRODUCT_HERE, ["t < N; t += T", "t < N - T; t += T"]],
  [PRODUCT_HERE, ["dispatchWorkgroups(rows / tile,", "dispatchWorkgroups(rows / tile - 1,"]],
  [COPY_HERE, ["copyBufferToBuffer(source, 0, target, 0, size))", "clearBuffer(target))"]],
  [COPY_HERE, ["(source, 0, target, 0, size))", "(source, 0, target, 0, size - 8))"]],
  [COPY_HERE, ["(source, 0, target, 0, size))", "(source, 0, target, 8, size - 8))"]],
];

for (const [request = PRODUCT, change] of WRONG) {
  Deno.test(`runWebgpuWork() sees a result that is wrong by "${change[1]}"`, async () => {
    assertEquals((await workHere(request, change)).correct, false);
  });
}

Deno.test("runWebgpuWork() has an error for work that cannot be done", async () => {
  for (const size of [0, 12, 72, 2 ** 52]) {
    const problem = await workHere({ operation: "product", size, ...REPEATS }).catch(String);
    assertStringIncludes(`${problem}`, "Cannot try WebGPU (document): it failed");
  }
});
