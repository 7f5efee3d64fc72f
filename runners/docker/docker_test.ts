import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import fc from "fast-check";
import { diskUnder } from "../devices/block_device.ts";
import {
  containerArguments,
  type Docker,
  mountOption,
  openDocker,
  parseServer,
  removeControlGroups,
  runInContainer,
} from "./docker.ts";
import { daemonFolders, isSupervised, startDaemon, sweepDaemon } from "./docker_daemon.ts";
import { parseAddresses, parseBridgeName } from "./docker_network.ts";
import { containerProcess, execInContainer, startContainer } from "./docker_session.ts";
import type { CommandResult, Host } from "../host.ts";
import { liveHost } from "../seam/live.ts";
import { until } from "../testing/until.ts";
import { gatherPayload, parseLibraries } from "../payload.ts";
import { MissingTool, Problem } from "../../problem.ts";
import { buildToolsImage, fioVersionInImage } from "./tools_image.ts";

const ODD_FOLDER = `odd, "quoted" 'x' : $(touch pwned);\\ é,readonly`;

Deno.test("Docker runs the host's fio in containers and leaves nothing", async (t) => {
  const host = await liveHost();
  const folder = await host.temporaryFolder();
  const docker = await openDocker(host, folder);
  try {
    const image = await toolsImage(host, docker, folder);
    await t.step("fioVersionInImage() tells the host's own version", async () => {
      const own = await host.run({ argv: ["fio", "--version"], timeoutSeconds: 10 });
      assertEquals(await fioVersionInImage(host, docker, image), own.stdout.trim());
    });
    await t.step("fioVersionInImage() names the cure when there is no such image", async () => {
      const absent = fioVersionInImage(host, docker, "cellproof-absent:1");
      assertStringIncludes((await assertRejects(() => absent, Problem)).message, "docker pull");
    });
    await t.step("runInContainer() mounts a folder of any name, read-only", async () => {
      await host.writeText(`${folder}/${ODD_FOLDER}/file`, "x".repeat(8192));
      const read = await fioOn(host, { docker, image, folder, name: "odd", rw: "read" });
      assertEquals([read.ended, read.status], ["exited", 0]);
      const write = await fioOn(host, { docker, image, folder, name: "odd", rw: "write" });
      assert(write.status !== 0);
    });
    await t.step("execInContainer() enters a container until stop() removes it", async () => {
      await entersContainer(host, docker, image);
    });
    await t.step(
      "buildToolsImage() refuses a daemon that does not see this host's files",
      async () => {
        const run: Host["run"] = ({ argv: [program, ...args], ...rest }) => {
          const other = args.map((arg) =>
            arg.replace(/source=.*,target=.here/, "source=/no,target=/x")
          );
          return host.run({ ...rest, argv: [program, ...other] });
        };
        const elsewhere = toolsImage(Object.create(host, { run: { value: run } }), docker, folder);
        await assertRejects(() => elsewhere, MissingTool, "another machine");
      },
    );
    await t.step("containers on the bridge reach the host's addresses there", async () => {
      await reachesHost(host, docker, image);
    });
    await t.step("runInContainer() leaves no container when it is timed out", async () => {
      const result = await runInContainer(host, docker, {
        image,
        name: "endless",
        argv: ["fio", "--name=x", "--ioengine=cpuio", "--cpuload=1", "--runtime=60"],
        mounts: [],
        timeoutSeconds: 1,
      });
      assertEquals(result.ended, "timed-out");
      const left = await host.run({
        argv: [...docker.command, "ps", "--all", "--quiet", "--filter=label=cellproof"],
        timeoutSeconds: 10,
      });
      assertEquals([left.status, left.stdout], [0, ""]);
    });
  } finally {
    await docker.close();
    await host.close();
  }
  assertEquals(await daemonsBelow(folder), []);
});

