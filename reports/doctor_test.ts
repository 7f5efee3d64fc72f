import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { examine } from "../suites/doctor.ts";
import { sampleFindings, samplePassthrough } from "../suites/testing/findings.ts";
import { doctorText } from "./doctor.ts";

Deno.test("doctorText() says what is missing, what rests on it, and how to get it", () => {
  const text = doctorText(examine({
    ...sampleFindings({}, ["wasmtime"]),
    passthrough: samplePassthrough({ refusal: "This host has no IOMMU in use. Switch it on." }),
  }));
  assertStringIncludes(text, "✘ wasmtime             missing: runs the sandbox arms, for ");
  assertStringIncludes(text, "\n      Install wasmtime.\n");
  assert(/✘ sandbox-view +for \d+ claims, 0 of them here; the others lack wasmtime\n/.test(text));
  assert(
    /◐ attack-surface +for 3 claims, [12] of them here; the others lack wasmtime\n/.test(text),
  );
  assert(/✔ network +for \d+ claims\n/.test(text));
  assert(/✘ passthrough +for \d+ claims, 0 of them here; the others lack an IOMMU, and/.test(text));
});

Deno.test("doctorText() says that only a run tells whether guests boot with KVM", () => {
  const remark = /\? hardware virtualization .*\n +\S.*; whether guests boot with it, a run tries/;
  assert(remark.test(doctorText(examine(sampleFindings()))));
  const without = doctorText(examine(sampleFindings({ kvmDevice: false })));
  assertStringIncludes(without, "✘ hardware virtualization");
  assert(!remark.test(without));
});

/** The lines below the need for an IOMMU. */
function passthroughLines(outlook: Parameters<typeof samplePassthrough>[0]): string {
  const passthrough = samplePassthrough(outlook);
  const text = doctorText(examine({ ...sampleFindings(), passthrough }));
  return /an IOMMU, and an NVMe device to give away, for \d+ claims\n((?: {6}.*\n)*)/.exec(text)
    ?.[1] ??
    "";
}

Deno.test("doctorText() names the devices that could be given to guests, and how", () => {
  assertEquals(
    passthroughLines({}),
    "      Could be given: deno task bench --passthrough 0000:65:00.0 (NVMe nvme1, serial TEST, " +
      "disks nvme1n1)\n",
  );
});

Deno.test("doctorText() says why the devices could not be given", () => {
  const devices = samplePassthrough().devices.map((device) => ({
    ...device,
    refusal: "0000:65:00.0 has mounted disks. Unmount them.",
  }));
  const lines = passthroughLines({ devices });
  assertStringIncludes(lines, "Each NVMe device of this host has something against it.\n");
  assertStringIncludes(lines, "disks nvme1n1): 0000:65:00.0 has mounted disks. Unmount them.\n");
  assertStringIncludes(lines, "deno task lab judges these claims, all but speed");
});

Deno.test("doctorText() says how to get an IOMMU, and what needs none", () => {
  const lines = passthroughLines({ refusal: "This host has no IOMMU in use. Switch it on." });
  assertStringIncludes(lines, "This host has no IOMMU in use. Switch it on.\n");
  assertStringIncludes(lines, "GRUB_CMDLINE_LINUX in /etc/default/grub; then run update-grub");
  assertStringIncludes(lines, "disks nvme1n1): nothing else speaks against it.\n");
  assertStringIncludes(lines, "deno task lab");
});

Deno.test("doctorText() leaves to root what only root can tell", () => {
  assertStringIncludes(
    passthroughLines({ judged: false }),
    "only root can tell whether it is in use",
  );
});

Deno.test("doctorText() lists the GPUs, and what claims about them need", () => {
  const text = doctorText(examine(sampleFindings()));
  assertStringIncludes(text, "GPU 1: NVIDIA X9000, PCIe 5.0 x16, 80 GiB");
  assertStringIncludes(text, "✔ a second NVIDIA GPU, for ");
  assertStringIncludes(text, "✘ a guest that has the GPU, and cellproof run in it, for ");
  assert(/✘ the result of the same GPU on bare metal \(--baseline RESULT\), for/.test(text));
  const { host, ...found } = sampleFindings();
  const without = doctorText(examine({ ...found, host: { ...host, gpus: [] } }));
  assertStringIncludes(without, "\n      NVIDIA's driver shows no GPU (nvidia-smi).\n");
});
