import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import type { Host } from "../host.ts";
import { findGuestKernel, modulePaths, MODULES } from "./kernel_image.ts";
import { kernelPackages, kernelSource } from "./kernel_package.ts";
import { Problem } from "../../problem.ts";

const DEBIAN = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\n';
const UBUNTU = 'NAME="Ubuntu"\nVERSION_ID="24.04"\nID=ubuntu\nID_LIKE=debian\n';

Deno.test("kernelPackages() finds Debian's kernel, which is one package", () => {
  const depends = "linux-image-amd64\n  Depends: linux-image-6.12.48+deb13-amd64\n";
  assertEquals(kernelPackages(kernelSource(DEBIAN, "x86_64"), depends), {
    release: "6.12.48+deb13-amd64",
    names: ["linux-image-6.12.48+deb13-amd64"],
  });
});

Deno.test("kernelPackages() finds Ubuntu's kernel and its modules among other dependencies", () => {
  const depends = [
    "linux-image-generic",
    " |Depends: linux-image-6.8.0-45-generic",
    "  Depends: <linux-image-virtual>",
    "  Depends: linux-modules-extra-6.8.0-45-generic",
    "  Depends: linux-firmware",
    "  Depends: intel-microcode",
    "  Recommends: thermald",
  ].join("\n");
  assertEquals(kernelPackages(kernelSource(UBUNTU, "x86_64"), depends), {
    release: "6.8.0-45-generic",
    names: ["linux-image-6.8.0-45-generic", "linux-modules-6.8.0-45-generic"],
  });
});

Deno.test("kernelPackages() names the cure when apt knows no kernel", () => {
  const source = kernelSource(DEBIAN, "x86_64");
  for (const depends of ["", "linux-image-amd64\n  Depends: <linux-image-virtual>\n"]) {
    const error = assertThrows(() => kernelPackages(source, depends), Problem);
    assertStringIncludes(error.message, "apt-get update");
  }
});

Deno.test("kernelSource() takes derivatives for what they are like", () => {
  const mint = kernelSource('ID=linuxmint\nID_LIKE="ubuntu debian"\n', "x86_64");
  assertEquals(mint.metapackage, "linux-image-generic");
  const raspbian = kernelSource("ID='raspbian'\nID_LIKE=debian\n", "x86_64");
  assertEquals(raspbian.metapackage, "linux-image-amd64");
});

Deno.test("kernelSource() refuses other distributions and architectures", () => {
  for (const [os, architecture] of [["ID=fedora\n", "x86_64"], [null, "x86_64"], [DEBIAN, ""]]) {
    assertThrows(() => kernelSource(os ?? null, architecture ?? ""), Problem);
  }
  assertThrows(() => kernelSource(DEBIAN, "aarch64"), Problem, "x86_64 only");
});

Deno.test("modulePaths() takes files once, in load order, and no built-in modules", () => {
  const shown = "builtin virtio_blk\ninsmod /m/a b/scsi_mod.ko.xz use_blk_mq=1\n" +
    "insmod /m/ahci.ko \ninsmod /m/ahci.ko \ninsmod /m/sd_mod.ko.zst\n";
  assertEquals(modulePaths(shown), ["/m/a b/scsi_mod.ko.xz", "/m/ahci.ko", "/m/sd_mod.ko.zst"]);
  assertEquals(modulePaths("builtin virtio_pci\n"), []);
});

const NEWEST = "/c/guest-kernel/6.1.0-56-amd64_6.1.192-2";

/** A cache with two kernels, the newest of which was unpacked for these modules. */
function cacheWith(wanted: string | null): Host {
  const folders: Record<string, string[]> = {
    "/c/guest-kernel": ["6.1.0-56-amd64_6.1.192-2", "6.1.0-9-amd64_6.1.27-1"],
    [NEWEST]: ["bzImage", "modules"],
  };
  const readFolder = (path: string) => Promise.resolve(folders[path] ?? null);
  const readText = (path: string) =>
    Promise.resolve(path === `${NEWEST}/wanted.json` ? wanted : null);
  return { readFolder, readText } as unknown as Host;
}

Deno.test("findGuestKernel() takes the newest kernel, by its numbers", async () => {
  const host = cacheWith(`${JSON.stringify(MODULES)}\n`);
  assertEquals(await findGuestKernel(host, "/c"), {
    release: "6.1.0-56-amd64",
    image: `${NEWEST}/bzImage`,
    modules: `${NEWEST}/modules`,
  });
  assertEquals(await findGuestKernel(host, "/empty"), null);
});

Deno.test("findGuestKernel() takes no kernel that was unpacked for other modules", async () => {
  for (const wanted of [null, "", '{"base":["virtio_pci"]}\n']) {
    assertEquals(await findGuestKernel(cacheWith(wanted), "/c"), null);
  }
});
