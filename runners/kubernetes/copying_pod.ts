/**
 * A pod that does nothing: `kubectl cp` copies to and from a volume through one that mounts it.
 *
 * @module
 */
import type { IPod } from "kubernetes-models/v1/Pod";
import { type KubernetesFleet, tolerationsOf } from "./manifest.ts";

/** The manifest of the pod, in the folder of a fleet. */
export const COPYING_POD_FILE = "copy.yaml";

/** Where the pod sees the volume of the claim. */
export const CLAIM_MOUNT = "/claim";

/** The pod, of the jobs' image and so of their user. It has none of their labels, which would keep them away. */
export function copyingPod(fleet: KubernetesFleet): IPod {
  const { name, namespace, image, claim } = fleet;
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: `${name}-copy`, ...(namespace === null ? {} : { namespace }) },
    spec: {
      restartPolicy: "Never",
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      tolerations: tolerationsOf(fleet),
      securityContext: { seccompProfile: { type: "RuntimeDefault" } },
      containers: [{
        name: "copy",
        image,
        command: ["sleep", "infinity"],
        securityContext: { privileged: false, allowPrivilegeEscalation: false },
        volumeMounts: [{ name: "claim", mountPath: CLAIM_MOUNT }],
      }],
      volumes: [{ name: "claim", persistentVolumeClaim: { claimName: claim } }],
    },
  };
}
