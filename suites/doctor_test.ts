import { assert, assertEquals } from "@std/assert";
import type { Host } from "../runners/host.ts";
import { TOOLS } from "../runners/setup/tools.ts";
import { CLAIMS } from "./claims/claims.ts";
import { examine, findFeatures } from "./doctor.ts";
import { GUEST_KERNEL, HOST_NEEDS, needsOfPart, VIRTUAL_FUNCTIONS } from "./doctor_needs.ts";
import {
  COPIES_FILL_LINK,
  GPU_GUEST_OVERHEAD,
  PEERS_FILL_NVLINK,
} from "./rules/gpu_performance.ts";
import { inBand, observes, observesPhysical, type Part, partsOf } from "./rules/rule.ts";
import { ruleOf } from "./rules/rules.ts";
import { sampleFindings, samplePassthrough } from "./testing/findings.ts";

Deno.test("needsOfPart() names only tools and properties that the doctor looks for", () => {
  const known = new Set<string>([...TOOLS.map(({ name }) => name), ...HOST_NEEDS, GUEST_KERNEL]);
  const parts = CLAIMS.flatMap(({ id }) => partsOf(ruleOf(id) ?? { kind: "editorial" }));
  const named = new Set(parts.flatMap((part) => [...needsOfPart(part)]));
  assertEquals([...named.difference(known)], []);
});

const PARTS: Record<string, [part: Part, has: string, hasNot: string]> = {
  "a view of a container": [observes("container-view/same-kernel"), "docker", "wasmtime"],
  "an attempt from a sandbox": [
    observes("escape-battery/sandbox-all-refused"),
    "wasmtime",
    "docker",
  ],
  "the counter of QEMU": [observes("device-path/hypervisor-counted"), GUEST_KERNEL, "kvm"],
  "a comparison with a container": [
    observes("attack-surface/guest-calls", { belowHalfOf: "attack-surface/container-calls" }),
    "docker",
    "wasmtime",
  ],
  "a physical device": [observesPhysical("device-path/native-kernels"), "bare-metal", "docker"],
  "a check of a GPU": [observes("gpu-container/computes"), "cuda", "mig"],
  "a figure of peers": [PEERS_FILL_NVLINK, "gpus", "baseline"],
  "a figure of one link": [COPIES_FILL_LINK, "gpu", "gpus"],
  "a guest against bare metal": [GPU_GUEST_OVERHEAD, "baseline", "mig"],
  "one InfiniBand adapter": [observes("gpu-inventory/infiniband-active"), "infiniband", "gpus"],
  "a device that is given away": [observes("passthrough/host-lost"), "iommu", "nvme"],
  "a virtual function": [observes("passthrough/functions-isolated"), VIRTUAL_FUNCTIONS, "fio"],
  "the speed of a device that is given away": [
    inBand("passthrough-storage", { arm: "vm-passthrough", band: "high", workloads: ["seq-read"] }),
    "iommu",
    VIRTUAL_FUNCTIONS,
  ],
  "a guest's performance": [
    inBand("network", { arm: "vm-virtio", band: "low", workloads: ["throughput"] }),
    "kvm",
    "fio",
  ],
};
for (const [name, [part, has, hasNot]] of Object.entries(PARTS)) {
  Deno.test(`needsOfPart() knows what ${name} needs`, () => {
    const needs = needsOfPart(part);
    assertEquals([needs.has(has), needs.has(hasNot)], [true, false], [...needs].join());
  });
}

/** What one host on bare metal has never. */
const NOT_OF_ONE_METAL_HOST = ["baseline", "fleet", "gpu-guest"];

Deno.test("examine() counts what can be measured, less with each thing that is missing", () => {
  const all = examine(sampleFindings());
  const lacked = new Set(all.checks.flatMap(({ lacks }) => lacks));
  assertEquals([...lacked].sort(), NOT_OF_ONE_METAL_HOST);
  assertEquals([all.total, all.editorial], [259, 16]);
  const withoutSandbox = examine(sampleFindings({}, ["wasmtime"]));
  const lacking = withoutSandbox.checks.filter(({ lacks }) => lacks.includes("wasmtime"));
  assertEquals(lacking.some(({ check }) => check === "sandbox-view"), true);
  assertEquals(withoutSandbox.measurable < all.measurable, true);
  assertEquals(examine(sampleFindings({ root: false })).measurable < all.measurable, true);
});

