/**
 * A fleet on Kubernetes for tests.
 *
 * @module
 */
import type { KubernetesFleet } from "../manifest.ts";

/** Two whole nodes of eight GPUs, as a user asks for them who says nothing else. */
export function sampleFleet(change: Partial<KubernetesFleet> = {}): KubernetesFleet {
  return {
    name: "cellproof-0a1b2c3d",
    nodes: ["gpu01", "ip-10-0-0-1.eu-west-1.compute.internal"],
    image: "registry.example/tools:1",
    claim: "fleet",
    namespace: null,
    gpus: 8,
    gpuResource: "nvidia.com/gpu",
    privileged: false,
    budgetSeconds: 2700,
    waitSeconds: 3600,
    harness: "e3".repeat(32),
    arguments: ["--budget=2700s"],
    ...change,
  };
}
