import { assertEquals } from "@std/assert";
import type { Host } from "../host.ts";
import { migKey, readMigNodes } from "./mig_capabilities.ts";
import { sampleGpu, sampleMigDevices } from "./nvidia_smi_samples.ts";

const MIG_ON = { current: true, pending: true };

function hostWith(minors: Readonly<Record<string, number>>): Host {
  const readText = (path: string) => {
    const minor = minors[path.replace("/proc/driver/nvidia/capabilities/", "")];
    const text = `DeviceFileMinor: ${minor}\nDeviceFileMode: 292\nDeviceFileModify: 1\n`;
    return Promise.resolve(minor === undefined ? null : text);
  };
  return { readText } as Pick<Host, "readText"> as Host;
}

Deno.test("readMigNodes() names the nodes of both instances of a MIG device", async () => {
  const [device] = sampleMigDevices(1);
  if (device === undefined) throw new TypeError("no sample");
  const gpu = sampleGpu(1, { mig: MIG_ON, migDevices: [device], minorNumber: 2 });
  const instance = `gpu2/mig/gi${device.gpuInstanceId}`;
  const host = hostWith({
    [`${instance}/access`]: 30,
    [`${instance}/ci${device.computeInstanceId}/access`]: 31,
  });
  const nodes = ["/dev/nvidia-caps/nvidia-cap30", "/dev/nvidia-caps/nvidia-cap31"];
  assertEquals(await readMigNodes(host, [gpu]), { [migKey(2, device.index)]: nodes });
  const half = hostWith({ [`${instance}/access`]: 30 });
  assertEquals(await readMigNodes(half, [gpu]), {});
});

Deno.test("readMigNodes() asks nothing of a GPU that is not in MIG mode", async () => {
  const host = { readText: () => Promise.reject(new TypeError("asked")) } as unknown as Host;
  assertEquals(await readMigNodes(host, [sampleGpu(1)]), {});
});
