import { assertEquals } from "@std/assert";
import { copyingPod } from "./copying_pod.ts";
import { fleetJobs } from "./manifest.ts";
import { sampleFleet } from "./testing/fleet.ts";

Deno.test("copyingPod() mounts the claim whole, where the jobs' pods see a folder of it", () => {
  const { spec } = copyingPod(sampleFleet({ claim: "shared" }));
  assertEquals(spec?.volumes, [{ name: "claim", persistentVolumeClaim: { claimName: "shared" } }]);
  assertEquals(spec?.containers[0]?.volumeMounts, [{ name: "claim", mountPath: "/claim" }]);
});

Deno.test("copyingPod() runs where the jobs may, and keeps none of them away", () => {
  const fleet = sampleFleet({ namespace: "bench" });
  const { metadata, spec } = copyingPod(fleet);
  const job = fleetJobs(fleet)[0]?.spec?.template.spec;
  assertEquals(metadata, { name: "cellproof-0a1b2c3d-copy", namespace: "bench" });
  assertEquals(spec?.tolerations, job?.tolerations);
  assertEquals(spec?.containers[0]?.image, job?.containers[0]?.image);
  assertEquals(spec?.containers[0]?.resources, undefined);
});
