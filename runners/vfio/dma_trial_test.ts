import { assert, assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import {
  buildDmaTrial,
  type DmaTrial,
  failedControl,
  faultsSince,
  MOST_FAULTS,
  parseDmaTrial,
  runDmaTrial,
} from "./dma_trial.ts";
import type { CommandRequest, CommandResult, Host } from "../host.ts";
import { liveHost } from "../seam/live.ts";
import { MissingTool, Problem } from "../../problem.ts";
import { parsePciAddress, type PciAddress } from "../pci/pci_address.ts";

/** As printed in a guest with an emulated VT-d and an emulated NVMe controller. */
const GOOD = [
  "iommu type1v2",
  "iova 0x10000000 physical 0x111a29000",
  "granted changed 4096 status 0",
  "serial LABPLAIN",
  "model QEMU NVMe Ctrl",
  "allowed changed 4096 status 0",
  "forbidden changed 0 status 0",
  "after changed 4096 status 0",
  "",
].join("\n");
const ODD: Readonly<Record<string, string>> = {
  "is empty": "",
  "is cut off": GOOD.slice(0, -1),
  "lacks its last line": GOOD.replace(/after.*\n/, ""),
  "has a line more": `${GOOD}after changed 4096 status 0\n`,
  "has a line twice": GOOD.replace(/(allowed.*\n)/, "$1$1"),
  "has lines in another order": GOOD.replace(/(allowed.*\n)(forbidden.*\n)/, "$2$1"),
  "names another IOMMU": GOOD.replace("type1v2", "noiommu"),
  "has a negative count": GOOD.replace("forbidden changed 0", "forbidden changed -1"),
  "has a count above a page": GOOD.replace("allowed changed 4096", "allowed changed 4097"),
  "has a status that is no number": GOOD.replace("status 0", "status ok"),
  "has an address that is none": GOOD.replace("0x111a29000", "0xzz"),
  "has one address twice": GOOD.replace("0x111a29000", "0x10000000"),
  "has a serial number that is too long": GOOD.replace("LABPLAIN", "x".repeat(21)),
  "has a serial number with control characters": GOOD.replace("LABPLAIN", "\x1b[2J"),
  "has a serial number with a line in it": GOOD.replace(
    "LABPLAIN",
    "a\nforbidden changed 0 status 0",
  ),
  "is endless": GOOD + "x".repeat(1e6),
  "is a message": "qemu-ga: command not found\n",
};
const ADDRESS = address("0000:02:00.0");
const INTEL =
  "[  67.05] DMAR: [DMA Write NO_PASID] Request device [02:00.0] fault addr 0x111a29000 " +
  "[fault reason 0x05] PTE Write access is not set";
const AMD = "[  67.05] vfio-pci 0000:02:00.0: AMD-Vi: Event logged [IO_PAGE_FAULT domain=0x000e " +
  "address=0x111a29000 flags=0x0020]";

Deno.test("parseDmaTrial() reads each write and what the controller is", () => {
  const arrived = { changedBytes: 4096, status: 0 };
  assertEquals(parseDmaTrial(GOOD), {
    iommuType: "type1v2",
    serial: "LABPLAIN",
    model: "QEMU NVMe Ctrl",
    granted: arrived,
    allowed: arrived,
    forbidden: { changedBytes: 0, status: 0, physicalAddress: "0x111a29000" },
    after: arrived,
  });
});

Deno.test("parseDmaTrial() tells a write that reached memory, a timeout and an empty serial", () => {
  const text = GOOD.replace("forbidden changed 0 status 0", "forbidden changed 17 status timeout");
  const { forbidden, serial } = parseDmaTrial(text.replace("LABPLAIN", ""));
  assertEquals([forbidden.changedBytes, forbidden.status, serial], [17, "timeout", ""]);
});

for (const [what, text] of Object.entries(ODD)) {
  Deno.test(`parseDmaTrial() refuses output that ${what}`, () => {
    assertThrows(() => parseDmaTrial(text), Problem, "Cannot read what the trial of DMA printed");
  });
}

Deno.test("failedControl() names the control that did not arrive", () => {
  const failed = (from: string, to: string) => failedControl(parseDmaTrial(GOOD.replace(from, to)));
  assertEquals(failed("", ""), null);
  assertEquals(failed("forbidden changed 0", "forbidden changed 4096"), null);
  assertMatch(failed("allowed changed 4096", "allowed changed 0") ?? "", /physical.* 0 bytes/);
  assertMatch(
    failed("after changed 4096 status 0", "after changed 0 status timeout") ?? "",
    /after/,
  );
  assertMatch(
    failed("granted changed 4096 status 0", "granted changed 9 status 4") ?? "",
    /status 4/,
  );
});

Deno.test("faultsSince() gives the faults of the function alone, and new ones alone", () => {
  const old = `[   1.0] boot\n${INTEL}\n`;
  const others = INTEL.replace("02:00.0", "12:00.0") + "\n" + AMD.replace("0000:02", "0001:02");
  const chatter = "[  70.0] vfio-pci 0000:02:00.0: enabling device\n[  71.0] DMAR: IOMMU enabled";
  const device = AMD.replace("0000:02:00.0: ", "").replace("domain", "device=02:00.0 domain");
  assertEquals(faultsSince(old, old, ADDRESS), []);
  assertEquals(faultsSince(old, `${old}${chatter}\n${others}\n`, ADDRESS), []);
  for (const line of [INTEL, AMD, device]) {
    assertEquals(faultsSince(old, `${old}${others}\n${line}\n`, ADDRESS), [
      line.replace(/ +/g, " "),
    ]);
  }
});

Deno.test("faultsSince() follows a log that has lost its oldest lines, and is not flooded", () => {
  const old = "[ 1.0] a\n[ 2.0] b\n[ 3.0] c\n";
  assertEquals(faultsSince(old, `[ 3.0] c\n${AMD}\n`, ADDRESS).length, 1);
  assertEquals(faultsSince(old, `${AMD}\n`, ADDRESS).length, 1);
  assertEquals(faultsSince(old, "", ADDRESS), []);
  assertEquals(faultsSince("", `${AMD}\n`.repeat(1000), ADDRESS).length, MOST_FAULTS);
});

Deno.test("runDmaTrial() tells the faults that were logged meanwhile", async () => {
  const asked: string[][] = [];
  const trial = await run(["old\n", GOOD, `old\n${AMD}\n`], asked);
  assertEquals(asked, [["dmesg"], ["/p", "0000:02:00.0"], ["dmesg"]]);
  assertEquals([trial.text, trial.argv], [GOOD, ["/p", "0000:02:00.0"]]);
  assertEquals(trial.faults?.length, 1);
});

Deno.test("runDmaTrial() knows of no faults where the kernel's log is refused", async () => {
  assertEquals((await run([null, GOOD, null])).faults, null);
  assertEquals((await run(["old\n", GOOD, null])).faults, null);
});

Deno.test("runDmaTrial() is a Problem when the program fails", async () => {
  await assertRejects(() => run(["", null, ""]), Problem, "to memory that is not mapped");
});

Deno.test("The program builds without warnings and refuses what it cannot use", async () => {
  const host = await liveHost();
  try {
    const program = await buildDmaTrial(host, `${await host.temporaryFolder()}/vfio_nvme`)
      .catch(unlessMissing);
    if (program === null) return;
    const start = (...words: string[]) =>
      host.run({ argv: [program, ...words], timeoutSeconds: 10 });
    for (const words of [[], ["a", "b"], ["../../etc"], ["0".repeat(17)]]) {
      const { status, stdout, stderr } = await start(...words);
      assertEquals([status, stdout, stderr.split(" ")[0]], [2, "", "usage:"], words.join(" "));
    }
    const { status, stdout, stderr } = await start("ffff:ff:1f.7");
    assertEquals([status, stdout], [1, ""]);
    assertEquals(stderr, "vfio_nvme: finding the IOMMU group: No such file or directory\n");
    const argv: [string, ...string[]] = ["clang", "-Wall", "-Wextra", "-Werror", "-fsyntax-only"];
    const path = new URL("../programs/vfio_nvme.c", import.meta.url).pathname;
    const strict = await host.run({ argv: [...argv, path], timeoutSeconds: 30 });
    assertEquals([strict.status, strict.stderr], [0, ""]);
  } finally {
    await host.close();
  }
});

/** A trial on a host that gives these outputs in turn; null is a failure. */
function run(outputs: readonly (string | null)[], asked: string[][] = []): Promise<DmaTrial> {
  const host = {
    run: ({ argv }: CommandRequest): Promise<CommandResult> => {
      const stdout = outputs[asked.length] ?? null;
      asked.push([...argv]);
      return Promise.resolve({ ...RESULT, status: stdout === null ? 1 : 0, stdout: stdout ?? "" });
    },
  };
  return runDmaTrial(host as Host, { programPath: "/p", address: ADDRESS, timeoutSeconds: 1 });
}

const RESULT = { ended: "exited", stderr: "", startedAt: "", durationSeconds: 0 } as const;

function address(text: string): PciAddress {
  const parsed = parsePciAddress(text);
  assert(parsed !== null);
  return parsed;
}

function unlessMissing(error: unknown): null {
  if (error instanceof MissingTool) return null;
  throw error;
}
