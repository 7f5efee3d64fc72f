import { assertEquals } from "@std/assert";
import { parseVgpus } from "./vgpu.ts";

const ACTIVE = `GPU 00000000:86:00.0
    Active vGPUs                          : 1
    vGPU ID                               : 3251634178
        VM UUID                           : b0d9f0c6-0000-4000-8000-967b06cb2064
        VM Name                           : имя: a : b
        vGPU Name                         : GRID A100D-20C
        vGPU Type                         : 474
        vGPU UUID                         : c471c7f2-0000-4000-8000-aaaabbbbcccc
        Guest Driver Version              : 550.54.15
        License Status                    : Licensed (Expiry: 2026-1-1 0:0:0 GMT)
        GPU Instance ID                   : N/A
        PCI
            Bus Id                        : 00000000:06:00.0
        FB Memory Usage
            Total                         : 20480 MiB
            Used                          : 4 MiB
            Free                          : 20476 MiB
        Utilization
            Gpu                           : 0 %
            Total                         : 1 MiB
GPU 00000000:AF:00.0
    Active vGPUs                          : 0
`;

Deno.test("parseVgpus() reads the vGPUs of each GPU", () => {
  assertEquals(parseVgpus(ACTIVE), [
    {
      busId: "0000:86:00.0",
      active: 1,
      schedulerPolicy: null,
      vgpus: [{
        id: 3251634178,
        vmUuid: "b0d9f0c6-0000-4000-8000-967b06cb2064",
        vmName: "имя: a : b",
        typeName: "GRID A100D-20C",
        typeId: 474,
        uuid: "c471c7f2-0000-4000-8000-aaaabbbbcccc",
        guestDriverVersion: "550.54.15",
        licenseStatus: "Licensed (Expiry: 2026-1-1 0:0:0 GMT)",
        gpuInstanceId: null,
        framebufferTotalBytes: 20480 * 2 ** 20,
        framebufferUsedBytes: 4 * 2 ** 20,
      }],
    },
    { busId: "0000:af:00.0", active: 0, schedulerPolicy: null, vgpus: [] },
  ]);
});

Deno.test("parseVgpus() leaves unknown what a guest without a driver does not tell", () => {
  const text = ACTIVE.replace("550.54.15", "N/A").replace(/Licensed .*/, "N/A (Expiry: N/A)")
    .replace(/(VM Name +:).*/, "$1 ").replace(/ {8}FB Memory[^]*?(?=GPU)/, "");
  const [vgpu] = parseVgpus(text)[0]?.vgpus ?? [];
  assertEquals(vgpu?.guestDriverVersion, null);
  assertEquals(vgpu?.licenseStatus, null);
  assertEquals(vgpu?.vmName, null);
  assertEquals(vgpu?.framebufferTotalBytes, null);
  assertEquals(vgpu?.typeId, 474);
});

Deno.test("parseVgpus() reads how a GPU is shared out", () => {
  const text = `GPU 00000000:65:00.0
    Active vGPUs                          : 2
    Scheduler Policy                      : Equal Share
    ARR Mode                              : Enabled
`;
  const [gpu] = parseVgpus(text);
  assertEquals(gpu?.schedulerPolicy, "Equal Share");
  assertEquals(gpu?.vgpus, []);
});

Deno.test("parseVgpus() is empty where there is no GPU in vGPU mode", () => {
  for (const text of ["", "No supported devices in vGPU mode\n", "GPU nowhere\n  vGPU ID : 1\n"]) {
    assertEquals(parseVgpus(text), []);
  }
});
