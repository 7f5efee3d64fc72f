/**
 * The device: what it computes, its queue, and its memory.
 *
 * @module
 */
import { shorten } from "../../problem.ts";
import { outcomeOf } from "../../runners/webgpu/webgpu_section.ts";
import type {
  AdapterInfo,
  ComputeView,
  MemoryView,
  QueuesView,
} from "../../runners/webgpu/webgpu_view.ts";
import { negative, observed, positive } from "../probe.ts";
import type { Observation } from "../result.ts";
import { nameOf } from "./adapter.ts";
import { grouped } from "./grouped.ts";

/** Buffers that a shader could reach while the processor has them mapped. */
const SHARED = ["MAP_READ with STORAGE", "MAP_WRITE with STORAGE"];
/** Buffers that only a copy joins to the rest. */
const COPIED = ["MAP_READ with COPY_DST", "MAP_WRITE with COPY_SRC"];
const TOO_LARGE = "more than maxBufferSize";
/** Members of a device through which memory could come in from outside. */
const SHARING = /shar(e|ing)|external|pointer|native|import.*(buffer|memory)/i;
const FURTHER_QUEUES = ["createQueue", "getQueue"];
const LONGEST_ERROR = 120;

const said = (error: string | null): string =>
  error === null ? "it was taken" : shorten(error, LONGEST_ERROR);

/** `webgpu/computes` */
export function computes(adapter: AdapterInfo, view: ComputeView): Observation {
  const { count, right, rightWithAnotherMultiplier: others, first, written, read } = view;
  const samples = first.length === 0 ? "" : ` (they begin ${first.map(grouped).join(", ")})`;
  return observed("webgpu/computes", {
    value: right === count && count > 0,
    seen:
      `on ${nameOf(adapter)}, ${grouped(right)} of ${
        grouped(count)
      } results of a compute shader are ` +
      `those of the processor${samples}`,
    controls: [
      positive(
        "bytes that are written to a buffer come back by a copy and a mapping",
        written !== "" && written === read,
        `"${shorten(written)}" came back as "${shorten(read)}"`,
      ),
      negative(
        "a shader with another multiplier gives none of these results",
        others === 0,
        `${grouped(others)} of ${grouped(count)} are the same`,
      ),
      negative(
        "a shader that is no program is refused",
        view.brokenShader !== null,
        said(view.brokenShader),
      ),
    ],
  });
}

/** `webgpu/one-queue` */
export function oneQueue(adapter: AdapterInfo, view: QueuesView): Observation {
  const further = furtherQueues(view);
  const read = [...new Set(view.descriptorRead)].join(", ") || "nothing";
  const encoder = outcomeOf(view.calls, "createCommandEncoder");
  return observed("webgpu/one-queue", {
    value: further.length === 0,
    seen: further.length === 0
      ? `a device of ${nameOf(adapter)} has one queue; ${FURTHER_QUEUES.join(" and ")} do not ` +
        `exist, and of a descriptor that asks for queues with priorities it reads ${read}`
      : `a device of ${nameOf(adapter)} offers more than one plain queue: ${further.join(", ")}`,
    controls: [
      positive(
        "createCommandEncoder, called in the same way, works, and the label asked for is given",
        encoder === null && view.label === "labelled",
        `${encoder ?? "it works"}; the label is "${shorten(view.label)}"`,
      ),
      negative(
        "a device with a feature that does not exist is refused",
        view.unknownFeature !== null,
        said(view.unknownFeature),
      ),
    ],
  });
}

/** Whatever would be a second queue or a priority, by the name under which it was found. */
function furtherQueues(view: QueuesView): string[] {
  return [
    ...view.isOne ? [] : ["device.queue is not one object"],
    ...FURTHER_QUEUES.filter((name) => outcomeOf(view.calls, name) === null),
    ...view.deviceMembers.filter((name) => /queue/i.test(name) && name !== "queue"),
    ...view.queueMembers.filter((name) => /priorit|stream/i.test(name)),
    ...view.descriptorRead.filter((name) => /queue/i.test(name) && name !== "defaultQueue"),
    ...view.queueRead.filter((name) => name !== "label"),
  ];
}

/** `webgpu/buffers-only` */
export function buffersOnly(
  adapter: AdapterInfo,
  view: MemoryView,
  deviceMembers: readonly string[],
): Observation {
  const shared = sharedMemory(view, deviceMembers);
  const { bytesWhileMapped: before, bytesAfterwards: after } = view;
  return observed("webgpu/buffers-only", {
    value: shared.length === 0,
    seen: shared.length === 0
      ? `a device of ${nameOf(adapter)}, with all ${view.features} features of it, refuses ` +
        `${SHARED.join(" and ")}, and work on a buffer that is mapped (${
          said(view.whileMapped)
        }); ` +
        `mapped memory is gone when it is unmapped (${before} bytes, then ${after})`
      : `memory is shared with a device of ${nameOf(adapter)}: ${shared.join(", ")}`,
    controls: [
      positive(
        "buffers that are mapped and copied are taken, and hold bytes while they are mapped",
        COPIED.every((usage) => outcomeOf(view.created, usage) === null) && before > 0,
        [
          ...COPIED.map((usage) => `${usage}: ${said(outcomeOf(view.created, usage))}`),
          `${before} bytes`,
        ]
          .join("; "),
      ),
      positive(
        "the same work is done when the buffer is no longer mapped",
        view.afterwards === null,
        said(view.afterwards),
      ),
      negative(
        "a buffer larger than the device's limit is refused",
        outcomeOf(view.created, TOO_LARGE) !== null,
        said(outcomeOf(view.created, TOO_LARGE)),
      ),
    ],
  });
}

/** Whatever would be shared memory, by the name under which it was found. */
function sharedMemory(view: MemoryView, deviceMembers: readonly string[]): string[] {
  return [
    ...SHARED.filter((usage) => outcomeOf(view.created, usage) === null),
    ...view.whileMapped === null ? ["work on a mapped buffer"] : [],
    ...view.bytesAfterwards === 0 ? [] : ["mapped memory that stays"],
    ...view.isShared ? ["a SharedArrayBuffer"] : [],
    ...deviceMembers.filter((name) => SHARING.test(name) && name !== "importExternalTexture"),
  ];
}
