/**
 * Containers that compute: how the host sees them, and two at once.
 *
 * @module
 */
import { matrixMulArguments, parseMatrixMul } from "../../runners/cuda/matrix_mul.ts";
import { readComputeApps } from "../../runners/gpu/compute_apps.ts";
import type { ObservationName } from "../observations.ts";
import type { Places } from "../places.ts";
import { negative, observed, positive } from "../probe.ts";
import type { Observation } from "../result.ts";
import { besideBusy, isListed } from "./aggressor.ts";
import { refusal, runSample, type SamplesPlace } from "./cuda_samples.ts";

/** "the host's GPU driver lists the container's process with the memory that it takes" */
export async function inHostList(
  name: ObservationName,
  { cuda: place, subject }: SamplesPlace,
  { host }: Places,
): Promise<Observation> {
  const before = await readComputeApps(host, subject.gpu.uuid) ?? [];
  const busy = await besideBusy({ host, place, subject }, (busy) => Promise.resolve(busy));
  const after = await readComputeApps(host, subject.gpu.uuid) ?? [];
  const { app, session: { pid } } = busy;
  const has = (apps: typeof before) => apps.some((other) => other.pid === app.pid);
  const numbers = (apps: typeof before) => apps.map((other) => other.pid).join(", ") || "none";
  return observed(name, {
    value: app.pid === pid && (app.usedMemoryBytes ?? 0) > 0,
    seen: `the host's driver lists process ${app.pid} with ${app.usedMemoryBytes ?? "unknown"} ` +
      `bytes; the container's process is ${pid ?? "unknown"} on the host`,
    controls: [
      positive("the container's process has a number on the host", pid !== null, `${pid}`),
      negative(
        "neither before nor afterwards it is in the list",
        !has(before) && !has(after),
        `${numbers(before)}; ${numbers(after)}`,
      ),
    ],
  });
}

/** "two containers compute on one GPU at once" */
export async function twoCompute(
  name: ObservationName,
  place: SamplesPlace,
  { host }: Places,
): Promise<Observation> {
  const { cuda, subject } = place;
  return await besideBusy({ host, place: cuda, subject }, async (busy) => {
    const args = matrixMulArguments({ size: 1024 });
    const record = parseMatrixMul(await runSample(place, "matrixMul", { args }));
    const still = await isListed(host, subject, busy);
    const none = await refusal(async () =>
      parseMatrixMul(await runSample(place, "matrixMul", { args, gpus: [] }))
    );
    return observed(name, {
      value: record.passed && still,
      seen:
        `a matrix product in one container ${record.passed ? "passed" : "failed"} while n-body ` +
        `in another (process ${busy.app.pid}) computed on ${subject.uuid} ` +
        (still ? "all the time" : "no longer"),
      controls: [
        positive("n-body is in the host's list before", busy.app.pid > 0, `${busy.app.pid}`),
        negative("a container without the GPU fails", none !== null, none ?? "it passed"),
      ],
    });
  });
}
