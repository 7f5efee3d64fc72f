/**
 * Containers that compute: how the host sees them, and two at once.
 *
 * @module
 */
import type { ComputeApp } from "../../runners/gpu/compute_apps.ts";
import type { ObservationName } from "../observations.ts";
import type { Places } from "../places.ts";
import { lacking, negative, observed, positive } from "../probe.ts";
import type { Observation } from "../result.ts";
import { appsOn, besideBusy } from "./aggressor.ts";
import { computeAtOnce } from "./compute_at_once.ts";
import type { SamplesPlace } from "./cuda_samples.ts";

/** "the host's GPU driver lists the container's process with the memory that it takes" */
export async function inHostList(
  name: ObservationName,
  { cuda: place, subject }: SamplesPlace,
  { host }: Places,
): Promise<Observation> {
  const before = await appsOn(host, subject);
  const busy = await besideBusy({ host, place, subject }, (busy) => Promise.resolve(busy));
  const after = await appsOn(host, subject);
  const { app, session: { pid } } = busy;
  if (app.usedMemoryBytes === null) return lacking(name, MEMORY_NOT_TOLD, "gpu");
  const has = (apps: readonly ComputeApp[]) => apps.some((other) => other.pid === app.pid);
  const numbers = (apps: readonly ComputeApp[]) =>
    apps.map((other) => other.pid).join(", ") || "none";
  return observed(name, {
    value: app.usedMemoryBytes > 0,
    seen: `the host's driver lists process ${app.pid} with ${app.usedMemoryBytes} bytes`,
    controls: [
      // Where the driver numbers processes in another namespace, its list shows nothing.
      positive("that is the container's process on the host", app.pid === pid, `${pid}`),
      negative(
        "neither before nor afterwards it is in the list",
        !has(before) && !has(after),
        `${numbers(before)}; ${numbers(after)}`,
      ),
    ],
  });
}

/** Why nothing is said of a process's memory. */
export const MEMORY_NOT_TOLD = "the driver does not tell the memory of a process here";

/** "two containers compute on one GPU at once" */
export function twoCompute(
  name: ObservationName,
  place: SamplesPlace,
  { host }: Places,
): Promise<Observation> {
  const seen = `in another container computed on ${place.subject.uuid} all the time`;
  return computeAtOnce(name, { host, place, neighbour: place.subject, seen });
}
