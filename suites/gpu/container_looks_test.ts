import { assert, assertEquals, assertMatch } from "@std/assert";
import { openDocker, runInContainer } from "../../runners/docker/docker.ts";
import { buildToolsImage } from "../../runners/docker/tools_image.ts";
import { sampleGpu, sampleLog, sampleLogXml } from "../../runners/gpu/nvidia_smi_samples.ts";
import { liveHost } from "../../runners/seam/live.ts";
import type { Observation } from "../result.ts";
import { sampleSubject, UUID } from "../testing/scripted_gpu.ts";
import { standing } from "../testing/standing.ts";
import script from "./container_look.sh" with { type: "text" };
import {
  type Look,
  type Looks,
  parseLook,
  sameDriver,
  sameGpu,
  sameLink,
  sameNode,
  subsetVisible,
  ungrantedRefused,
} from "./container_looks.ts";

const subject = sampleSubject();
const BOOT = "0a1b2c3d-0000-4000-8000-00000000beef";
const ABSENT = "look: line 9: can't open /dev/nvidia1: no such file";
const REFUSED = "look: line 9: can't open /dev/cellproof-own-node: Operation not permitted";

const HOST: Look = {
  bootId: BOOT,
  hostname: "host",
  driver: "NVRM version: 570",
  node: "c3:1",
  nullNode: "1:3",
  opened: "opened",
  made: "",
  madeNull: "",
  otherOpened: "",
  otherMade: "",
  uuids: [UUID],
  link: subject.gpu.link,
};
const GRANTED: Look = {
  ...HOST,
  ...{ hostname: "0f0f", made: "opened", madeNull: "opened" },
  ...{ otherOpened: ABSENT, otherMade: REFUSED },
};
const UNGRANTED: Look = {
  ...GRANTED,
  ...{ driver: "", node: "", opened: ABSENT, made: REFUSED, uuids: [], link: null },
};

interface Change {
  readonly host?: Partial<Look>;
  readonly granted?: Partial<Look>;
  readonly ungranted?: Partial<Look>;
  readonly all?: Looks["all"];
  readonly otherMinor?: number | null;
}

/** What an observation comes to, with something else seen. */
function seen(
  observe: (looks: Looks) => Observation,
  { host, granted, ungranted, all = [subject], otherMinor = 2 }: Change = {},
): string {
  return standing(observe({
    subject,
    way: "a test",
    host: { ...HOST, ...host },
    granted: { ...GRANTED, ...granted },
    ungranted: { ...UNGRANTED, ...ungranted },
    otherMinor,
    all,
    texts: {},
  }));
}

const LINK_4 = { generation: { current: 1, max: 4 }, width: { current: 16, max: 16 } };
const OTHER = { ...sampleSubject(), uuid: "GPU-2" };
const TWO = [subject, OTHER];
const OPENS_CONTROL = "control: where the GPU was granted, the same node opens";
const NULL_CONTROL =
  "control: one of /dev/null that it made itself opens, or it may make no nodes at all";

const CASES: readonly (readonly [(looks: Looks) => Observation, Change, string])[] = [
  [sameGpu, {}, "holds"],
  [sameGpu, { granted: { uuids: ["GPU-2"] } }, "does not hold"],
  [
    sameGpu,
    { ungranted: { uuids: [UUID] } },
    "control: a container that was granted no GPU does not list it",
  ],
  [sameNode, {}, "holds"],
  [sameNode, { granted: { node: "c3:2" } }, "does not hold"],
  [sameNode, { host: { node: "" }, granted: { node: "" } }, "untested"],
  [sameDriver, {}, "holds"],
  [sameDriver, { granted: { driver: "" } }, "does not hold"],
  [sameDriver, { host: { driver: "" }, granted: { driver: "" } }, "untested"],
  [
    sameDriver,
    { granted: { hostname: "" } },
    "control: the look was made inside: the host's name is another one",
  ],
  [sameLink, {}, "holds"],
  [sameLink, { granted: { link: { ...HOST.link, ...LINK_4 } as Look["link"] } }, "does not hold"],
  [sameLink, { granted: { link: null } }, "untested"],
  [sameLink, { host: { link: null } }, "untested"],
  [ungrantedRefused, {}, "holds"],
  [ungrantedRefused, { ungranted: { made: "opened" } }, "does not hold"],
  [ungrantedRefused, { ungranted: { opened: "opened" } }, "does not hold"],
  [ungrantedRefused, { ungranted: { uuids: ["GPU-2"] } }, "does not hold"],
  [ungrantedRefused, { ungranted: { made: "mknod: applet not found" } }, "does not hold"],
  [ungrantedRefused, { ungranted: { madeNull: REFUSED } }, NULL_CONTROL],
  [ungrantedRefused, { ungranted: { madeNull: "mknod: x: No such file" } }, NULL_CONTROL],
  [
    ungrantedRefused,
    {
      ungranted: {
        made: "mknod: x: Operation not permitted",
        madeNull: "mknod: x: Operation not permitted",
      },
    },
    "holds",
  ],
  [
    ungrantedRefused,
    { granted: { opened: REFUSED } },
    OPENS_CONTROL,
  ],
  [subsetVisible, {}, "untested"],
  [subsetVisible, { all: TWO }, "holds"],
  [subsetVisible, { all: TWO, otherMinor: null }, "untested"],
  [subsetVisible, { all: TWO, granted: { uuids: [UUID, "GPU-2"] } }, "does not hold"],
  // A container of full privileges: what names the GPUs for it lists one, and the kernel opens all.
  [subsetVisible, { all: TWO, granted: { otherOpened: "opened" } }, "does not hold"],
  [subsetVisible, { all: TWO, granted: { otherMade: "opened" } }, "does not hold"],
  [subsetVisible, { all: TWO, granted: { otherMade: "" } }, "does not hold"],
  [subsetVisible, { all: TWO, granted: { madeNull: REFUSED } }, NULL_CONTROL],
  [subsetVisible, { all: TWO, granted: { opened: REFUSED } }, OPENS_CONTROL],
];

