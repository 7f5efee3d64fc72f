import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { Problem, UsageProblem } from "../../problem.ts";
import type { Host } from "../host.ts";
import { plantTree } from "../inventory/inventory_tree.ts";
import { liveHost } from "../seam/live.ts";
import {
  describePlan,
  judgePassthrough,
  parseAddresses,
  type PassthroughPlan,
  planPassthrough,
} from "./plan.ts";
import { parsePlanFacts, PLAN_SCRIPT } from "./plan_facts.ts";
import { FactText } from "./plan_text.ts";
import { changed, factsOf, listedLink, pciFunction, printed, replaced } from "./plan_samples.ts";

const DISK = "0000:02:00.0";
const PORT = "0000:05:01.0";
const GPU = "0000:65:00.0";
const UPPER = listedLink("eth0/upper_br0", "../../../virtual/net/br0");
const BLOCK = "block-links";

function plan(
  text: string,
  named: readonly string[] = [DISK],
  allowNoReset = false,
): PassthroughPlan {
  return judgePassthrough(factsOf(text), { addresses: parseAddresses(named), allowNoReset });
}

function refusal(text: string, ...named: string[]): string {
  return assertThrows(() => plan(text, named), UsageProblem).message;
}

function answering(stdout: string): Host {
  const result = {
    ended: "exited",
    status: 0,
    stdout,
    stderr: "",
    startedAt: "",
    durationSeconds: 0,
  };
  return { run: () => Promise.resolve(result) } as unknown as Host;
}

Deno.test("planPassthrough() plans an idle disk, and describePlan() tells it", async () => {
  const seen = await planPassthrough(answering(changed({})), ["02:00.0"], { allowNoReset: false });
  const [device] = seen.devices;
  assertEquals([device?.vendorId, device?.subsystemIds], ["1b36", "1af4:1100"]);
  assertEquals([device?.classCode, device?.driver, device?.iommuGroup], ["010802", "nvme", 8]);
  assertEquals(device?.nvme, { controller: "nvme1", serial: "LABPLAIN", disks: ["nvme1n1"] });
  assertEquals([device?.resetMethods, device?.totalVfs], [["flr", "bus"], 0]);
  const words = describePlan(seen);
  for (const part of ["serial LABPLAIN", "no nvme1n1 until", "back to its driver nvme"]) {
    assertStringIncludes(words, part);
  }
});

Deno.test("judgePassthrough() gives a whole group, without its bridge", () => {
  const { devices } = plan(changed({}), [PORT, "05:02.0"]);
  assertEquals(devices.map(({ interfaces }) => interfaces), [["eth0"], ["eth1"]]);
  assertEquals(devices[0]?.groupMembers.map(String), [PORT, "0000:05:02.0"]);
});

Deno.test("judgePassthrough() gives the disk of an NVMe subsystem with a node of its own", () => {
  const path = "nvme1c1n1";
  const head = listedLink("nvme1n1", "../../devices/virtual/nvme-subsystem/nvme-subsys1/nvme1n1");
  const below = `../../devices/pci0000:00/${DISK}/nvme/nvme1/${path}`;
  const shared = { [BLOCK]: [head, listedLink(path, below)] };
  assertEquals(plan(replaced(shared)).devices[0]?.nvme?.disks, ["nvme1n1"]);
  const text = replaced({ ...shared, open: ["1:3 21b6 ./156/fd/9", "103:0 61b0 ./812/fd/7"] });
  assertStringIncludes(refusal(text, DISK), "postgres (process 812) through nvme1n1");
});

Deno.test("judgePassthrough() gives a GPU without a screen that is the only one", () => {
  const text = changed({ pci: [`./${GPU}/class\t0x030200`, "./0000:03:00.0/class\t0x030200"] });
  assertEquals(plan(text, [GPU]).devices.length, 1);
});

Deno.test("judgePassthrough() gives what cannot be reset only where that is allowed", () => {
  const text = changed({ pci: [`./${DISK}/reset_method\t`] });
  assertStringIncludes(refusal(text, DISK), "--allow-no-reset");
  assertEquals(plan(text, [DISK], true).devices[0]?.resetMethods, []);
});

