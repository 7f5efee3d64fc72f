import { assert, assertEquals, assertMatch } from "@std/assert";
import fc from "fast-check";
import { fleetJobs, type KubernetesFleet, longestSeconds } from "./manifest.ts";
import { isName } from "./names.ts";
import { sampleFleet } from "./testing/fleet.ts";
import { assertJob } from "./validate.ts";

/** The pod of a fleet's first job, and its one container. */
function firstPod(change: Partial<KubernetesFleet> = {}) {
  const pod = fleetJobs(sampleFleet(change))[0]?.spec?.template.spec;
  return { pod, container: pod?.containers[0] };
}

/** A DNS subdomain, as nodes are called. */
const NODE = fc.array(fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,40}[a-z0-9])?$/), {
  minLength: 1,
  maxLength: 5,
}).map((labels) => labels.join("."));

/** What Kubernetes makes of an element of `command` where no variable has that name. */
function expanded(text: string): string {
  return text.replaceAll(/\$(\$|\([^)]*\))/g, (_, next: string) => next === "$" ? "$" : "EXPANDED");
}

Deno.test("fleetJobs() makes jobs that Kubernetes takes, with unique names, for any nodes", async () => {
  await fc.assert(fc.asyncProperty(
    fc.uniqueArray(NODE, { minLength: 1, maxLength: 5 }),
    fc.nat({ max: 16 }),
    fc.boolean(),
    async (nodes, gpus, privileged) => {
      const jobs = fleetJobs(sampleFleet({ nodes, gpus, privileged }));
      for (const job of jobs) await assertJob(job);
      const names = jobs.map(({ metadata }) => metadata?.name ?? "");
      assert(names.every((name) => isName("label", name)), names.join());
      assertEquals(new Set(names).size, nodes.length);
    },
  ));
});

/** The hostnames of the pods on these nodes. */
function hostnamesOf(...nodes: string[]): (string | undefined)[] {
  return fleetJobs(sampleFleet({ nodes })).map(({ spec }) => spec?.template.spec?.hostname);
}

Deno.test("fleetJobs() calls a pod what its node is called, where that is a label", () => {
  assertEquals(hostnamesOf("gpu01", "a".repeat(63)), ["gpu01", "a".repeat(63)]);
  assertMatch(hostnamesOf("gpu01.rack-2")[0] ?? "", /^gpu01-rack-2-[0-9a-f]{8}$/);
});

Deno.test("fleetJobs() gives two nodes two hostnames, however alike their names are", () => {
  const long = `${"a".repeat(60)}.b`;
  const names = hostnamesOf("a-b", "a.b", `${long}.c`, `${long}.d`, `${long}c`);
  assertEquals(new Set(names).size, 5);
  for (const name of names) assert(isName("label", name ?? ""), name);
  // Whatever else is asked: it is the same host the next night.
  assertEquals(hostnamesOf("gpu9", "a.b")[1], names[1]);
});

Deno.test("fleetJobs() binds each job to its node, and away from other runs", () => {
  const bound = fleetJobs(sampleFleet()).map((job) => {
    const { nodeAffinity, podAntiAffinity } = job.spec?.template.spec?.affinity ?? {};
    const terms = nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
    const [away] = podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
    const { labels } = job.spec?.template.metadata ?? {};
    assertEquals(away?.topologyKey, "kubernetes.io/hostname");
    for (const [key, value] of Object.entries(away?.labelSelector?.matchLabels ?? { none: "" })) {
      assertEquals(labels?.[key], value);
    }
    return terms;
  });
  assertEquals(bound, [
    [{ matchFields: [{ key: "metadata.name", operator: "In", values: ["gpu01"] }] }],
    [{
      matchFields: [{
        key: "metadata.name",
        operator: "In",
        values: ["ip-10-0-0-1.eu-west-1.compute.internal"],
      }],
    }],
  ]);
});

Deno.test("fleetJobs() asks for the devices of a node, and for none where there are none", () => {
  const { pod, container } = firstPod({ gpus: 4, gpuResource: "amd.com/gpu" });
  assertEquals(container?.resources, { limits: { "amd.com/gpu": 4 } });
  assertEquals(pod?.tolerations?.[0]?.key, "amd.com/gpu");
  const without = firstPod({ gpus: 0 });
  assertEquals([without.container?.resources, without.pod?.tolerations], [{}, []]);
});

Deno.test("fleetJobs() makes pods privileged only where that is asked for", () => {
  assertEquals(firstPod().container?.securityContext, {
    privileged: false,
    allowPrivilegeEscalation: false,
  });
  assertEquals(firstPod({ privileged: true }).container?.securityContext?.privileged, true);
  assertEquals(firstPod({ privileged: true }).pod?.hostNetwork, false);
});

Deno.test("fleetJobs() runs a node once, and gives it the time to be put back", () => {
  const [job] = fleetJobs(sampleFleet({ waitSeconds: 60, budgetSeconds: 1.5 }));
  assertEquals(job?.spec?.backoffLimit, 0);
  assertEquals(job?.spec?.activeDeadlineSeconds, 60 + 2 + 300);
  assertEquals(job?.spec?.template.spec?.restartPolicy, "Never");
});

Deno.test("longestSeconds() is the jobs' time, and that of the last one to put its node back", () => {
  const fleet = sampleFleet({ waitSeconds: 60, budgetSeconds: 1.5 });
  assertEquals(longestSeconds(fleet), 60 + 2 + 300 + 300);
});

Deno.test("fleetJobs() gives a pod the fleet's folder, and arguments as they are, dollars and all", () => {
  const word = fc.string({ unit: fc.constantFrom(..."$()aA {}") });
  fc.assert(fc.property(fc.array(word), (given) => {
    const { container } = firstPod({ arguments: given, harness: "abc" });
    const wanted = ["bash", "/fleet/pod.sh", "/fleet", "cellproof-0a1b2c3d", "abc", "--", ...given];
    assertEquals(container?.command?.map(expanded), wanted);
    assertEquals(container?.volumeMounts?.[0]?.mountPath, "/fleet");
  }));
});
