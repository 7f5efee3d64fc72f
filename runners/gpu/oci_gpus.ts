/**
 * OCI bundles under runc or crun that are given GPUs as plain device nodes.
 *
 * @module
 */
import type { CommandResult, Host } from "../host.ts";
import { type OciContainers, type OciRequest, openOciContainers } from "../oci/oci_containers.ts";
import { ociFailure } from "../oci/oci_output.ts";
import type { Payload } from "../payload.ts";
import { MissingTool } from "../../problem.ts";
import type { GpuContainerRequest, GpuContainers } from "./gpu_container.ts";
import { commonNodes, gpuNodes, GRANT_IN_WORDS } from "./gpu_grant.ts";
import { type GpuTrial, TRIAL, trialFailure } from "./gpu_trial.ts";

interface Setup {
  readonly payload: Payload;
  /** An existing temporary folder. */
  readonly folder: string;
  readonly trial: GpuTrial;
  readonly env: Readonly<Record<string, string>>;
  /** Why it is not Docker. */
  readonly unavailable: string;
}

/**
 * Opens a runtime, and tries whether its containers get GPUs.
 *
 * @throws {MissingTool} where no runtime works, or none of its containers gets a GPU
 */
export async function ociGpuContainers(host: Host, setup: Setup): Promise<GpuContainers> {
  const common = commonNodes(await host.readFolder("/dev") ?? []);
  const oci = await openOciContainers(host, setup);
  const containers = gpuContainers(oci, { ...setup, common });
  const tried = await containers.run({ ...TRIAL, ...setup.trial });
  const failure = trialFailure(tried, setup.trial);
  if (failure === null) return containers;
  await containers.close();
  throw new MissingTool({
    action: "give a container a GPU",
    condition: `${oci.program} ${oci.version} gave it none`,
    seen: failure,
    cure: "Start Docker with the NVIDIA Container Toolkit.",
  }, "docker");
}

function gpuContainers(
  oci: OciContainers,
  { common, env, unavailable }: Setup & { readonly common: readonly string[] },
): GpuContainers {
  const bundle = ({ gpus, ...request }: GpuContainerRequest): OciRequest => ({
    ...request,
    env: { ...env, ...request.env },
    devices: gpuNodes(gpus, common),
  });
  return {
    engine: oci.program,
    grant: "devices",
    description: `${oci.program} ${oci.version} on an OCI bundle, with ${GRANT_IN_WORDS.devices}`,
    notes: [...oci.notes, unavailable],
    argv: (request) => oci.argv(request),
    run: (request): Promise<CommandResult> => oci.run(bundle(request)),
    start: (request) => oci.start(bundle(request)),
    failure: ociFailure,
    close: () => oci.close(),
  };
}