Deno.test("judgePassthrough() takes the word of a kernel without reset_method", () => {
  const { pci = [], "pci-present": listed = [], ...rest } = pciFunction(
    "0000:07:00.0",
    "010802",
    20,
  );
  const attributes = pci.filter((line) => !line.includes("reset_method"));
  const old = { ...rest, pci: attributes, "pci-present": listed };
  assertStringIncludes(refusal(changed(old), "07:00.0"), "no reset method");
  const present = [...listed, "./0000:07:00.0/reset\treset"];
  const text = changed({ ...old, "pci-present": present });
  assertEquals(plan(text, ["07:00.0"]).devices[0]?.resetMethods, ["reset"]);
});

const REFUSALS: [string, string, string, ...string[]][] = [
  ["a user without root", changed({ system: ["./uid\t1000"] }), DISK, "not root", "sudo"],
  ["a container", changed({ system: ["./namespace\t4026532000"] }), DISK, "not in sight"],
  ["unseen open files", replaced({ open: [] }), DISK, "not in sight"],
  ["a host without IOMMU", replaced({ groups: [] }), DISK, "no IOMMU", "intel_iommu=on", "VT-d"],
  [
    "an AMD host without IOMMU",
    replaced({ groups: [], system: ["./cpuinfo\tvendor_id\t: AuthenticAMD"] }),
    DISK,
    "AMD-Vi",
  ],
  ["a kernel without VFIO", changed({ system: ["./vfio-pci\tabsent"] }), DISK, "no vfio-pci"],
  ["an address of nothing", changed({}), "0000:09:00.0", "no PCI function 0000:09:00.0", "lspci"],
  ["a bridge", changed({}), "0000:04:00.0", "is a bridge (class 060400)"],
  [
    "a virtual function",
    changed({ "pci-links": [listedLink(`${DISK}/physfn`, "../0000:02:00.1")] }),
    DISK,
    "virtual function of 0000:02:00.1",
    "Name the physical function",
  ],
  [
    "a shared group",
    changed({}),
    PORT,
    "group 10 with",
    "0000:05:02.0, driver e1000",
    "Name every",
  ],
  [
    "a group with what is no PCI function",
    changed({ groups: [listedLink("8/devices/INTC1000:00", "x")] }),
    DISK,
    "INTC1000:00, unknown",
  ],
  ["no group", replaced({ "pci-links": [] }), DISK, "in no IOMMU group"],
  [
    "a group without IOMMU",
    changed({ "group-names": ["./8/name\tvfio-noiommu"] }),
    DISK,
    "no IOMMU",
  ],
  [
    "the host's own disk",
    changed({ mounts: ["./1/mountinfo\t25 1 259:1 / /boot rw - ext4 /dev/x rw"] }),
    DISK,
    "own system (nvme1n1p1 is mounted on /boot)",
  ],
  [
    "a mount of a container",
    changed({ mounts: ["./9/mountinfo\t25 1 259:0 / /data rw - xfs /dev/x rw"] }),
    DISK,
    "mounted disks (nvme1n1 on /data)",
  ],
  ["a btrfs", changed({ filesystems: ["./nvme1n1p1\t./btrfs/U/devices/x"] }), DISK, "nvme1n1p1"],
  [
    "a bcachefs",
    changed({ bcachefs: [listedLink("U/dev-0/block", "../x/nvme1n1")] }),
    DISK,
    "in use",
  ],
  ["swap", changed({ swaps: ["./swaps\t/dev/nvme1n1p1 partition 1 0 -2"] }), DISK, "has swap"],
  ["swap of another name", changed({ held: ["103:1 61b0 ./swap"] }), DISK, "swap (nvme1n1p1)"],
  ["an export", changed({ held: ["103:0 61b0 ./export"] }), DISK, "exported"],
  ["a ZFS pool", changed({ zfs: ["./pool\ttank", "103:1 61b0 ./zfs"] }), DISK, "of a ZFS pool"],
  ["an unlisted ZFS pool", changed({ zfs: ["./pool\ttank"] }), DISK, "could not be read"],
  [
    "a mounted volume on md on a partition",
    changed({
      [BLOCK]: [
        listedLink("md0", "../../devices/virtual/block/md0"),
        listedLink("md0/slaves/nvme1n1p1", "../x"),
        listedLink("dm-3", "../../devices/virtual/block/dm-3"),
        listedLink("dm-3/slaves/md0", "../x"),
      ],
      block: ["./dm-3/dev\t253:3", "./md0/dev\t9:0"],
      mounts: ["./1/mountinfo\t25 1 253:3 / /home rw - ext4 /dev/x rw"],
    }),
    DISK,
    "dm-3 on /home",
    "md0 on nvme1n1p1",
  ],
  [
    "a loop device",
    changed({
      [BLOCK]: [listedLink("loop4", "../../devices/virtual/block/loop4")],
      block: ["./loop4/dev\t7:4"],
      held: ["103:0 61b0 ./loop4"],
    }),
    DISK,
    "loop4 on nvme1n1",
  ],
  ["a raw reader", changed({ open: ["103:0 61b0 ./812/fd/7"] }), DISK, "postgres (process 812)"],
  ["a user of the controller", changed({ open: ["f5:1 2180 ./3/fd/7"] }), DISK, "through nvme1"],
  [
    "a user of VFIO",
    changed({ vfio: ["./8/dev\t240:0"], open: ["f0:0 2180 ./812/fd/7"] }),
    DISK,
    "through vfio/8",
  ],
  ["a user of the GPU", changed({ open: ["c3:0 21b6 ./812/fd/7"] }), GPU, "through nvidia0"],
  ["a GPU of unknown users", replaced({ nvidia: [] }), GPU, "information"],
  ["the display", changed({ pci: [`./${GPU}/boot_vga\t1`] }), GPU, "boots with"],
  ["the only display", changed({ pci: ["./0000:03:00.0/class\t0x0c0330"] }), GPU, "only display"],
  ["virtual functions", changed({ pci: [`./${DISK}/sriov_numvfs\t2`] }), DISK, "already (2)"],
  ["an override", changed({ pci: [`./${DISK}/driver_override\tx`] }), DISK, "(x)", "task recover"],
  [
    "an address",
    changed({ addresses: ["./address\t2: eth0    inet 10.0.2.15/24 brd 10.0.2.255 scope global"] }),
    PORT,
    "eth0 with the address 10.0.2.15",
  ],
  ["an interface that is up", changed({ network: ["./eth0/flags\t0x1003"] }), PORT, "which is up"],
  ["a state unread", replaced({ network: [] }), PORT, "could not be read"],
  ["addresses unread", replaced({ addresses: [] }), PORT, "addresses", "iproute2"],
  [
    "the default route",
    changed({ routes: ["./net/route\teth0\t00000000\t0202000A\t0003\t0\t0\t0\t00000000"] }),
    PORT,
    "default route",
  ],
  [
    "the default route of a bridge",
    changed({
      "network-links": [UPPER],
      routes: [`./net/ipv6_route\t${"0".repeat(32)} 00 x 00 x 00000400 1 0 00000003  br0`],
    }),
    PORT,
    "default route",
  ],
  ["a member of a bridge", changed({ "network-links": [UPPER] }), PORT, "part of br0", "nomaster"],
  [
    "this SSH session",
    changed({
      ssh: ["./ssh\tSSH_CONNECTION=10.0.0.9 50000 ::ffff:10.0.0.2 22"],
      addresses: ["./address\t2: br0    inet 10.0.0.2/24 scope global br0"],
      "network-links": [UPPER],
    }),
    PORT,
    "carries this SSH session (10.0.0.2)",
  ],
  ["a container's interface", replaced({ "network-links": [] }), PORT, "out of sight"],
  ["mounts unread", replaced({ mounts: [] }), DISK, "could not be read (mountinfo)"],
  ["swap unread", replaced({ swaps: [] }), DISK, "could not be read (/proc/swaps)"],
  ["a disk without number", replaced({ block: [] }), DISK, "/sys/class/block/nvme1n1/dev"],
];
for (const [name, text, address, ...parts] of REFUSALS) {
  Deno.test(`judgePassthrough() refuses ${name}`, () => {
    for (const part of parts) assertStringIncludes(refusal(text, address), part);
  });
}

