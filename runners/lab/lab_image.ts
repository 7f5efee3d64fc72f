/**
 * What the lab host boots: the distribution's kernel, and the host's own programs from its packages in
 * one initramfs, which the project's cache keeps by the hash of all that went into it.
 *
 * @module
 */
import initScript from "./lab_init.sh" with { type: "text" };
import buildScript from "./lab_build.sh" with { type: "text" };
import filesScript from "./lab_files.sh" with { type: "text" };
import { MissingTool, Problem } from "../../problem.ts";
import { BUSYBOX, requireStaticBusybox } from "../busybox.ts";
import { findGuestKernel, type GuestKernel } from "../guest/guest_image.ts";
import type { Host } from "../host.ts";
import { LAB_CACHE } from "./lab_machine.ts";
import { runStep } from "../run_step.ts";
import { buildDmaTrial, KEPT_TRIAL } from "../vfio/dma_trial.ts";

/** A lab host that can be booted any number of times. */
export interface LabImage {
  /** For QEMU's `-kernel`. */
  readonly kernel: string;
  /** For QEMU's `-initrd`. */
  readonly initramfs: string;
}

/** What cellproof runs on a host, of which a distribution has all but the last few at once. */
const PROGRAMS = [
  ..."bash sh cat ls cp mv rm mkdir ln chmod stat head tail tr od sort uniq cut wc tee date sleep"
    .split(" "),
  ..."timeout env printf dd readlink realpath basename dirname mktemp touch truncate mkfifo".split(
    " ",
  ),
  ..."sha256sum base64 chroot nproc seq true false test expr id uname comm paste df tac sync".split(
    " ",
  ),
  ..."find xargs grep sed awk gzip cpio tar getent ldd hostname".split(" "),
  ..."modprobe depmod lsmod rmmod insmod mount umount findmnt lsblk blkid blockdev losetup".split(
    " ",
  ),
  ..."setsid flock taskset lscpu dmesg ip rmdir".split(" "),
  ...["qemu-system-x86_64", "qemu-ga", "nvme", "fio"],
] as const;

/** What QEMU reads beside its program: firmware, and the translator for guests without KVM. */
const DATA = `/usr/share/seabios/bios-256k.bin /usr/share/qemu/bios-256k.bin
/usr/share/seabios/kvmvapic.bin /usr/share/qemu/kvmvapic.bin
/usr/share/qemu/linuxboot_dma.bin /usr/share/qemu/pvh.bin
/usr/lib/*/qemu/accel-tcg-x86_64.so /usr/lib/qemu/accel-tcg-x86_64.so
/etc/os-release /usr/lib/os-release`;

const IMAGES = "lab";
const INSTALL = "Run: deno task bench --setup";

/**
 * The lab's image in the project's cache; built where none of these very parts is there.
 *
 * @throws {MissingTool} where a program, the guest's kernel or the compiler is missing
 * @throws {Problem} where it cannot be built: the disk is full
 */
export async function prepareLabImage(
  host: Host,
  { cacheFolder, say }: { readonly cacheFolder: string; readonly say: (text: string) => void },
): Promise<LabImage> {
  await requireStaticBusybox(host, "make the lab");
  const kernel = await requireKernel(host, cacheFolder);
  const work = await host.temporaryFolder();
  const trial = await buildDmaTrial(host, `${work}/vfio_nvme`);
  const files = await listFiles(host);
  const name = `${await hashOf(host, { kernel, files: [...files, trial] })}.cpio`;
  const initramfs = `${cacheFolder}/${IMAGES}/${name}`;
  const present = await host.readFolder(`${cacheFolder}/${IMAGES}`) ?? [];
  if (!present.includes(name)) {
    say("building the lab's image");
    await build(host, { kernel, files, trial, work, initramfs });
  }
  return { kernel: kernel.image, initramfs };
}