Deno.test("openDocker() ends a private daemon and its containers when the run is cancelled", async () => {
  const abort = new AbortController();
  const host = await liveHost({ signal: abort.signal });
  const folder = await host.temporaryFolder();
  const docker = await openDocker(host, folder);
  if (docker.ownDaemon) {
    const image = await toolsImage(host, docker, folder);
    setTimeout(() => abort.abort(), 800);
    const argv = ["fio", "--name=x", "--ioengine=cpuio", "--cpuload=1", "--runtime=60"] as const;
    const request = { image, name: "cancelled", argv, mounts: [], timeoutSeconds: 60 };
    assertEquals((await runInContainer(host, docker, request)).ended, "cancelled");
  }
  await docker.close();
  await host.close();
  assertEquals(await daemonsBelow(folder), []);
});

Deno.test("sweepDaemon() ends what a killed daemon left, and only that is taken for left", async () => {
  const host = await liveHost();
  const folder = await host.temporaryFolder();
  const daemon = await startDaemon(host, folder);
  const [own = ""] = await daemonsBelow(folder);
  assertEquals(await isSupervised(host, own), true);
  const pid = (await host.readText(`${own}/docker.pid`) ?? "").trim();
  await host.run({ argv: ["kill", "-KILL", pid], timeoutSeconds: 10 });
  await until("its end is seen", async () => await isSupervised(host, own) === false);
  assertEquals(await sweepDaemon(host, own), true);
  assertEquals([await daemonsBelow(folder), await host.readFolder(own)], [[], null]);
  await daemon.stop();
  await host.close();
});

Deno.test("removeControlGroups() removes empty groups, while no daemon could use them", async () => {
  const host = await liveHost();
  const root = await host.temporaryFolder();
  await Deno.mkdir(`${root}/memory/docker/0123`, { recursive: true });
  await Deno.mkdir(`${root}/docker`);
  await host.writeText(`${root}/pids/docker/4567/cgroup.procs`, "1");
  await removeControlGroups(host, { root, daemon: "deno" });
  assertEquals(await host.readFolder(`${root}/memory/docker`), ["0123"]);
  await removeControlGroups(host, { root, daemon: "no-such-daemon" });
  assertEquals((await host.readFolder(root))?.toSorted(), ["memory", "pids"]);
  assertEquals(await host.readFolder(`${root}/memory`), []);
  assertEquals(await host.readFolder(`${root}/pids/docker`), ["4567"]);
  await host.close();
});

Deno.test("diskUnder() names a whole disk, and refuses a file system without one", async () => {
  const host = await liveHost();
  assert((await diskUnder(host, Deno.cwd())).startsWith("/dev/"));
  await assertRejects(() => diskUnder(host, "/proc"), Problem, "no block device");
  await host.close();
});

Deno.test("mountOption() gives every path back to a reader of CSV", () => {
  fc.assert(fc.property(fc.string(), fc.boolean(), (path, readOnly) => {
    const fields = readCsvRecord(mountOption({ source: path, target: "/data", readOnly }));
    const flag = readOnly ? ["readonly"] : [];
    assertEquals(fields, ["type=bind", `source=${path}`, "target=/data", ...flag]);
  }));
});

Deno.test("containerArguments() grants what is asked for, and no network", () => {
  const docker = { command: ["docker", "--host=unix:///x"] } as unknown as Docker;
  const argv = containerArguments(docker, {
    image: "i",
    name: "n",
    argv: ["fio", "--version"],
    mounts: [],
    devices: ["/dev/loop0"],
    readOnlyDevices: ["/dev/vda"],
    gpus: "all",
    env: { A: "b=c d" },
    securityOptions: ["seccomp=unconfined"],
    dropCapabilities: ["MKNOD"],
    addCapabilities: ["NET_ADMIN"],
    deviceReadIops: { device: "/dev/vda", iops: 600 },
    timeoutSeconds: 1,
  });
  assertEquals(argv.slice(0, 3), ["docker", "--host=unix:///x", "run"]);
  for (
    const part of [
      "--network=none",
      "--runtime=runc",
      "--init=false",
      "--device=/dev/loop0",
      "--device=/dev/vda:/dev/vda:r",
      "--gpus=all",
      "--env=A=b=c d",
      "--security-opt=seccomp=unconfined",
      "--cap-drop=MKNOD",
      "--cap-add=NET_ADMIN",
      "--device-read-iops=/dev/vda:600",
    ]
  ) {
    assert(argv.includes(part));
  }
  assertEquals(argv.slice(-3), ["--entrypoint=fio", "i", "--version"]);
});

