import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { fioArguments, parseFio } from "../fio.ts";
import { buildGuest, type Guest, prepareGuestKernel } from "./guest_image.ts";
import type { CommandResult, Host } from "../host.ts";
import { liveHost } from "../seam/live.ts";
import {
  type Accelerator,
  decideAccelerator,
  type DiskModel,
  guestDevice,
  type GuestDisk,
  type GuestJob,
  type GuestRun,
  probeAccelerator,
  runGuestJob,
} from "./qemu.ts";
import { gatherPayload } from "../payload.ts";
import { Problem } from "../../problem.ts";

const CACHE = new URL("../../.cache", import.meta.url).pathname;
const TCG: Accelerator = { name: "tcg", why: "This is a test." };
const GUEST: Guest = {
  kernel: { release: "6.1", image: "/c/vmlinux", modules: "/c/modules" },
  initramfs: "/t/guest.cpio",
  folder: "/t",
};
const JOB: GuestJob = {
  accelerator: TCG,
  disk: { path: "/x", model: "virtio-blk" },
  fioArguments: ["--version"],
  timeoutSeconds: 60,
};
const ODD_NAME = "odd, 'name' $(x) = ,,image,";
const ODD_TEXT = `a,b  "c" 'd' $(e) \\f =g # h|i `;

Deno.test("Real guests run fio, hand back what they saw, and fail as failures (slow)", async (t) => {
  const host = await liveHost();
  try {
    const folder = await host.temporaryFolder();
    const kernel = await prepareGuestKernel(host, CACHE);
    const payload = await gatherPayload(host, [{ name: "fio", path: await fioPath(host) }]);
    const guest = await buildGuest(host, { kernel, payload, folder });
    const image = `${folder}/${ODD_NAME}`;
    await host.run({ argv: ["truncate", "-s", "16M", "--", image], timeoutSeconds: 10 });
    const boot = (disk: Omit<GuestDisk, "path">): Promise<GuestRun> =>
      runGuestJob(host, guest, {
        ...JOB,
        disk: { path: image, ...disk },
        fioArguments: readArguments(disk.model),
      });

    await t.step("runGuestJob() runs fio on virtio-blk, its arguments unchanged", async () => {
      const run = await boot({ model: "virtio-blk" });
      assertCompleted(run, ["virtio_blk", "virtio-pci"]);
      const [job] = JSON.parse(run.fioStdout ?? "").jobs;
      assertEquals(job["job options"].description, ODD_TEXT);
    });
    await t.step("runGuestJob() holds emulated NVMe to a limit", async () => {
      const run = await boot({ model: "nvme", iopsLimit: 300 });
      assertCompleted(run, ["nvme"]);
      const { operations } = parseFio(run.fioStdout ?? "");
      assert(operations <= 300 * run.command.durationSeconds, `${operations}`);
    });
    await t.step("runGuestJob() runs fio on emulated AHCI", async () => {
      assertCompleted(await boot({ model: "ahci" }), ["sd", "ahci"]);
    });
    await t.step("runGuestJob() gives QEMU's own words where it refuses the disk", async () => {
      const disk: GuestDisk = { path: `${folder}/absent`, model: "nvme" };
      const run = await runGuestJob(host, guest, { ...JOB, disk });
      assertEquals(run.failureKind, "not-run");
      assertStringIncludes(run.failure ?? "", "No such file");
    });
    await t.step("probeAccelerator() gives KVM, or the reason why not", async () => {
      const { name, why } = await probeAccelerator(host, guest);
      assertEquals(why === null, name === "kvm");
    });
  } finally {
    await host.close();
  }
});

Deno.test("runGuestJob() rejects a run whose disk lost a completion, and a failed fio", async () => {
  const lost = "[    4.1] nvme nvme0: I/O 12 QID 1 timeout, completion polled";
  const cases = [
    [documentOf({ errors: lost, status: 0 }), "lost-completions", "completion polled"],
    [documentOf({ errors: "", status: 1 }), "fio-failed", "status 1 in the guest: bad option"],
    ["garbage", "no-document", "without a whole document"],
  ] as const;
  for (const [stdout, kind, words] of cases) {
    const run = await runGuestJob(answering({ stdout }), GUEST, JOB);
    assertEquals([run.failureKind, run.fioStdout], [kind, null]);
    assertStringIncludes(run.failure ?? "", words);
  }
});

Deno.test("decideAccelerator() takes KVM only where a probe guest reported", () => {
  assertEquals(decideAccelerator({ status: 0 }, { failure: null }), { name: "kvm", why: null });
  const others = [
    [decideAccelerator({ status: 2 }, null), "no /dev/kvm"],
    [decideAccelerator({ status: 1 }, null), "may not open"],
    [decideAccelerator({ status: null }, null), "may not open"],
    [decideAccelerator({ status: 0 }, { failure: "The guest did not end." }), "did not end"],
  ] as const;
  for (const [{ name, why }, words] of others) {
    assertEquals(name, "tcg");
    assertStringIncludes(why ?? "", words);
  }
});

Deno.test("runGuestJob() refuses arguments that cannot be handed over", async () => {
  for (const fioArguments of [["a\nb"], ["a\0b"], []]) {
    const job = { ...JOB, fioArguments };
    await assertRejects(() => runGuestJob(answering({}), GUEST, job), Problem, "fio's arguments");
  }
});

function readArguments(model: DiskModel): string[] {
  const request = {
    name: "read",
    filename: guestDevice(model),
    pattern: "randread",
    blockSizeBytes: 4096,
    iodepth: 4,
    sizeBytes: 16 * 2 ** 20,
    runtimeSeconds: 1,
    seed: 1,
  } as const;
  return [...fioArguments(request), `--description=${ODD_TEXT}`];
}

function assertCompleted(run: GuestRun, drivers: string[]): void {
  assertEquals(run.failure, null);
  assert(run.failure === null);
  assertEquals(run.drivers, drivers);
  assert(parseFio(run.fioStdout).operations > 0);
  const { start, end } = run.document.uptimeSeconds;
  assert(end - start >= 1);
}

async function fioPath(host: Host): Promise<string> {
  const { stdout } = await host.run({ argv: ["which", "fio"], timeoutSeconds: 10 });
  return stdout.trim();
}

/** A host on which QEMU ends as told, and every console is empty. */
function answering(end: Partial<CommandResult>): Host {
  const result = { ended: "exited", status: 0, stdout: "", stderr: "", ...end };
  const common = { startedAt: "2026-01-01T00:00:00.000Z", durationSeconds: 1 };
  const run = ({ argv }: { argv: readonly string[] }) =>
    Promise.resolve(argv[0] === "tail" ? { ...common, stdout: "" } : { ...common, ...result });
  return { run } as unknown as Host;
}

function documentOf({ errors, status }: { errors: string; status: number }): string {
  const lines = ["cellproof guest document 2", "# status", `| ${status}`, "# stderr"];
  lines.push("| bad option", "# boot_id", "| x", "# kernel", "| 6.1", "# uptime", "| 1", "| 2");
  if (errors !== "") lines.push("# kernel_errors", `| ${errors}`);
  return [...lines, `# end ${lines.length}`, ""].join("\n");
}
