import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { changedHost } from "../testing/changed_host.ts";
import type { CommandRequest, CommandResult, Host } from "../host.ts";
import { gatherPayload } from "../payload.ts";
import { MissingTool, Problem } from "../../problem.ts";
import { liveHost } from "../seam/live.ts";
import { readDeviceNodes } from "./device_nodes.ts";
import { ociConfig } from "./oci_bundle.ts";
import { type OciContainers, openOciContainers } from "./oci_containers.ts";
import { ociFailure, parseRunningPid, parseRuntimeVersion } from "./oci_output.ts";
import { removeOciLeftovers } from "./oci_sweep.ts";

/** A harmless device that containers do not have unless it is granted. */
const DEVICE = "/dev/loop-control";
const OPEN_DEVICE = `exec 3<${DEVICE} && echo opened`;
const NO_PAYLOAD = { programs: [], libraries: [] };

Deno.test("OciContainers run by runc what they are asked to, and leave nothing", async (t) => {
  await using place = await openPlace();
  const { oci } = place;
  await t.step(
    "run() gives the command its arguments, variables and the host's programs",
    async () => {
      const argv = [
        "sh",
        "-c",
        'echo "$1|$A|$HOME"; host-stat --version | head -n 1',
        "x",
        "a 'b'",
      ] as const;
      const result = await oci.run({ name: "words", argv, env: { A: "é $B" }, timeoutSeconds: 20 });
      assertEquals([result.ended, result.status], ["exited", 0]);
      assertStringIncludes(result.stdout, "a 'b'|é $B|/root\nstat (GNU coreutils)");
    },
  );
  await t.step("run() returns the command's own status", async () => {
    const result = await oci.run({
      name: "three",
      argv: ["sh", "-c", "exit 3"],
      timeoutSeconds: 20,
    });
    assertEquals([result.status, ociFailure(result)], [3, null]);
  });
  await t.step("run() tells a command that is not there from one that failed", async () => {
    const result = await oci.run({ name: "absent", argv: ["absent"], timeoutSeconds: 20 });
    assertStringIncludes(ociFailure(result) ?? "", "executable file not found");
  });
  await t.step("run() isolates processes, names, network and the root", async () => {
    const script = "echo $$; hostname; ls /sys/class/net; touch /x || echo read-only; touch /tmp/x";
    const result = await oci.run({ name: "alone", argv: ["sh", "-c", script], timeoutSeconds: 20 });
    assertEquals(result.stdout, "1\ncellproof-alone\nlo\nread-only\n");
  });
  await t.step("run() ends the container when its time is over", async () => {
    const result = await oci.run({ name: "endless", argv: ["sleep", "987"], timeoutSeconds: 1 });
    assertEquals(result.ended, "timed-out");
    assertEquals(await place.living("sleep 987"), []);
  });
  await t.step("openOciContainers() says what is missing where no runtime works", async () => {
    const refusing: Host["run"] = (request) =>
      request.argv.includes("--root") ? Promise.resolve(answer(1, "no")) : place.host.run(request);
    const host = changedHost(place.host, { run: refusing });
    const options = { payload: NO_PAYLOAD, folder: place.folder, programs: ["runc"] as const };
    const opening = () => openOciContainers(host, options);
    const { parts } = await assertRejects(opening, MissingTool, "no runtime runs a container");
    assertEquals(parts.seen, "runc ran no container: no");
  });
  assertEquals(await place.groups(), []);
});

Deno.test("OciContainers open a device that is granted, and no other", async () => {
  await using place = await openPlace();
  await assertDevices(place.oci);
});

Deno.test("OciContainers refuse devices under control groups of version 2 as well", async () => {
  const script = 'mount -t cgroup2 none /sys/fs/cgroup && exec "$@"';
  const prefix = ["unshare", "--mount", "bash", "-c", script, "cellproof-cgroup2"] as const;
  await using place = await openPlace(prefix);
  await assertDevices(place.oci);
});

Deno.test("start() gives a container that lives, is talked to, and is ended by stop()", async () => {
  await using place = await openPlace();
  const argv = ["sh", "-c", "read -r line; echo got $line; read -r _; sleep 986"] as const;
  const session = await place.oci.start({ name: "long", argv, timeoutSeconds: 60 });
  await session.send("this");
  assertEquals(await session.receive(20), "got this");
  const pid = await session.hostPid();
  assertEquals((await place.host.readText(`/proc/${pid}/comm`))?.trim(), "sh");
  await session.stop();
  assertEquals([await session.hostPid(), await place.groups()], [null, []]);
  assertEquals(await place.host.readText(`/proc/${pid}/comm`), null);
});

