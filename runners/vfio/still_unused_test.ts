import { assertEquals, assertRejects } from "@std/assert";
import { Problem } from "../../problem.ts";
import type { Host } from "../host.ts";
import { parsePciAddress, type PciAddress } from "../pci/pci_address.ts";
import { notedChanges } from "../testing/vfio_samples.ts";
import { bindToVfio } from "./bind.ts";
import { changed, replaced } from "./plan_samples.ts";
import { requireStillUnused } from "./still_unused.ts";

const DISK = parsePciAddress("0000:02:00.0") as PciAddress;
const UNUSED = changed({});
const MOUNTED = changed({
  mounts: ["./1/mountinfo\t30 1 259:1 / /data rw - ext4 /dev/nvme1n1p1 rw"],
});
const OPENED = changed({ open: ["103:0 61b0 ./812/fd/7"] });

/** A host of which each look shows the next of these texts, the last one again and again. */
function seen(...looks: string[]): Host {
  const run = ({ argv }: { readonly argv: readonly string[] }) => {
    const answer = { ended: "exited", status: 0, stderr: "" };
    if (argv.includes("cellproof-plan")) {
      const [stdout = ""] = looks.length > 1 ? looks.splice(0, 1) : looks;
      return Promise.resolve({ ...answer, stdout });
    }
    const link = argv.at(-1)?.endsWith("/driver") ? "../drivers/nvme\n" : "../iommu_groups/8\n";
    return Promise.resolve({ ...answer, stdout: argv[0] === "readlink" ? link : "" });
  };
  return { run, readFolder: () => Promise.resolve(["8"]) } as unknown as Host;
}

Deno.test("requireStillUnused() lets an unused function pass", async () => {
  await requireStillUnused(seen(UNUSED), DISK);
});

Deno.test("requireStillUnused() refuses a disk that was mounted meanwhile, or a function that left", async () => {
  const refused = (text: string, why: string) =>
    assertRejects(() => requireStillUnused(seen(text), DISK), Problem, why);
  await refused(MOUNTED, "nvme1n1p1 on /data");
  await refused(replaced({ pci: [], "pci-present": [] }), "not there any more");
  await refused("", "did not come to its end");
});

Deno.test("requireStillUnused() waits for who opens the disk for a moment, and not for ever", async () => {
  await requireStillUnused(seen(OPENED, OPENED, UNUSED), DISK);
  const refused = () => requireStillUnused(seen(OPENED), DISK);
  await assertRejects(refused, Problem, "postgres (process 812) through nvme1n1");
});

Deno.test("bindToVfio() takes no disk from its driver that is in use by now", async () => {
  const changes = notedChanges();
  await assertRejects(() => bindToVfio(seen(MOUNTED), changes, DISK), Problem, "/data");
  assertEquals(changes.noted.filter((words) => words.startsWith("pci-driver")), []);
  await bindToVfio(seen(UNUSED), changes, DISK);
  assertEquals(changes.noted.at(-1), `pci-driver ${DISK} = vfio-pci/vfio-pci`);
});
