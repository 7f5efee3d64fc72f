import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import type { GuestDevice } from "./guest_devices.ts";
import { buildGuest, type Guest, prepareGuestKernel } from "./guest_image.ts";
import type { GuestMachine } from "./guest_machine.ts";
import { type GuestScriptRun, runGuestScript, scriptOutput } from "./guest_script.ts";
import type { CommandResult, Host } from "../host.ts";
import { liveHost } from "../seam/live.ts";
import { gatherPayload } from "../payload.ts";
import { Problem } from "../../problem.ts";

const CACHE = new URL("../../.cache", import.meta.url).pathname;
const GUEST: Guest = {
  kernel: { release: "6.1", image: "/c/vmlinux", modules: "/c/modules" },
  initramfs: "/t/guest.cpio",
  folder: "/t",
};
const MACHINE: GuestMachine = {
  accelerator: { name: "tcg", why: "This is a test." },
  script: "true",
  timeoutSeconds: 60,
};
const ODD_TEXT = `a,b "c" 'd' $(e) \\\\f =g,, # h|i\r\t`;
const NET = { kind: "user" } as const;

Deno.test("Real guests run scripts, and fail as failures (slow)", async (t) => {
  const host = await liveHost();
  try {
    const folder = await host.temporaryFolder();
    const kernel = await prepareGuestKernel(host, CACHE);
    // An applet of busybox, of which this one differs.
    const payload = await gatherPayload(host, [{ name: "uname", path: "/bin/cat" }]);
    const guest = await buildGuest(host, { kernel, payload, folder });

    await t.step("runGuestScript() hands back what the script said, as it was", async () => {
      const script = `cat <<'EOF'\n| ${ODD_TEXT}\n# end 3\n\nEOF\nprintf x; uname /x >&2; exit 3`;
      const { document, failure } = await runGuestScript(host, guest, { ...MACHINE, script });
      assertEquals(failure, null);
      assertEquals(document?.stdout, `| ${ODD_TEXT}\n# end 3\n\nx`);
      assertStringIncludes(document?.stderr ?? "", "/x: No such file or directory");
      assertEquals([document?.status, document?.kernel], [3, kernel.release]);
      const own = await host.readText("/proc/sys/kernel/random/boot_id");
      assert(document?.bootId !== own?.trim());
    });
    await t.step("runGuestScript() gives the guest disks and network devices", async () => {
      const image = `${folder}/an image, of 16M`;
      await host.run({ argv: ["truncate", "-s", "16M", "--", image], timeoutSeconds: 10 });
      const devices: GuestDevice[] = [
        { model: "virtio-blk", path: image, readOnly: true },
        { model: "nvme", path: image, readOnly: true },
        { model: "usb-storage", path: image, readOnly: true },
        { model: "virtio-net", netdev: NET, mac: "52:54:00:00:00:07" },
        { model: "e1000", netdev: NET },
      ];
      const script = "cat /sys/class/net/eth0/address";
      const run = await runGuestScript(host, guest, { ...MACHINE, devices, script });
      assertEquals(scriptOutput(run), "52:54:00:00:00:07\n");
      assertEquals(run.document?.devices.map(({ drivers }) => drivers[0]), [
        ...["virtio_blk", "nvme", "sd", "virtio_net", "e1000"],
      ]);
    });
    await t.step("runGuestScript() starts QEMU behind a launcher", async () => {
      const launcher = ["env", "-u", "HOME"];
      const run = await runGuestScript(host, guest, { ...MACHINE, launcher, name: "other" });
      assertEquals(scriptOutput(run), "");
    });
    await t.step("runGuestScript() tells that the guest panicked", async () => {
      const initramfs = `${folder}/no-archive`;
      await host.writeText(initramfs, "no archive");
      const run = await runGuestScript(host, { ...guest, initramfs }, MACHINE);
      assertEquals(run.failureKind, "panicked");
      assertStringIncludes(run.failure ?? "", "Unable to mount root fs");
    });
    await t.step("runGuestScript() tells that the guest took too long", async () => {
      const run = await runGuestScript(host, guest, { ...MACHINE, timeoutSeconds: 0.5 });
      assertEquals([run.failureKind, run.document], ["timed-out", null]);
    });
  } finally {
    await host.close();
  }
});

Deno.test("runGuestScript() never reads a document of a QEMU that failed", async () => {
  const stdout = [...DOCUMENT, `# end ${DOCUMENT.length}`, ""].join("\n");
  assertEquals((await runGuestScript(answering({ stdout }), GUEST, MACHINE)).failure, null);
  const ends = [
    [{ status: 1, stderr: "bad image" }, "not-run"],
    [{ status: null }, "not-run"],
    [{ status: null, ended: "not-found" }, "not-run"],
    [{ status: null, ended: "timed-out" }, "timed-out"],
    [{ status: null, ended: "cancelled" }, "cancelled"],
    [{ status: null, ended: "output-limit" }, "no-document"],
  ] as const;
  for (const [end, kind] of ends) {
    const run = await runGuestScript(answering({ stdout, ...end }), GUEST, MACHINE);
    assertEquals([run.failureKind, run.document], [kind, null]);
  }
});

Deno.test("scriptOutput() gives what a script printed that succeeded, and a Problem otherwise", () => {
  const ran = { argv: ["qemu"], command: null } as const;
  const document = { stdout: "out", stderr: "why", status: 0 };
  const completed = (status: number): GuestScriptRun =>
    ({ ...ran, failure: null, document: { ...document, status } }) as unknown as GuestScriptRun;
  assertEquals(scriptOutput(completed(0)), "out");
  assertThrows(() => scriptOutput(completed(1)), Problem, "status 1 (seen: why)");
  const failed = { ...ran, failure: "It hung.", failureKind: "timed-out", document: null };
  assertThrows(() => scriptOutput(failed as unknown as GuestScriptRun), Problem, "guest: It hung.");
});

const DOCUMENT = ["cellproof guest document 2", "# status", "| 0", "# boot_id", "| x", "# kernel"]
  .concat(["| 6.1", "# uptime", "| 1", "| 2"]);

/** A host on which QEMU ends as told, and every console is empty. */
function answering(end: Partial<CommandResult>): Host {
  const result = { ended: "exited", status: 0, stdout: "", stderr: "", ...end };
  const common = { startedAt: "2026-01-01T00:00:00.000Z", durationSeconds: 1 };
  const run = ({ argv }: { argv: readonly string[] }) =>
    Promise.resolve(argv[0] === "tail" ? { ...common, stdout: "" } : { ...common, ...result });
  return { run } as unknown as Host;
}
