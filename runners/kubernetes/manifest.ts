/**
 * A fleet as Kubernetes is asked for it: a job for each node, with one pod that runs there and nowhere
 * else. A job of many pods would run a second time on a node that is done while another one is down.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { IJob } from "kubernetes-models/batch/v1/Job";
import type { IAffinity } from "kubernetes-models/v1/Affinity";
import type { IContainer } from "kubernetes-models/v1/Container";
import type { IPodSpec } from "kubernetes-models/v1/PodSpec";
import type { IToleration } from "kubernetes-models/v1/Toleration";
import { isName, labelPart, LONGEST_LABEL } from "./names.ts";

/** What a fleet is made of; names as `nameOf` lets them pass. */
export interface KubernetesFleet {
  /** A DNS label, unique among all fleets: begins the jobs' names, and is the folder on the claim's volume. */
  readonly name: string;
  readonly nodes: readonly string[];
  readonly image: string;
  /** The persistent volume claim that every node can write to. */
  readonly claim: string;
  /** Null for the one that is set where the manifest is used. */
  readonly namespace: string | null;
  /** How many devices each pod is given; 0 for none. */
  readonly gpus: number;
  /** What the device plugin calls them. */
  readonly gpuResource: string;
  readonly privileged: boolean;
  /** The budget of each node's run. */
  readonly budgetSeconds: number;
  /** How long a node may take until its run begins: to become free, and to load the image. */
  readonly waitSeconds: number;
  /** SHA-256 of the harness in the fleet's folder. */
  readonly harness: string;
  /** What `bench` is given on each node, with paths as a pod sees them. */
  readonly arguments: readonly string[];
}

/** The script that a pod runs, in the fleet's folder beside the harness and the node's script. */
export const POD_SCRIPT = "pod.sh";

/** Where a pod sees the fleet's folder. */
const FLEET_MOUNT = "/fleet";
/** Where a pod sees room on the node's own disk. */
const SCRATCH_MOUNT = "/scratch";

/** What all pods of all fleets have in common, whichever fleet they are of. */
const APP_LABEL = { "app.kubernetes.io/name": "cellproof" };
/** The label with the fleet's name. */
export const FLEET_LABEL = "app.kubernetes.io/instance";

/** How many digits of a hash tell apart nodes whose names are alike: two of a thousand, once in 8000 fleets. */
const HASH_LENGTH = 8;
/** From SIGTERM to SIGKILL: a run that is ended puts its node back first. */
const PUT_BACK_SECONDS = 300;
/** How long a job that has ended can be looked at. */
const KEEP_SECONDS = 24 * 3600;
/** A run that writes more is ended by Kubernetes: several times what any needs. */
const ROOM = "16Gi";

/** The jobs of a fleet, in the order of its nodes. */
export function fleetJobs(fleet: KubernetesFleet): IJob[] {
  return fleet.nodes.map((node, index) => {
    const name = jobName(fleet, index);
    const labels = { ...APP_LABEL, [FLEET_LABEL]: fleet.name };
    return {
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: {
        name,
        ...(fleet.namespace === null ? {} : { namespace: fleet.namespace }),
        labels,
      },
      spec: {
        completions: 1,
        parallelism: 1,
        // A second pod would measure on top of what the first one left.
        backoffLimit: 0,
        activeDeadlineSeconds: deadlineSeconds(fleet),
        ttlSecondsAfterFinished: KEEP_SECONDS,
        template: { metadata: { labels }, spec: podSpec(fleet, { node, job: name }) },
      },
    };
  });
}

/** How long a job may take until its pod is told to end. */
function deadlineSeconds({ waitSeconds, budgetSeconds }: KubernetesFleet): number {
  return Math.ceil(waitSeconds + budgetSeconds) + PUT_BACK_SECONDS;
}

/** How long it takes at most until every job has ended. */
export function longestSeconds(fleet: KubernetesFleet): number {
  return deadlineSeconds(fleet) + PUT_BACK_SECONDS;
}

/** The index makes it unique, the node's name readable; Kubernetes makes a label of it. */
function jobName({ name, nodes }: KubernetesFleet, index: number): string {
  const unique = `${name}-${index}`;
  const part = labelPart(nodes[index] ?? "", LONGEST_LABEL - unique.length - 1);
  return part === "" ? unique : `${unique}-${part}`;
}

/** Two nodes have two hostnames, though a label has no dots and is shorter than a name may be. */
function hostnameOf(node: string): string {
  if (isName("label", node)) return node;
  const hash = createHash("sha256").update(node).digest("hex").slice(0, HASH_LENGTH);
  return `${labelPart(node, LONGEST_LABEL - HASH_LENGTH - 1)}-${hash}`;
}

interface Place {
  readonly node: string;
  /** The name of the job. */
  readonly job: string;
}

function podSpec(fleet: KubernetesFleet, { node, job }: Place): IPodSpec {
  return {
    restartPolicy: "Never",
    terminationGracePeriodSeconds: PUT_BACK_SECONDS,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    hostNetwork: false,
    // The same one in every fleet: by it, too, a machine is known again.
    hostname: hostnameOf(node),
    affinity: affinityOf(node),
    tolerations: tolerationsOf(fleet),
    securityContext: { seccompProfile: { type: "RuntimeDefault" } },
    containers: [container(fleet, job)],
    volumes: [
      { name: "fleet", persistentVolumeClaim: { claimName: fleet.claim } },
      { name: "scratch", emptyDir: { sizeLimit: ROOM } },
    ],
  };
}

/** Nodes with GPUs are often kept for pods that ask for them, by a taint of the resource's name. */
export function tolerationsOf({ gpus, gpuResource }: KubernetesFleet): IToleration[] {
  return gpus === 0 ? [] : [{ key: gpuResource, operator: "Exists", effect: "NoSchedule" }];
}

/** This node, and never beside a run of another fleet: each would measure the other. */
function affinityOf(node: string): IAffinity {
  return {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [
          { matchFields: [{ key: "metadata.name", operator: "In", values: [node] }] },
        ],
      },
    },
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        { labelSelector: { matchLabels: APP_LABEL }, topologyKey: "kubernetes.io/hostname" },
      ],
    },
  };
}

function container(fleet: KubernetesFleet, job: string): IContainer {
  const { name, image, gpus, gpuResource, privileged } = fleet;
  return {
    name: "cellproof",
    image,
    command: commandOf(fleet).map(literally),
    env: [
      { name: "CELLPROOF_NODE", valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } },
      { name: "CELLPROOF_JOB", value: job },
      { name: "CELLPROOF_TMP", value: SCRATCH_MOUNT },
    ],
    resources: gpus === 0 ? {} : { limits: { [gpuResource]: gpus } },
    securityContext: { privileged, allowPrivilegeEscalation: privileged },
    volumeMounts: [
      { name: "fleet", mountPath: FLEET_MOUNT, subPath: name },
      { name: "scratch", mountPath: SCRATCH_MOUNT },
    ],
  };
}

/** See `runners/fleet/node.sh`, which the pod's script hands its arguments to. */
function commandOf({ name, harness, arguments: given }: KubernetesFleet): string[] {
  return ["bash", `${FLEET_MOUNT}/${POD_SCRIPT}`, FLEET_MOUNT, name, harness, "--", ...given];
}

/** Kubernetes puts variables in place of `$(NAME)`, and one dollar in place of two. */
function literally(argument: string): string {
  return argument.replaceAll("$", "$$$$");
}
