import { assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { liveHost } from "../seam/live.ts";
import { probeTools, report, type Tool, type ToolReport, TOOLS } from "./tools.ts";
import { atLeast } from "../version.ts";

const TWO_DOZEN_FIOS = Array.from({ length: 25 }, (_, i) => `3.${16 + i}`);

/** What each tool prints, and the version in it. */
const OUTPUTS: readonly (readonly [tool: string, text: string, version: string | null])[] = [
  ...TWO_DOZEN_FIOS.map((version) => ["fio", `fio-${version}\n`, version] as const),
  ["fio", "fio-3.33-dirty\n", "3.33-dirty"],
  ["fio", "fio-3.28-112-g308f\n", "3.28-112-g308f"],
  ["fio", "fio: unrecognized option '--version'\n", null],
  ["docker", "Docker version 28.2.2, build e6534b4\n", "28.2.2"],
  ["docker", "Docker version 27.5.1, build 27.5.1-0ubuntu3~24.04.2\n", "27.5.1"],
  ["docker", "podman version 4.3.1\n", null],
  ["dockerd", "Docker version 20.10.24+dfsg1, build 5d6db84\n", "20.10.24+dfsg1"],
  [
    "qemu-system-x86_64",
    "QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18+b3)\nCopyright (c) 2003-2022\n",
    "7.2.22",
  ],
  ["qemu-system-x86_64", "QEMU emulator version 10.0.2\n", "10.0.2"],
  ["qemu-system-x86_64", "QEMU emulator version 9.2.50 (v9.2.0-23-gabc)\n", "9.2.50"],
  ["qemu-system-x86_64", "qemu: could not load PC BIOS\n", null],
  [
    "busybox (static)",
    "BusyBox v1.35.0 (Debian 1:1.35.0-4) multi-call binary.\n\tnot a dynamic executable\n",
    "1.35.0",
  ],
  ["busybox (static)", "BusyBox v1.36.1 () multi-call binary.\n\tstatically linked\n", "1.36.1"],
  [
    "busybox (static)",
    "BusyBox v1.36.1 () multi-call binary.\n\tlibc.so.6 => /lib/x (0x1)\n",
    null,
  ],
  ["cpio", "cpio (GNU cpio) 2.13\n", "2.13"],
  ["cpio", "bsdcpio 3.6.2 -- libarchive 3.6.2\n", null],
  ["kmod", "kmod version 30\n+ZSTD +XZ\n", "30"],
  ["xz", "xz (XZ Utils) 5.4.1\nliblzma 5.4.1\n", "5.4.1"],
  ["nvme", "nvme version 2.3 (git 2.3)\nlibnvme version 1.3 (git 1.3)\n", "2.3"],
  ["nvme", "nvme version 2.8 (git 2.8)\n", "2.8"],
  ["nvme", "ERROR: Invalid sub-command 'version'\n", null],
  ["qemu-ga", "QEMU Guest Agent 7.2.22\n", "7.2.22"],
  ["qemu-ga", "bash: qemu-ga: command not found\n", null],
  ["wasmtime", "wasmtime 48.0.8 (a1b2c3 2026-10-02)\n", "48.0.8"],
  ["clang", "Debian clang version 14.0.6\nTarget: x86_64-pc-linux-gnu\n", "14.0.6"],
  ["clang", "Ubuntu clang version 18.1.3 (1ubuntu1)\n", "18.1.3"],
  ["clang", "clang version 21.1.0 (https://github.com/llvm/llvm-project 1234)\n", "21.1.0"],
  ["clang", "gcc (Debian 12.2.0-14) 12.2.0\n", null],
  [
    "Vulkan driver",
    '\tlibvulkan.so.1 (libc6,x86-64) => /lib/libvulkan.so.1\n{"ICD": {"api_version": "1.4.303"}}\n',
    "1.4.303",
  ],
  [
    "Vulkan driver",
    '\tlibvulkan.so.1 => /lib/x\n{\n    "ICD": {\n        "api_version" : "1.1.230",\n',
    "1.1.230",
  ],
  ["Vulkan driver", '{"ICD": {"api_version": "1.4.303"}}\n', null],
  ["Vulkan driver", "\tlibvulkan.so.1 (libc6,x86-64) => /lib/libvulkan.so.1\n", null],
];

for (const [name, text, version] of OUTPUTS) {
  Deno.test(`report() reads ${version} from ${name}'s ${JSON.stringify(text.slice(0, 40))}`, () => {
    const read = reportOn(name, text);
    assertEquals([read.version, read.tooOld], [version, false]);
    assertEquals(read.cure === null, version !== null);
  });
}

Deno.test("report() says that a tool is too old, and how new it must be", () => {
  const old = [
    ["fio", "fio-3.1\n"],
    ["wasmtime", "wasmtime-cli 0.40.1\n"],
    ["nvme", "nvme version 1.16\n"],
  ] as const;
  for (const [name, text] of old) {
    const read = reportOn(name, text);
    assertEquals(read.tooOld, true);
    assertStringIncludes(read.cure ?? "", "or newer");
  }
});

Deno.test("report() takes garbage for a missing tool, never for a version", () => {
  fc.assert(fc.property(fc.string(), (text) => {
    for (const { name } of TOOLS) assertEquals(reportOn(name, `?${text}`).tooOld, false);
  }));
});

Deno.test("atLeast() compares numbers, not text", () => {
  assertEquals(atLeast("3.9", "3.16"), false);
  assertEquals(atLeast("3.40-dirty", "3.16"), true);
  assertEquals(atLeast("20.10.24+dfsg1", "20.10"), true);
  assertEquals(atLeast("14", "14.0"), true);
  assertEquals(atLeast("garbage", "1"), false);
});

Deno.test("probeTools() finds fio on this host, and reports on every tool", async () => {
  const host = await liveHost();
  const reports = await probeTools(host, await host.temporaryFolder());
  await host.close();
  assertEquals(reports.map(({ name }) => name), TOOLS.map(({ name }) => name));
  const fio = reports.find(({ name }) => name === "fio");
  assertEquals(fio?.cure, null, "These tests need fio; deno task bench --setup installs it.");
  assertEquals(fio?.path?.startsWith("/"), true);
});

function reportOn(name: string, text: string): ToolReport {
  const tool = TOOLS.find((each: Tool) => each.name === name);
  if (tool === undefined) throw new Error(`no tool ${name}`);
  return report(tool, { text, path: null });
}