for (const observe of new Set(CASES.map(([observe]) => observe))) {
  Deno.test(`${observe.name}() holds, does not, or says what kept it from being seen`, () => {
    for (const [own, change, expected] of CASES) {
      if (own === observe) assertEquals(seen(observe, change), expected, JSON.stringify(change));
    }
  });
}

Deno.test("parseLook() reads sections, and the link of the GPU that is asked for", () => {
  const gpus = [sampleGpu(7), sampleGpu(8, { uuid: UUID })];
  const log = sampleLogXml(sampleLog(gpus)).replaceAll(/^(?=.)/gm, "| ");
  const text = `# boot_id\n| ${BOOT}\n# node\n# opened\n| # odd\n# list\n` +
    `| GPU 0: NVIDIA Q200 80GB (UUID: ${UUID})\n` +
    "|   MIG 3g.40gb     Device  0: (UUID: MIG-1)\n# log\n";
  const look = parseLook(text + log, UUID);
  assertEquals([look.bootId, look.node, look.opened], [BOOT, "", "# odd"]);
  assertEquals(look.uuids, [UUID, "MIG-1"]);
  assertEquals(look.link, gpus[1]?.link);
  assertEquals(parseLook(text + log, "GPU-elsewhere").link, null);
  assertEquals(parseLook("Failed to initialize NVML: Unknown Error\n", UUID).uuids, []);
});

/** What the script shows where there is no GPU. */
function assertWithoutGpu(look: Look): void {
  assertMatch(look.bootId, /^[0-9a-f-]{36}$/);
  assert(look.hostname !== "");
  assertEquals([look.nullNode, look.node, look.uuids, look.link], ["1:3", "", [], null]);
  assertMatch(look.opened, /No such file/i);
}

Deno.test("container_look.sh looks at a host without a GPU, by each shell of the host's", async () => {
  const host = await liveHost();
  try {
    for (const shell of [["sh"], ["bash"], ["busybox", "sh"]] as const) {
      const argv = [...shell, "-c", script, "look", "250", "host"] as const;
      const [program, ...args] = argv;
      const { stdout } = await host.run({ argv: [program, ...args], timeoutSeconds: 30 });
      const look = parseLook(stdout, UUID);
      assertWithoutGpu(look);
      const { made, madeNull, otherOpened, otherMade } = look;
      assertEquals([made, madeNull, otherOpened, otherMade], ["", "", "", ""]);
      assertMatch(stdout, /^# log$/m);
    }
  } finally {
    await host.close();
  }
});

Deno.test("container_look.sh finds nodes refused in a real container that was granted none", async () => {
  const host = await liveHost();
  const folder = await host.temporaryFolder();
  const docker = await openDocker(host, folder);
  try {
    const parts = { payload: { programs: [], libraries: [] }, folder, name: "cellproof-look:test" };
    const image = await buildToolsImage(host, docker, parts);
    const look = async (devices: readonly string[], dropCapabilities: readonly string[] = []) => {
      const request = { image, name: "look", mounts: [], devices, dropCapabilities };
      const argv = ["sh", "-c", script, "look", "250", "container", "251"] as const;
      const run = await runInContainer(host, docker, { ...request, argv, timeoutSeconds: 60 });
      return parseLook(run.stdout, UUID);
    };
    const ungranted = await look([]);
    assertWithoutGpu(ungranted);
    assertEquals(ungranted.madeNull, "opened");
    assertMatch(ungranted.made, /can't open .*: Operation not permitted/);
    assertMatch(ungranted.otherOpened, /No such file/i);
    assertMatch(ungranted.otherMade, /can't open .*: Operation not permitted/);
    assertEquals(seen(ungrantedRefused, { ungranted }), "holds");
    const unable = await look([], ["MKNOD"]);
    assertMatch(unable.madeNull, /^mknod: .*Operation not permitted/);
    assertEquals(seen(ungrantedRefused, { ungranted: unable }), "holds");
  } finally {
    await docker.close();
    await host.close();
  }
});