Deno.test("parseServer() tells a server only when one answered", () => {
  const server = `{"Client":{},"Server":{"Version":"20.10.24+dfsg1","KernelVersion":"6.1"}}`;
  assertEquals(parseServer(server), { version: "20.10.24+dfsg1", kernel: "6.1" });
  for (const text of ["", "null", "[]", `{"Server":null}`, `{"Server":{"Version":3}}`, "podman"]) {
    assertEquals(parseServer(text), null);
  }
});

Deno.test("daemonFolders() finds a private daemon under a path with a blank", () => {
  const mount = (path: string) => `30 25 0:27 / ${path} rw,relatime - tmpfs tmpfs rw`;
  const folder = "/tmp/a b/cellproof-dockerd";
  const lines = [
    "/",
    "/tmp/a\\040b/cellproof-dockerd/data",
    "/tmp/a\\040b/cellproof-dockerd/exec/x",
  ];
  assertEquals(daemonFolders(lines.map(mount).join("\n")), [folder]);
  assertEquals(daemonFolders("garbage"), []);
});

Deno.test("parseLibraries() reads glibc's and musl's lists", () => {
  const glibc = "\tlinux-vdso.so.1 (0x00007ffd)\n\tlibaio.so.1 => /lib/libaio.so.1 (0x00007f)\n" +
    "\t/lib64/ld-linux-x86-64.so.2 (0x00007f)\n";
  assertEquals(parseLibraries(ldd(glibc)), ["/lib/libaio.so.1", "/lib64/ld-linux-x86-64.so.2"]);
  const musl =
    "\t/lib/ld-musl-x86_64.so.1 (0x7f)\n\tlibc.musl => /lib/ld-musl-x86_64.so.1 (0x7f)\n";
  assertEquals(parseLibraries(ldd(musl)), ["/lib/ld-musl-x86_64.so.1"]);
});

Deno.test("gatherPayload() finds also the libraries of what is loaded later", async () => {
  const host = await liveHost();
  const { libraries } = await gatherPayload(host, [{ name: "stat", path: "/usr/bin/stat" }]);
  const loader = libraries.filter((path) => /\/ld-[^/]+$/.test(path));
  const later = libraries.filter((path) => !loader.includes(path));
  assert(loader.length > 0 && later.length > 0);
  assertEquals(await gatherPayload(host, [], later), { programs: [], libraries });
  await host.close();
});

Deno.test("parseLibraries() needs nothing for a static program", () => {
  assertEquals(parseLibraries(ldd("\tnot a dynamic executable\n", 1)), []);
  assertEquals(parseLibraries(ldd("\tstatically linked\n")), []);
});

Deno.test("parseLibraries() names a missing library, and refuses garbage", () => {
  const missing = ldd("\tlibaio.so.1 => not found\n\t/lib64/ld.so (0x7f)\n");
  assertThrows(() => parseLibraries(missing), Problem, "libaio.so.1 is missing");
  assertThrows(() => parseLibraries(ldd("garbage")), Problem, "did not list");
});

Deno.test("openDocker() leaves the host's network as it was", async () => {
  const host = await liveHost();
  const before = await networkOf(host);
  const docker = await openDocker(host, await host.temporaryFolder());
  const during = await networkOf(host);
  await docker.close();
  assertEquals([during, await networkOf(host)], [before, before]);
  await host.close();
});

Deno.test("parseBridgeName() reads what docker network inspect prints", () => {
  const cases: [string, string | null][] = [
    [`{"com.docker.network.bridge.name":"docker0","x":"y"}`, "docker0"],
    [`{"com.docker.network.bridge.name":7}`, null],
    ["{}", null],
    ["null", null],
    ["", null],
    ["Error: No such network: bridge", null],
  ];
  for (const [text, name] of cases) assertEquals(parseBridgeName(text), name);
});

