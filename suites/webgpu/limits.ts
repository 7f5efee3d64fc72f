/**
 * The limits of the interface, beside what the device has.
 *
 * @module
 */
import { shorten } from "../../problem.ts";
import type { AdapterInfo, LargestBufferView } from "../../runners/webgpu/webgpu_view.ts";
import { lacking, negative, observed, positive } from "../probe.ts";
import type { Observation } from "../result.ts";
import { isSoftware, nameOf } from "./adapter.ts";
import { grouped } from "./grouped.ts";

const NAME = "webgpu/limits-below-memory";
const LONGEST_ERROR = 120;

const show = (bytes: number): string => `${grouped(bytes)} bytes`;
const said = (error: string | null): string =>
  error === null ? "it was taken" : shorten(error, LONGEST_ERROR);

/**
 * `webgpu/limits-below-memory`, of a processor that plays a GPU: its memory is the host's. What
 * memory a GPU has is told by its maker's own tool alone.
 */
export function limitsBelowMemory(
  adapter: AdapterInfo,
  view: LargestBufferView | null,
  memoryBytes: number | null,
): Observation {
  if (!isSoftware(adapter) || view === null) {
    return lacking(NAME, `WebGPU does not tell how much memory ${nameOf(adapter)} has`, null);
  }
  if (memoryBytes === null) {
    return lacking(NAME, "/proc/meminfo does not tell how much memory the host has", null);
  }
  return observed(NAME, {
    value: view.bytes < memoryBytes,
    seen: `the largest buffer that ${nameOf(adapter)} may be asked for has ${show(view.bytes)}; ` +
      `its memory is the host's, ${show(memoryBytes)}`,
    controls: [
      positive(
        "a buffer of just this size is made, and its last bytes hold what is written to them",
        view.ofTheLimit === null && view.written !== "" && view.read === view.written,
        `${said(view.ofTheLimit)}; "${shorten(view.written)}" came back as "${shorten(view.read)}"`,
      ),
      negative(
        "a buffer of one byte more is refused",
        view.oneByteMore !== null,
        said(view.oneByteMore),
      ),
      negative(
        "a device with a limit of one byte more is refused",
        view.higherLimit !== null,
        said(view.higherLimit),
      ),
    ],
  });
}
