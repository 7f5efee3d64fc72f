/**
 * Two processes that compute at once: a matrix product beside n-body.
 *
 * @module
 */
import { Problem } from "../../problem.ts";
import { matrixMulArguments, parseMatrixMul } from "../../runners/cuda/matrix_mul.ts";
import type { CommandResult, Host } from "../../runners/host.ts";
import type { ObservationName } from "../observations.ts";
import { observed, positive } from "../probe.ts";
import type { Observation } from "../result.ts";
import { besideBusy, isListed } from "./aggressor.ts";
import { MATRIX_SIZE } from "./compute.ts";
import { failsWithoutGpu, runSample, type SamplesPlace } from "./cuda_samples.ts";
import type { GpuSubject } from "./gpu_place.ts";

/** The product's place, what n-body computes on, and what is then seen of n-body. */
export interface AtOnce {
  readonly host: Host;
  readonly place: SamplesPlace;
  readonly neighbour: GpuSubject;
  /** Follows "while n-body (process 4242)". */
  readonly seen: string;
}

/**
 * Whether a matrix product passes while n-body computes.
 *
 * @throws {Problem} where n-body ended before the product did: then nothing was seen
 */
export async function computeAtOnce(
  name: ObservationName,
  { host, place, neighbour, seen }: AtOnce,
): Promise<Observation> {
  const args = matrixMulArguments({ size: MATRIX_SIZE });
  const product = async (gpus = [place.subject.granted]) =>
    parseMatrixMul(await runSample(place, "matrixMul", { args, gpus })).passed;
  const alone = await product();
  const none = await failsWithoutGpu("without a GPU the product fails", () => product([]));
  const setting = { host, place: place.cuda, subject: neighbour };
  const { passed, pid } = await besideBusy(setting, async (busy) => {
    const passed = await product();
    if (!await isListed(host, neighbour, busy)) {
      throw endedBefore(place, await busy.session.stop());
    }
    return { passed, pid: busy.app.pid };
  });
  return observed(name, {
    value: passed,
    seen: `${place.cuda.title}, a matrix product ${passed ? "passed" : "failed"} while n-body ` +
      `(process ${pid}) ${seen}`,
    controls: [positive("alone the product passes", alone, alone ? "passed" : "failed"), none],
  });
}

function endedBefore(
  { cuda: { title } }: SamplesPlace,
  { stdout, stderr }: CommandResult,
): Problem {
  return new Problem({
    action: `compute twice at once ${title}`,
    condition: "n-body, which never ends by itself, was not there any more",
    seen: stderr.trim() || stdout.trim() || "nothing",
    cure: "Look for Xid messages in the kernel's log (dmesg).",
  });
}
