import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { Problem } from "../../problem.ts";
import { type Part, printed, WEBGPU } from "./webgpu_samples.ts";
import type { Section } from "./webgpu_section.ts";
import {
  parseWebgpuView,
  readAdapter,
  readAdapters,
  readCompute,
  readLargestBuffer,
  readMemory,
  readQueues,
} from "./webgpu_view.ts";

const READERS: Readonly<Record<string, (webgpu: Section) => unknown>> = {
  compute: readCompute,
  roundTrip: readCompute,
  adapters: readAdapters,
  queues: readQueues,
  memory: readMemory,
  largestBuffer: readLargestBuffer,
};

function webgpuOf(text: string): Section {
  const { webgpu } = parseWebgpuView(text);
  if (webgpu === null) throw new Error("no WebGPU");
  return webgpu;
}

function documentWith(webgpu: unknown): string {
  return JSON.stringify({ deno: "2.9.6", attempts: { "open /dev/null": null }, webgpu });
}

Deno.test("parseWebgpuView() reads a whole document", () => {
  const view = parseWebgpuView(printed());
  assertEquals([view.deno, view.attempts.get("run cat /dev/null")?.slice(0, 10)], [
    "2.9.6",
    "NotCapable",
  ]);
  const webgpu = webgpuOf(printed());
  assertEquals(readAdapter(webgpu)?.description, "NVIDIA H200");
  assertEquals(readCompute(webgpu).right, 1000);
  assertEquals(readAdapters(webgpu).calls.get("requestAdapter"), null);
  assertEquals(readQueues(webgpu).queueRead, ["label"]);
  assertEquals(readMemory(webgpu).bytesWhileMapped, 64);
  assertEquals(readLargestBuffer(webgpu)?.bytes, 2147483647);
});

Deno.test("parseWebgpuView() takes a runtime without WebGPU, and one without an adapter", () => {
  assertEquals(parseWebgpuView(documentWith(null)).webgpu, null);
  assertEquals(readAdapter(webgpuOf(documentWith({ members: [], adapter: null }))), null);
});

Deno.test("parseWebgpuView() refuses what is no document", () => {
  const good = printed();
  const others = [
    "",
    "null",
    "[]",
    "7",
    "{}",
    "Segmentation fault",
    good.slice(0, -2),
    good + good,
  ];
  const without = ["deno", "attempts", "webgpu"].map((name) =>
    JSON.stringify({ ...JSON.parse(good), [name]: undefined })
  );
  for (const text of [...others, ...without, documentWith([]), documentWith("x")]) {
    assertThrows(() => parseWebgpuView(text), Problem, "printed about WebGPU");
  }
});

Deno.test("parseWebgpuView() gives a problem for any other JSON, and nothing worse", () => {
  fc.assert(fc.property(fc.json(), (text) => {
    try {
      for (const read of Object.values(READERS)) read(webgpuOf(documentWith(JSON.parse(text))));
    } catch (error) {
      assertEquals(error instanceof Problem || `${error}` === "Error: no WebGPU", true, `${error}`);
    }
  }));
});

Deno.test("each reader refuses a section that lacks a member, or has another type", () => {
  for (const [name, read] of Object.entries(READERS)) {
    for (const member of Object.keys(WEBGPU[name] ?? {})) {
      if (member === "expectedFirst") continue;
      for (const value of [undefined, [[]], -1.5]) {
        const change: Part = { [member]: value };
        assertThrows(() => read(webgpuOf(printed({ [name]: change }))), Problem, member);
      }
    }
  }
});

Deno.test("each reader tells the error that the program met, and leaves the others alone", () => {
  const webgpu = webgpuOf(printed({ compute: { error: "OperationError: device lost" } }));
  assertThrows(() => readCompute(webgpu), Problem, "device lost");
  assertEquals(readMemory(webgpu).features, 15);
  assertThrows(() => webgpuOf(documentWith({ error: "no device" })), Problem, "no device");
});

Deno.test("readCompute() refuses more right results than there are", () => {
  const webgpu = webgpuOf(printed({ compute: { right: 1001 } }));
  assertThrows(() => readCompute(webgpu), Problem, "right");
});

Deno.test("readLargestBuffer() is null where a GPU's memory was left alone", () => {
  const webgpu = webgpuOf(documentWith({ largestBuffer: null }));
  assertEquals(readLargestBuffer(webgpu), null);
});

Deno.test("readAdapter() reads what a runtime withholds as empty or unknown", () => {
  const info = { vendor: "nvidia", description: null };
  assertEquals(readAdapter(webgpuOf(documentWith({ adapter: info }))), {
    vendor: "nvidia",
    architecture: "",
    device: "",
    description: "",
    isFallbackAdapter: null,
  });
});
