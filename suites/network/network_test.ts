import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { MissingTool } from "../../problem.ts";
import type { CommandResult, Host } from "../../runners/host.ts";
import { liveHost } from "../../runners/seam/live.ts";
import { recordingHost } from "../../runners/seam/recording.ts";
import { replayHost } from "../../runners/seam/replay.ts";
import { probeTools } from "../../runners/setup/tools.ts";
import { NEW_ARM } from "../arms.ts";
import { joinedArm, prepareNetwork } from "./network.ts";
import { guestArm, namespaceArm } from "./network_arms.ts";
import type { ArmDriver, Measurement } from "../paired.ts";
import { Places } from "../places.ts";

const ARM = { ...NEW_ARM, name: "native", title: "natively" };
const PING = "300 packets transmitted, 299 received, 0.3% packet loss, time 900ms\n" +
  "rtt min/avg/max/mdev = 0.004/0.250/0.717/0.040 ms\n";

Deno.test("prepareNetwork() measures over veth and shows loopback, and leaves nothing", async () => {
  const host = await liveHost();
  const places = await placesOf(host);
  try {
    const judged = new Set(["container"]);
    const needs = { judged, arms: new Set(["native", "native-again", "container"]) };
    places.container = () => Promise.reject(lacksDocker());
    const plan = await prepareNetwork(places, {
      needs: { ...needs, workloads: new Set(["round-trip"]) },
      mostBlocks: 1,
    });
    assertEquals(plan.drivers.map(({ arm }) => arm.name), ["native", "native-again", "loopback"]);
    assertEquals(plan.unavailable.map(({ name, lacks }) => [name, lacks]), [[
      "container",
      "docker",
    ]]);
    for (const driver of plan.drivers) {
      assertEquals(await measuredOnce(driver), null);
    }
    assert(plan.drivers.every(({ arm }) => (arm.name === "loopback") === (arm.degraded !== null)));
  } finally {
    await places.close((cleanup) => cleanup());
    await host.close();
  }
});