Deno.test("run() and close() leave no container when the run is cancelled", async () => {
  const abort = new AbortController();
  await using place = await openPlace([], abort.signal);
  const sleeping = { argv: ["sh", "-c", "echo on; exec sleep 985"], timeoutSeconds: 60 } as const;
  const started = await place.oci.start({ name: "started", ...sleeping });
  assertEquals(await started.receive(20), "on");
  const running = place.oci.run({ name: "running", ...sleeping });
  while ((await place.living("sleep 985")).length < 2) await sleep();
  abort.abort();
  assertEquals((await running).ended, "cancelled");
  await place.oci.close();
  assertEquals([await place.living("sleep 985"), await place.groups()], [[], []]);
});

Deno.test("removeOciLeftovers() ends the container of a killed run, and of no other", async () => {
  await using place = await openPlace();
  const argv = ["sh", "-c", "echo on; exec sleep 984"] as const;
  const session = await place.oci.start({ name: "left", argv, timeoutSeconds: 60 });
  assertEquals(await session.receive(20), "on");
  const ended = "Ended the container left.";
  assertEquals((await removeOciLeftovers(place.host)).sentences.includes(ended), false);
  const runtimes = await place.living(place.oci.argv({ name: "left" }).join(" "));
  await place.host.run({ argv: ["kill", "-KILL", ...runtimes], timeoutSeconds: 10 });
  assertEquals((await place.living("sleep 984")).length, 1);
  assertEquals((await removeOciLeftovers(place.host)).sentences.includes(ended), true);
  assertEquals([await place.living("sleep 984"), await place.groups()], [[], []]);
  await session.stop(0);
});

Deno.test("readDeviceNodes() reads numbers, and refuses what is no device", async () => {
  const host = await liveHost();
  assertEquals(await readDeviceNodes(host, ["/dev/null", "/dev/urandom"]), [
    { path: "/dev/null", type: "c", major: 1, minor: 3 },
    { path: "/dev/urandom", type: "c", major: 1, minor: 9 },
  ]);
  assertEquals(await readDeviceNodes(host, []), []);
  for (const path of ["/dev", "/etc/passwd", "/dev/absent-device"]) {
    await assertRejects(() => readDeviceNodes(host, [path]), Problem, "give a container devices");
  }
  await host.close();
});

Deno.test("ociConfig() passes on every argument and variable, and allows only what is granted", () => {
  fc.assert(fc.property(fc.array(fc.string()), fc.string(), (args, value) => {
    const device = { path: "/dev/x", type: "b", major: 7, minor: 300 } as const;
    const config = JSON.parse(ociConfig({
      name: "n",
      root: "/r",
      cgroup: "/c",
      argv: ["program", ...args],
      env: { HOME: "/h", VALUE: value },
      devices: [device],
    }));
    assertEquals(config.process.args, ["program", ...args]);
    assertEquals(config.process.env.slice(1), ["HOME=/h", `VALUE=${value}`]);
    const { path: _, ...numbers } = device;
    assertEquals(config.linux.resources.devices, [
      { allow: false, access: "rwm" },
      { allow: true, ...numbers, access: "rwm" },
    ]);
  }));
});

Deno.test("ociFailure() reads what each runtime says of itself, and nothing into a command's words", () => {
  const failures: [string, string][] = [
    [
      '{"level":"error","msg":"runc run failed: exec: \\"x\\": not found","time":"2031"}\n',
      'runc run failed: exec: "x": not found',
    ],
    ['{"level":"warning","msg":"odd"}\n{"level":"error","msg":"no","time":"2031"}\n', "no"],
    ['its words\n{"msg":"mount: denied","level":"error","time":"2031"}', "mount: denied"],
  ];
  for (const [stderr, said] of failures) {
    assertEquals(ociFailure(answer(1, stderr)), `the runtime could not run it: ${said}`);
    assertEquals(ociFailure(answer(0, stderr)), null);
  }
  const words = ["", "CUDA error: out of memory\n", "{", "{}", '{"level":"error"}', '"error"'];
  for (const stderr of [...words, '{"level":"warning","msg":"odd"}']) {
    assertEquals(ociFailure(answer(1, stderr)), null);
  }
});