Deno.test("parseAddresses() takes each interface's first address, and passes over the rest", () => {
  const eth0 = { ifname: "eth0", addr_info: [{ local: "192.0.2.1" }, { local: "192.0.2.2" }] };
  const odd = [null, 3, {}, { ifname: "a" }, { ifname: "b", addr_info: [] }, { addr_info: [7] }];
  assertEquals(parseAddresses(JSON.stringify([...odd, eth0])), [
    { name: "eth0", address: "192.0.2.1" },
  ]);
  for (const text of ["", "{}", "null", "1: lo: <LOOPBACK>"]) {
    assertEquals(parseAddresses(text), []);
  }
});

async function entersContainer(host: Host, docker: Docker, image: string): Promise<void> {
  const argv = ["sh", "-c", "echo ready; read -r line; echo got $line; sleep 60; :"] as const;
  const request = { image, name: "long", argv, mounts: [], timeoutSeconds: 60 };
  const container = await startContainer(host, docker, request);
  assertEquals(await container.receive(10), "ready");
  await container.send("this");
  assertEquals(await container.receive(10), "got this");
  const place = { docker, name: "long" };
  const entered = await execInContainer(host, place, {
    argv: ["sh", "-c", "cat; cat /proc/1/comm"],
    timeoutSeconds: 10,
    stdin: "from outside\n",
  });
  assertEquals(entered.stdout, "from outside\nsh\n");
  const pid = await containerProcess(host, docker, "long");
  assertEquals((await host.readText(`/proc/${pid}/comm`))?.trim(), "sh");
  await container.stop();
  assertEquals(await containerProcess(host, docker, "long"), null);
}

async function reachesHost(host: Host, docker: Docker, image: string): Promise<void> {
  for (const address of [docker.bridgeAddress, docker.otherAddress]) {
    const ping = await runInContainer(host, docker, {
      image,
      name: "ping",
      argv: ["ping", "-c", "1", "-W", "2", address ?? "none"],
      mounts: [],
      network: "bridge",
      timeoutSeconds: 20,
    });
    assertEquals(ping.status, 0, ping.stdout + ping.stderr);
  }
}

/** Interfaces, rules and forwarding of the host, without counters. */
async function networkOf(host: Host): Promise<string> {
  const script = "ip -brief address; iptables-save | grep -v '^#'; sysctl -a | grep forwarding";
  const { stdout } = await host.run({ argv: ["bash", "-c", script], timeoutSeconds: 20 });
  return stdout;
}

async function daemonsBelow(folder: string): Promise<string[]> {
  const mountinfo = await Deno.readTextFile("/proc/self/mountinfo");
  return daemonFolders(mountinfo).filter((path) => path.startsWith(folder));
}

function ldd(stdout: string, status = 0): CommandResult {
  return { ended: "exited", status, stdout, stderr: "", startedAt: "", durationSeconds: 0 };
}

async function toolsImage(host: Host, docker: Docker, folder: string): Promise<string> {
  const payload = await gatherPayload(host, [{ name: "fio", path: await fioPath(host) }]);
  return await buildToolsImage(host, docker, { payload, folder });
}

async function fioPath(host: Host): Promise<string> {
  const found = await host.run({
    argv: ["bash", "-c", "command -v fio"],
    timeoutSeconds: 10,
  });
  assertEquals(found.status, 0, "These tests need fio; deno task bench --setup installs it.");
  return found.stdout.trim();
}

function fioOn(
  host: Host,
  { docker, image, folder, name, rw }: {
    docker: Docker;
    image: string;
    folder: string;
    name: string;
    rw: string;
  },
): Promise<CommandResult> {
  return runInContainer(host, docker, {
    image,
    name,
    argv: ["fio", "--name=x", "--filename=/data/file", `--rw=${rw}`, "--size=8192"],
    mounts: [{ source: `${folder}/${ODD_FOLDER}`, target: "/data", readOnly: true }],
    timeoutSeconds: 30,
  });
}

/** One record of CSV as RFC 4180 has it. */
function readCsvRecord(record: string): string[] {
  const fields = record.match(/(?<=^|,)(?:"(?:[^"]|"")*"|[^",]*)(?=,|$)/g) ?? [];
  return fields.map((field) =>
    field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field
  );
}