Deno.test("examine() leaves to a fleet what takes many hosts, whatever this one has", () => {
  const { checks, needs } = examine(sampleFindings());
  const found = checks.find(({ check }) => check === "fleet");
  assertEquals([found?.claims, found?.measurable, found?.lacks], [3, 0, ["fleet"]]);
  assertEquals(needs.find(({ what }) => what === "fleet")?.cure?.includes("deno task merge"), true);
});

Deno.test("examine() counts no claim that rests on a GPU, or on a baseline, where that is missing", () => {
  const { host, ...found } = sampleFindings();
  const measurableOf = (gpus: typeof host.gpus, environment = host.environment) => {
    const { checks, measurable } = examine({ ...found, host: { ...host, gpus, environment } });
    const of = (name: string) => checks.find(({ check }) => check === name)?.measurable ?? 0;
    return { measurable, guest: of("gpu-guest"), transfer: of("gpu-transfer") };
  };
  const [none, all, inside] = [
    measurableOf([]),
    measurableOf(host.gpus),
    measurableOf(host.gpus, "inside a KVM guest"),
  ];
  assertEquals([none.guest, none.transfer, all.guest], [0, 0, 0]);
  assert(none.measurable < all.measurable && all.transfer > 0);
  assert(inside.guest > 0);
  const needing = CLAIMS.filter(({ id }) => {
    const rule = ruleOf(id);
    return rule !== undefined && partsOf(rule).some((part) => needsOfPart(part).has("baseline"));
  });
  assert(needing.length > 0 && inside.measurable <= 259 - needing.length);
});

const CASES: Record<
  string,
  [Parameters<typeof samplePassthrough>[0], lacks: string[], cure: string]
> = {
  "without an IOMMU": [
    { refusal: "No IOMMU. Switch it on." },
    ["iommu", VIRTUAL_FUNCTIONS],
    "grub",
  ],
  "without an NVMe device": [{ devices: [] }, ["iommu", VIRTUAL_FUNCTIONS], "no NVMe device"],
  "without SR-IOV": [{ totalVfs: 0 }, [VIRTUAL_FUNCTIONS], "None of the devices"],
  "with all of it": [{}, [], ""],
};
for (const [name, [outlook, lacks, cure]] of Object.entries(CASES)) {
  Deno.test(`examine() says what a host ${name} lacks for passthrough`, () => {
    const whole = examine(sampleFindings());
    const { needs, checks, measurable } = examine({
      ...sampleFindings(),
      passthrough: samplePassthrough(outlook),
    });
    const missing = needs.filter((need) => need.cure !== null);
    const expected = [...lacks, ...NOT_OF_ONE_METAL_HOST];
    assertEquals(missing.map(({ what }) => what).sort(), expected.sort());
    assert(missing.some((need) => need.cure?.includes(cure)));
    const probe = checks.find(({ check }) => check === "passthrough");
    assertEquals(probe?.measurable === 0, lacks.includes("iommu"));
    assertEquals(measurable < whole.measurable, lacks.length > 0);
  });
}

const FOLDERS: Record<string, string[]> = {
  "/dev": ["kvm", "null", "nvidia0", "nvidia1", "nvidiactl"],
};
const ANSWERS: Record<string, string> = { id: "0\n", sh: "pcie\nusb\ninfiniband\n" };

Deno.test("findFeatures() reads what /dev and sysfs show", async () => {
  const host = {
    run: ({ argv: [program] }) => Promise.resolve({ stdout: ANSWERS[program] ?? "" }),
    readFolder: (path) => Promise.resolve(FOLDERS[path] ?? null),
  } as Pick<Host, "run" | "readFolder"> as Host;
  assertEquals(await findFeatures(host), {
    ...{ root: true, kvmDevice: true, nvidiaNodes: 2 },
    ...{ pcie: true, usb: true, networkPort: false, infiniband: true },
  });
});