Deno.test("parseRuntimeVersion() reads what runc and crun print", () => {
  const versions: [string, string][] = [
    ["runc version 1.1.5+ds1\ncommit: 1.1.5+ds1-1\nspec: 1.0.2-dev\n", "1.1.5+ds1"],
    ["runc version 1.4.0-rc.1\n", "1.4.0-rc.1"],
    ["crun version 1.8.1\ncommit: f8a0\nrundir: /run/crun\n", "1.8.1"],
    ["", "unknown"],
    ["runc: command failed", "unknown"],
  ];
  for (const [text, version] of versions) assertEquals(parseRuntimeVersion(text), version);
});

Deno.test("parseRunningPid() knows the process only of a container that runs", () => {
  const state = (status: string, pid: unknown) => JSON.stringify({ id: "x", status, pid });
  assertEquals(parseRunningPid(state("running", 12)), 12);
  for (const text of [state("stopped", 12), state("created", 12), state("running", 0)]) {
    assertEquals(parseRunningPid(text), null);
  }
  for (const text of ["", "null", "[]", '"x"', state("running", "12"), state("running", null)]) {
    assertEquals(parseRunningPid(text), null);
  }
});

async function assertDevices(oci: OciContainers): Promise<void> {
  const argv = (script: string) => ["sh", "-c", script] as const;
  const numbers = "mknod /dev/own c 10 237 && exec 3</dev/own && echo opened";
  const absent = await oci.run({ name: "absent", argv: argv(OPEN_DEVICE), timeoutSeconds: 20 });
  assertStringIncludes(absent.stderr, "no such file");
  const made = await oci.run({ name: "made", argv: argv(numbers), timeoutSeconds: 20 });
  assertEquals([made.status === 0, ociFailure(made)], [false, null]);
  assertStringIncludes(made.stderr, "Operation not permitted");
  for (const script of [OPEN_DEVICE, numbers]) {
    const devices = [DEVICE];
    const granted = { name: "granted", argv: argv(script), devices, timeoutSeconds: 20 };
    assertEquals((await oci.run(granted)).stdout, "opened\n");
  }
}

interface Place extends AsyncDisposable {
  readonly host: Host;
  readonly folder: string;
  readonly oci: OciContainers;
  /** The ids of the host's processes whose command line has these words. */
  living(words: string): Promise<string[]>;
  /** The control groups of its containers. */
  groups(): Promise<string[]>;
}

async function openPlace(prefix: readonly string[] = [], signal?: AbortSignal): Promise<Place> {
  const host = await liveHost(signal === undefined ? {} : { signal });
  const folder = await host.temporaryFolder();
  const payload = await gatherPayload(host, [{ name: "host-stat", path: "/usr/bin/stat" }]);
  const within = prefixed(host, prefix);
  const oci = await openOciContainers(within, { payload, folder, programs: ["runc"] });
  return {
    host,
    folder,
    oci,
    living: livingProcesses,
    groups: () => groupsOf(within, oci),
    async [Symbol.asyncDispose]() {
      await oci.close();
      await host.close();
    },
  };
}

/** The host whose commands all begin with these words. */
function prefixed(host: Host, prefix: readonly string[]): Host {
  const longer = ({ argv: [program, ...args], ...rest }: CommandRequest): CommandRequest => {
    const [first = program, ...others] = [...prefix, program, ...args];
    return { ...rest, argv: [first, ...others] };
  };
  return changedHost(host, {
    run: (request) => host.run(longer(request)),
    start: (request) => host.start(longer(request)),
  });
}

async function livingProcesses(words: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const line = await Deno.readTextFile(`/proc/${name}/cmdline`).catch(() => "");
    if (line.replaceAll("\0", " ").includes(words)) found.push(name);
  }
  return found;
}

/** Those in any hierarchy of version 1 or 2. */
async function groupsOf(host: Host, oci: OciContainers): Promise<string[]> {
  const own = oci.argv({ name: "any" })[3]?.split("/").at(-2);
  const argv = ["find", "/sys/fs/cgroup", "-maxdepth", "2", "-name", `${own}.*`] as const;
  const { stdout } = await host.run({ argv, timeoutSeconds: 10, survivesCancel: true });
  return stdout.split("\n").filter((path) => path !== "");
}

function sleep(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20));
}

function answer(status: number, stderr: string): CommandResult {
  return { ended: "exited", status, stdout: "", stderr, startedAt: "", durationSeconds: 0 };
}
