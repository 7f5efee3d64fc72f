/**
 * Work through the interface that is checked element by element.
 *
 * @module
 */
import type { WebgpuWorkRecord, WebgpuWorkRequest } from "../../runners/webgpu/webgpu_work.ts";
import { negative, observed, positive } from "../probe.ts";
import type { Observation } from "../result.ts";
import { nameOf } from "./adapter.ts";
import { grouped } from "./grouped.ts";

/** Small enough for a check of every element, and once is enough: nothing here is about time. */
const ONCE = { repeats: 1, repeatSeconds: 0 } as const;
export const PRODUCT: WebgpuWorkRequest = { operation: "product", size: 128, ...ONCE };
export const COPY: WebgpuWorkRequest = { operation: "copy", size: 2 ** 20, ...ONCE };

/** `webgpu/matrix-product` */
export function matrixProduct(record: WebgpuWorkRecord): Observation {
  const { adapter, size, checkedElements, largestRelativeError: error } = record;
  return observed("webgpu/matrix-product", {
    value: record.correct && checkedElements > 0,
    seen: `on ${nameOf(adapter)}, ${grouped(checkedElements)} elements of a product of two ` +
      `${size} x ${size} matrices differ from the same in float64 by at most ` +
      `${error === null ? "an unknown part" : error.toExponential(1)} of their root mean square`,
    controls: [
      positive(
        "the identity times a matrix gives this matrix exactly",
        record.knownRight,
        record.knownRight ? "every element is the same" : "elements differ",
      ),
      negative(
        "the same comparison fails with the rows in another order",
        !record.anotherRight,
        record.anotherRight ? "it passes" : "it fails",
      ),
    ],
  });
}

/** `webgpu/copies` */
export function copies(record: WebgpuWorkRecord): Observation {
  const { adapter, size, checkedElements, correct } = record;
  return observed("webgpu/copies", {
    value: correct && checkedElements > 0,
    seen: `of ${grouped(size)} bytes that ${nameOf(adapter)} copied from one buffer to another, ` +
      `${grouped(checkedElements)} were compared: ${correct ? "all are the same" : "some differ"}`,
    controls: [
      positive(
        "the buffer that is copied holds what was written to it",
        record.knownRight,
        record.knownRight ? "every byte is the same" : "bytes differ",
      ),
      negative(
        "before the copy, the same comparison fails",
        !record.anotherRight,
        record.anotherRight ? "it passes" : "it fails",
      ),
    ],
  });
}