Deno.test("prepareNetwork() measures in a container on Docker's bridge, and the same in a replay", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const details = { version: "0", options: {} };
    const recording = await recordingHost(await liveHost(), `${folder}/fixture`, details);
    const recorded = await measureInContainer(recording);
    assertEquals(recorded.map(({ failure }) => failure), [null, null]);
    const { host } = await replayHost(`${folder}/fixture`);
    const figures = (all: Measurement[]) => all.map(({ value, details }) => [value, details]);
    assertEquals(figures(await measureInContainer(host)), figures(recorded));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("prepareNetwork() names what is missing", async () => {
  const host = answering({});
  const places = new Places({ ...PLACES, host, tools: [] });
  const needs = {
    arms: new Set<string>(),
    judged: new Set<string>(),
    workloads: new Set<string>(),
  };
  const options = { needs, mostBlocks: 1 };
  assertStringIncludes(
    (await assertRejects(() => prepareNetwork(places, options), MissingTool)).message,
    "iperf3",
  );
});

Deno.test("namespaceArm() takes ping's word when its time was over, and no loss beside", async () => {
  const measured = await measure("round-trip", { status: 1, stdout: PING, durationSeconds: 1 });
  assertEquals([measured?.failure, measured?.value], [null, 0.9 / 299]);
  // It prints milliseconds to three digits: two quick runs can agree in all that it prints.
  assertEquals(measured?.coarse, true);
  const lost = PING.replace("299", "298");
  const failed = await measure("round-trip", { status: 1, stdout: lost, durationSeconds: 1 });
  assertStringIncludes(failed?.failure ?? "", "298 answers to 300 requests");
  assertEquals(failed?.value, null);
});

Deno.test("namespaceArm() tells why a client failed, and nothing of one that was cancelled", async () => {
  const error = `{"start":{},"end":{},"error":"unable to connect to server"}`;
  const cases: [Partial<CommandResult>, string][] = [
    [{ status: 1, stdout: error }, "unable to connect"],
    [{ status: 0, stdout: error }, "unable to connect"],
    [{ status: 2, stderr: "ping: Network is unreachable" }, "unreachable"],
    [{ status: null, ended: "timed-out" }, "timed-out"],
    [{ status: 0, stdout: "{}" }, "Cannot read iperf3"],
  ];
  for (const [answer, words] of cases) {
    const failed = await measure("throughput", answer);
    assertEquals(failed?.value, null);
    assertStringIncludes(failed?.failure ?? "", words);
  }
  assertEquals(await measure("throughput", { ended: "cancelled", status: null }), null);
});

Deno.test("guestArm() starts QEMU in the server's namespace, on a tap or its user network", async () => {
  const cases = [["virtio-net", true, true], ["e1000", true, true], [
    "e1000",
    false,
    false,
  ]] as const;
  for (const [model, hasTap, hasVhost] of cases) {
    const kernel = { release: "6.1", image: "/c/vmlinux", modules: "/c/modules" };
    const driver = guestArm(ARM, {
      host: answering({ status: 1, stderr: "no tap" }),
      guest: { kernel, initramfs: "/t/guest.cpio", folder: "/t" },
      accelerator: { name: "tcg", why: "This is a test." },
      network: {
        client: ["x"],
        server: ["nsenter", "--net=/n"],
        hasTap,
        hasVhost,
        close: () => Promise.resolve(),
      },
      model,
    });
    const measured = await driver.measure("throughput", 0);
    assertEquals(measured?.argv.slice(0, 2), ["nsenter", "--net=/n"]);
    const line = measured?.argv.join(" ") ?? "";
    assertStringIncludes(line, hasTap ? "tap,id=net0,ifname=tap0" : "user,id=net0");
    assertEquals(line.includes("vhost=on"), model === "virtio-net");
    assertStringIncludes(line, hasTap ? "'-c' '198.18.20.1'" : "'-c' '10.0.2.2'");
    assertStringIncludes(measured?.failure ?? "", "no tap");
  }
});

Deno.test("joinedArm() lets no figure over QEMU's user network stand for a device", () => {
  const network = { client: ["x"], server: ["x"], close: () => Promise.resolve() } as const;
  const arm = (hasTap: boolean, hasVhost: boolean) =>
    joinedArm(ARM, { ...network, hasTap, hasVhost }, "virtio-net");
  assertStringIncludes(arm(false, false).degraded ?? "", "user network");
  assertEquals([arm(true, false).degraded, arm(true, true).degraded], [null, null]);
  assertStringIncludes(arm(true, false).title, "carried by QEMU");
  assertStringIncludes(arm(true, true).title, "vhost-net");
});

async function measureInContainer(host: Host): Promise<Measurement[]> {
  const places = await placesOf(host);
  const workloads = ["throughput", "round-trip"];
  const arms = new Set(["container"]);
  const needs = { judged: arms, arms, workloads: new Set(workloads) };
  try {
    const { drivers } = await prepareNetwork(places, { needs, mostBlocks: 1 });
    const measured: Measurement[] = [];
    for (const workload of workloads) {
      const driver = drivers.find(({ arm }) => arm.name === "container");
      const measurement = await driver?.measure(workload, 0);
      if (measurement) measured.push(measurement);
    }
    return measured;
  } finally {
    await places.close((cleanup) => cleanup());
    await host.close();
  }
}

/** Null for a figure; else why there was none in three runs, for a busy machine spoils one. */
async function measuredOnce(driver: ArmDriver): Promise<string | null> {
  let failure: string | null = "not run";
  for (let run = 0; run < 3 && failure !== null; run++) {
    failure = (await driver.measure("round-trip", run))?.failure ?? null;
  }
  return failure;
}

const PLACES = {
  cacheFolder: "/no/cache",
  target: "/",
  image: null,
  bootId: "b",
  environment: "e",
  cpuModel: "a processor",
  bareMetal: false,
  say: () => {},
};

async function placesOf(host: Host): Promise<Places> {
  return new Places({ ...PLACES, host, tools: await probeTools(host, "/no/cache") });
}

function lacksDocker(): MissingTool {
  return new MissingTool({ action: "use Docker", condition: "this is a test" }, "docker");
}

function measure(workload: string, answer: Partial<CommandResult>): Promise<Measurement | null> {
  const pathOf = (program: string) => `/usr/bin/${program}`;
  const place = { prefix: ["nsenter"], address: "198.18.10.2", pathOf } as const;
  return namespaceArm(ARM, { ...place, host: answering(answer) }).measure(workload, 0);
}

/** A host on which every command ends as told. */
function answering(end: Partial<CommandResult>): Host {
  const ended = { ended: "exited", status: 0, stdout: "", stderr: "" } as const;
  const times = { startedAt: "2026-01-01T00:00:00.000Z", durationSeconds: 2 };
  const host: Pick<Host, "run"> = { run: () => Promise.resolve({ ...ended, ...times, ...end }) };
  return host as Host;
}
