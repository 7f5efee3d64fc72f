/**
 * What a user does with a fleet for Kubernetes, as commands to be pasted.
 *
 * @module
 */
import { shellCommand } from "../../reports/shell_command.ts";
import { CLAIM_MOUNT, COPYING_POD_FILE, copyingPod } from "../../runners/kubernetes/copying_pod.ts";
import {
  FLEET_LABEL,
  type KubernetesFleet,
  longestSeconds,
} from "../../runners/kubernetes/manifest.ts";
import { MANIFEST_FILE } from "../../runners/kubernetes/manifest_text.ts";
import { API_VERSION } from "../../runners/kubernetes/validate.ts";

/** A thing to do: what it is, and its commands. */
interface Step {
  readonly what: string;
  readonly commands: readonly (readonly string[])[];
}

/** The lines for a fleet whose folder lies here at `folder`, which every command names as it is given. */
export function fleetSteps(fleet: KubernetesFleet, folder: string): string[] {
  return [
    `The fleet ${fleet.name}. Neither its jobs, which are as the API of Kubernetes ${API_VERSION} has them, ` +
    "nor these commands were ever run on a cluster.",
    ...(fleet.privileged
      ? ["Its pods are privileged: in effect they are root on their nodes."]
      : []),
    ...stepsOf(fleet, folder).flatMap(({ what, commands }, index) => [
      `${index + 1}. ${what}:`,
      ...commands.map((argv) => `     ${shellCommand(argv)}`),
    ]),
  ];
}

function stepsOf(fleet: KubernetesFleet, folder: string): Step[] {
  const { name, claim } = fleet;
  const kubectl = kubectlOf(fleet);
  const pod = copyingPod(fleet).metadata?.name ?? "";
  const place = `${pod}:${CLAIM_MOUNT}/${name}`;
  const jobs = `${folder}/${MANIFEST_FILE}`;
  const all = `--selector=${FLEET_LABEL}=${name}`;
  return [
    {
      what: `Copy the folder onto the volume of the claim ${claim}, through a pod that mounts it`,
      commands: [
        kubectl("create", "--filename", `${folder}/${COPYING_POD_FILE}`),
        kubectl("wait", `pod/${pod}`, "--for=condition=Ready", "--timeout=10m"),
        // With the dot it may be done again: else a second copy would go into the first one.
        kubectl("cp", "--no-preserve", `${folder}/.`, place),
      ],
    },
    {
      what: "Ask the cluster what it says of the jobs, and create them",
      commands: [
        kubectl("create", "--dry-run=server", "--filename", jobs),
        kubectl("create", "--filename", jobs),
      ],
    },
    {
      what:
        "Wait until all are complete, which one that failed never is; the first command tells of it",
      commands: [
        kubectl("get", "jobs", all),
        kubectl(
          "wait",
          "jobs",
          all,
          "--for=condition=Complete",
          `--timeout=${longestSeconds(fleet)}s`,
        ),
      ],
    },
    {
      what: "Copy back what the nodes left, and merge it",
      commands: [
        kubectl("cp", `${place}/nodes`, `${folder}/nodes`),
        kubectl("delete", "pod", pod, "--now"),
        ["deno", "task", "merge", folder],
      ],
    },
  ];
}

function kubectlOf({ namespace }: KubernetesFleet): (...words: string[]) => string[] {
  const program = namespace === null ? ["kubectl"] : ["kubectl", "--namespace", namespace];
  return (...words) => [...program, ...words];
}