Deno.test("judgePassthrough() says every reason, the most important first", () => {
  const pci = [`./${DISK}/reset_method\t`, `./${DISK}/driver_override\tvfio-pci`];
  const mounts = ["./1/mountinfo\t25 1 259:1 / / rw - ext4 /dev/x rw"];
  const message = refusal(changed({ pci, mounts, system: ["./uid\t7"] }), DISK);
  const at = ["not root", "own system", "driver_override of", "no reset method"]
    .map((part) => message.indexOf(part));
  assert(!at.includes(-1), message);
  assertEquals(at, at.toSorted((a, b) => a - b));
});

Deno.test("judgePassthrough() believes no odd attribute", () => {
  const odd = ["", "0x", "0x01", "0x0108021", "010802", `0x${"9".repeat(4000)}`, "\x1b[2J"];
  for (const text of odd) {
    assertStringIncludes(refusal(changed({ pci: [`./${DISK}/class\t${text}`] }), DISK), "class of");
  }
  for (const text of ["-1", "1e9", "9".repeat(40), "x", "65536"]) {
    const seen = refusal(changed({ pci: [`./${DISK}/sriov_numvfs\t${text}`] }), DISK);
    assertStringIncludes(seen, "sriov_numvfs of");
  }
});

Deno.test("judgePassthrough() shows no control characters of the host", () => {
  const text = changed({
    mounts: ["./1/mountinfo\t25 1 259:1 / /a\x1b[31mb rw - ext4 /dev/x rw"],
    processes: ["./812/comm\tevil\x07\u202e"],
    open: ["103:0 61b0 ./812/fd/7"],
    pci: [`./${DISK}/driver_override\t\x1b]0;x`],
  });
  // deno-lint-ignore no-control-regex
  assert(!/[\x00-\x1f\x7f\u202e]/.test(refusal(text, DISK)));
});

