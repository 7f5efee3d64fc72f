import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { Problem } from "../../problem.ts";
import { type Part, printed } from "../../runners/webgpu/webgpu_samples.ts";
import type { Section } from "../../runners/webgpu/webgpu_section.ts";
import {
  parseWebgpuView,
  readCompute,
  readMemory,
  readQueues,
} from "../../runners/webgpu/webgpu_view.ts";
import type { Observation } from "../result.ts";
import { buffersOnly, computes, oneQueue } from "./device.ts";

const GPU = {
  vendor: "4318",
  architecture: "",
  device: "9019",
  description: "NVIDIA H200",
  isFallbackAdapter: false,
};
const MEMBERS = ["createBuffer", "importExternalTexture", "queue"];

type Make = (webgpu: Section) => Observation;
const MAKERS: Readonly<Record<string, Make>> = {
  compute: (webgpu) => computes(GPU, readCompute(webgpu)),
  roundTrip: (webgpu) => computes(GPU, readCompute(webgpu)),
  queues: (webgpu) => oneQueue(GPU, readQueues(webgpu)),
  memory: (webgpu) => buffersOnly(GPU, readMemory(webgpu), MEMBERS),
};

const CREATED = {
  "MAP_READ with COPY_DST": null,
  "MAP_WRITE with COPY_SRC": null,
  "MAP_READ with STORAGE": "refused",
  "MAP_WRITE with STORAGE": "refused",
  "more than maxBufferSize": "refused",
};
const CALLS = { createQueue: "TypeError", getQueue: "TypeError", createCommandEncoder: null };

/** What makes an observation false, and words of the sentence that says so. */
const REFUTED: readonly (readonly [section: string, change: Part, words: string])[] = [
  ["compute", { right: 999 }, "999 of 1,000"],
  ["compute", { right: 0 }, "0 of 1,000"],
  ["queues", { isOne: false }, "not one object"],
  ["queues", { calls: { ...CALLS, createQueue: null } }, "createQueue"],
  ["queues", { members: ["submit", "priority"] }, "priority"],
  ["queues", { descriptorRead: ["label", "queues"] }, "queues"],
  ["queues", { queueRead: ["label", "priority"] }, "priority"],
  ["memory", { created: { ...CREATED, "MAP_READ with STORAGE": null } }, "MAP_READ with STORAGE"],
  ["memory", { whileMapped: null }, "work on a mapped buffer"],
  ["memory", { bytesAfterwards: 64 }, "memory that stays"],
  ["memory", { isShared: true }, "SharedArrayBuffer"],
];

/** What makes an observation decide nothing. */
const UNCONTROLLED: readonly (readonly [section: string, change: Part])[] = [
  ["roundTrip", { read: "there and gone" }],
  ["roundTrip", { written: "", read: "" }],
  ["compute", { rightWithAnotherMultiplier: 1000 }],
  ["compute", { brokenShader: null }],
  ["queues", { label: "" }],
  ["queues", { calls: { ...CALLS, createCommandEncoder: "TypeError" } }],
  ["queues", { unknownFeature: null }],
  ["memory", { created: { ...CREATED, "MAP_READ with COPY_DST": "refused" } }],
  ["memory", { created: { ...CREATED, "more than maxBufferSize": null } }],
  ["memory", { bytesWhileMapped: 0 }],
  ["memory", { afterwards: "refused: still mapped" }],
];

function make(section: string, change: Part): Observation {
  const { webgpu } = parseWebgpuView(printed({ [section]: change }));
  const maker = MAKERS[section];
  if (webgpu === null || maker === undefined) throw new Error(`no ${section}`);
  return maker(webgpu);
}

function allHeld({ controls }: Observation): boolean {
  return controls.every(({ held }) => held);
}

for (const section of Object.keys(MAKERS)) {
  Deno.test(`the observation of ${section} is true of a GPU, with controls of both kinds`, () => {
    const found = make(section, {});
    const kinds = new Set(found.controls.map(({ kind }) => kind));
    assertEquals([found.value, allHeld(found), kinds.size], [true, true, 2]);
    assertStringIncludes(found.seen, "the adapter NVIDIA H200");
  });
}

for (const [section, change, words] of REFUTED) {
  Deno.test(`the observation of ${section} is false where ${JSON.stringify(change)}`, () => {
    const found = make(section, change);
    assertEquals(found.value, false);
    assertStringIncludes(found.seen, words);
  });
}

for (const [section, change] of UNCONTROLLED) {
  Deno.test(`the observation of ${section} decides nothing where ${JSON.stringify(change)}`, () => {
    assertEquals(allHeld(make(section, change)), false);
  });
}

Deno.test("buffersOnly() is false for a device that takes memory from outside", () => {
  const { webgpu } = parseWebgpuView(printed());
  if (webgpu === null) throw new Error("no WebGPU");
  const members = [...MEMBERS, "importSharedBufferMemory"];
  assertEquals(buffersOnly(GPU, readMemory(webgpu), members).value, false);
});

Deno.test("what was not tried is a problem, never an answer", () => {
  const { "MAP_READ with STORAGE": _, ...created } = CREATED;
  assertThrows(() => make("memory", { created }), Problem, "MAP_READ with STORAGE");
  const { createQueue: __, ...calls } = CALLS;
  assertThrows(() => make("queues", { calls }), Problem, "createQueue");
});