async function requireKernel(host: Host, cacheFolder: string): Promise<GuestKernel> {
  const kernel = await findGuestKernel(host, cacheFolder);
  if (kernel !== null) return kernel;
  throw new MissingTool({
    action: "make the lab",
    condition: "there is no guest kernel in the project's cache",
    cure: INSTALL,
  });
}

/** The files of the programs and their data, each once. */
async function listFiles(host: Host): Promise<string[]> {
  const programs = await programFiles(host);
  const data = await host.run({
    argv: ["bash", "-c", `shopt -s nullglob; printf '%s\\n' ${DATA.replaceAll("\n", " ")}`],
    timeoutSeconds: 10,
  });
  const present = await host.run({
    argv: ["bash", "-c", 'while read -r file; do [ -f "$file" ] && echo "$file"; done; exit 0'],
    stdin: data.stdout,
    timeoutSeconds: 10,
  });
  const lines = `${programs}\n${present.stdout}\n${BUSYBOX}`.split("\n");
  return [...new Set(lines.filter((line) => line.startsWith("/")))].sort();
}

async function programFiles(host: Host): Promise<string> {
  const action = "make the lab";
  const { ended, status, stdout, stderr } = await host.run({
    argv: ["bash", "-c", filesScript, "cellproof-lab", ...PROGRAMS],
    timeoutSeconds: 60,
  });
  const missing = /^there is no (\S+)$/m.exec(stderr)?.[1];
  if (missing !== undefined) {
    throw new MissingTool({ action, condition: `there is no ${missing}`, cure: INSTALL });
  }
  if (ended === "exited" && status === 0) return stdout;
  const condition = `listing its programs' files ended with status ${status} (${ended})`;
  throw new Problem({ action, condition, ...(stderr === "" ? {} : { seen: stderr }) });
}

/** Names all that the image is made of by one number. */
async function hashOf(
  host: Host,
  { kernel, files }: { readonly kernel: GuestKernel; readonly files: readonly string[] },
): Promise<string> {
  const printed = await runStep(host, {
    action: "make the lab",
    argv: [
      "bash",
      "-c",
      'set -o pipefail; { cat; sha256sum -- "$@" | cut -d " " -f 1; } | sha256sum | cut -c 1-16',
      "cellproof-lab",
      ...files,
      kernel.image,
    ],
    stdin: [initScript, buildScript, kernel.modules, ...files.slice(0, -1)].join("\n"),
    timeoutSeconds: 120,
    cure: INSTALL,
  });
  return printed.trim();
}

async function build(
  host: Host,
  { kernel, files, trial, work, initramfs }: {
    readonly kernel: GuestKernel;
    readonly files: readonly string[];
    readonly trial: string;
    readonly work: string;
    readonly initramfs: string;
  },
): Promise<void> {
  const root = `${work}/root`;
  await host.writeText(`${root}/init`, initScript);
  const cached = kernel.modules.replace(/\/modules$/, "");
  const kept = [`${LAB_CACHE}/guest-kernel`, trial, `${LAB_CACHE}/${KEPT_TRIAL}`];
  const words = [root, `${work}/lab.cpio`, kernel.release, cached, ...kept];
  await step(host, {
    argv: ["bash", "-c", buildScript, "cellproof-lab", ...words],
    stdin: files.join("\n"),
  });
  const folder = initramfs.slice(0, initramfs.lastIndexOf("/"));
  // Only the newest image is kept: each has a quarter of a gigabyte.
  const replace =
    'rm -rf -- "$2" && mkdir -p -- "$2" && mv -- "$1" "$2/new" && mv -T -- "$2/new" "$3"';
  await step(host, {
    argv: ["bash", "-c", replace, "cellproof-lab", `${work}/lab.cpio`, folder, initramfs],
  });
}

function step(
  host: Host,
  command: { readonly argv: readonly [string, ...string[]]; readonly stdin?: string },
): Promise<string> {
  return runStep(host, {
    action: "make the lab's image",
    ...command,
    timeoutSeconds: 300,
    cure: "Check the free space of the temporary folder and of the project's cache.",
  });
}