Deno.test("parseAddresses() refuses none, what is none, and the same one twice", () => {
  const cases: [string[], string][] = [
    [[], "no address was given"],
    [["0000:65:00.8"], "no PCI address (seen: 0000:65:00.8)"],
    [["\x1b[2J"], "seen: ?[2J"],
    [[""], "an empty text"],
    [["65:00.0", "0000:65:00.0"], "65:00.0 and 0000:65:00.0"],
  ];
  for (const [texts, part] of cases) {
    const { message } = assertThrows(() => parseAddresses(texts), UsageProblem);
    assertStringIncludes(message, part);
  }
});

Deno.test("planPassthrough() refuses a host that did not answer to the end", async () => {
  const whole = changed({});
  for (const text of ["", whole.slice(0, -3), "./missing\tfind\n" + whole]) {
    const planned = planPassthrough(answering(text), [DISK], { allowNoReset: true });
    await assertRejects(() => planned, Problem, "find out what uses");
  }
  const nothing = planPassthrough(answering(printed({})), [DISK], { allowNoReset: true });
  await assertRejects(() => nothing, UsageProblem, "not root");
});

Deno.test("PLAN_SCRIPT keeps the text of hostile files in their own lines", async () => {
  const folder = await Deno.makeTempDir();
  const lies = "x\n== end\n== open\n1:3 21b6 ./1/fd/9\n\x1b[2J\0";
  const device = `sys/bus/pci/devices/${DISK}`;
  try {
    await plantTree(folder, {
      files: {
        [`${device}/class`]: `0x010802\n${lies}`,
        [`${device}/driver_override`]: lies,
        "proc/7/comm": lies,
        "proc/swaps": lies,
        "proc/1/ns/mnt": "",
        "proc/1/mountinfo": lies,
      },
      links: { [`${device}/driver`]: "../drivers/a\nb", "proc/7/fd/3": "/dev/null" },
    });
    const argv = ["-c", PLAN_SCRIPT, "plan", folder, DISK];
    const { stdout } = await new Deno.Command("bash", { args: argv }).output();
    const text = new FactText(new TextDecoder().decode(stdout));
    assertEquals(text.complete, true);
    assertEquals(text.first("pci").get(`${DISK}/class`), "0x010802");
    assertEquals(text.first("processes").get("7/comm"), "x");
    assertEquals(text.numbered("open").map(({ number, place }) => [`${number}`, place]), [[
      "c1:3",
      "7/fd/3",
    ]]);
    assertEquals(text.values("mounts").length, lies.split("\n").length);
    assertEquals(parsePlanFacts(text).root, Deno.uid() === 0);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("planPassthrough() reads this host to the end, and gives no function that it lacks", async () => {
  const host = await liveHost();
  try {
    const planned = planPassthrough(host, ["ffff:ff:1f.7"], { allowNoReset: false });
    await assertRejects(() => planned, UsageProblem, "no PCI function ffff:ff:1f.7");
  } finally {
    await host.close();
  }
});
