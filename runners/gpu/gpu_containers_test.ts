import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { type Docker, openDocker } from "../docker/docker.ts";
import { buildToolsImage } from "../docker/tools_image.ts";
import type { CommandResult, Host } from "../host.ts";
import { MissingTool } from "../../problem.ts";
import { liveHost } from "../seam/live.ts";
import { parseCdiFolders } from "./docker_gpus.ts";
import { type GpuContainers, openGpuContainers } from "./gpu_containers.ts";
import { commonNodes, gpuNodes, gpusOption, type GrantedGpu } from "./gpu_grant.ts";

const GPU = { uuid: "GPU-11111111-aaaa-0000-0000-000000000001", minor: 3, capabilityNodes: [] };
const MIG: GrantedGpu = {
  uuid: "MIG-22222222-bbbb-0000-0000-000000000002",
  minor: 3,
  capabilityNodes: ["/dev/nvidia-caps/nvidia-cap12", "/dev/nvidia-caps/nvidia-cap13"],
};
const LISTED = `GPU 0: Example Accelerator (UUID: ${GPU.uuid})\n`;
const PAYLOAD = { programs: [], libraries: [] };
const NODES = ["nvidia-uvm", "nvidia3", "nvidiactl", "null"];

/** No GPU, but a harmless device that containers have only where it is granted. */
const STAND_IN = { uuid: "GPU-stand-in", minor: null, capabilityNodes: ["/dev/loop-control"] };
const STAND_IN_TRIAL = { gpus: [STAND_IN], argv: ["echo", STAND_IN.uuid] } as const;

const NO_TOOLKIT = 'docker: Error response from daemon: could not select device driver "" with ' +
  "capabilities: [[compute utility gpu]].\n";
const NO_VENDOR = "docker: Error response from daemon: failed to discover GPU vendor from CDI: " +
  "no known GPU vendor found\n";
const NO_DRIVER = "docker: Error response from daemon: failed to create task for container: OCI " +
  "runtime create failed: nvidia-container-cli: initialization error: nvml error: driver not " +
  "loaded: unknown\n";
const CDI_OFF = 'docker: Error response from daemon: could not select device driver "cdi" with ' +
  "capabilities: [].\n";
const NOT_IN_CDI =
  "docker: Error response from daemon: CDI device injection failed: unresolvable " +
  `CDI devices nvidia.com/gpu=${GPU.uuid}\n`;
const SPECIFICATION = "cdiVersion: 0.5.0\ndevices:\n- name: all\nkind: nvidia.com/gpu\n";

Deno.test("openGpuContainers() takes the first way of Docker that shows the GPU", async () => {
  const cases: [Scene, string, string][] = [
    [{}, "nvidia-container-toolkit", "Docker 28.2.2 with the NVIDIA Container Toolkit"],
    [
      { toolkit: NO_TOOLKIT, specification: SPECIFICATION },
      "cdi",
      "Docker 28.2.2 with the Container Device Interface (CDI)",
    ],
    [{ toolkit: NO_VENDOR }, "devices", "Docker 28.2.2 with plain device nodes"],
    [
      { toolkit: NO_TOOLKIT, specification: "kind: example.com/fpga\n" },
      "devices",
      "Docker 28.2.2 with plain device nodes",
    ],
  ];
  for (const [scene, grant, description] of cases) {
    const containers = await openScene(scene);
    assertEquals([containers.grant, containers.description], [grant, description]);
    assertEquals(containers.notes, []);
  }
});

Deno.test("openGpuContainers() says what a way that is here and failed has said", async () => {
  const cases: [Scene, string, string][] = [
    [{ toolkit: NO_DRIVER }, "devices", "the NVIDIA Container Toolkit failed: docker: Error"],
    [{ toolkit: null }, "devices", `nvidia-smi does not show ${GPU.uuid}`],
    [
      { toolkit: NO_TOOLKIT, specification: SPECIFICATION, cdi: CDI_OFF },
      "devices",
      'could not select device driver "cdi"',
    ],
    [
      { toolkit: NO_VENDOR, specification: SPECIFICATION, cdi: NOT_IN_CDI },
      "devices",
      "unresolvable CDI devices",
    ],
  ];
  for (const [scene, grant, note] of cases) {
    const containers = await openScene(scene);
    assertEquals(containers.grant, grant);
    assertStringIncludes(containers.notes.join("; "), note);
  }
});

Deno.test("openGpuContainers() names the cure where no way of Docker shows the GPU", async () => {
  const opening = () => openScene({ toolkit: NO_DRIVER, devices: null });
  const { message } = await assertRejects(opening, MissingTool, "nvidia-ctk");
  assertStringIncludes(message, "driver not loaded");
  assertStringIncludes(message, "plain device nodes failed: nvidia-smi does not show GPU-1");
});

Deno.test("GpuContainers grant what is asked for in each way, and nothing where nothing is", async () => {
  const granted = async (scene: Scene) =>
    (await openScene(scene)).argv({ name: "x", argv: ["true"], gpus: [GPU], timeoutSeconds: 1 });
  assert((await granted({})).includes(
    `--gpus="device=${GPU.uuid}","capabilities=compute,utility"`,
  ));
  const cdi = await granted({ toolkit: NO_TOOLKIT, specification: SPECIFICATION });
  assert(cdi.includes(`--device=nvidia.com/gpu=${GPU.uuid}`));
  const devices = (await granted({ toolkit: NO_TOOLKIT })).filter((arg) => /^--device/.test(arg));
  assertEquals(devices, [
    "--device=/dev/nvidiactl",
    "--device=/dev/nvidia-uvm",
    "--device=/dev/nvidia3",
  ]);
  const containers = await openScene({ searchPath: "/opt/cuda/lib64" });
  const without = containers.argv({ name: "x", argv: ["true"], gpus: [], timeoutSeconds: 1 });
  assertEquals(without.filter((arg) => /^--(?:gpus|device)/.test(arg)), []);
  assert(without.includes("--env=LD_LIBRARY_PATH=/opt/cuda/lib64"));
});

Deno.test("openGpuContainers() gives devices by a real Docker that has no toolkit", async () => {
  const host = await liveHost();
  const folder = await host.temporaryFolder();
  const docker = await openDocker(host, folder);
  try {
    const name = "cellproof-gpu-tools:latest";
    const image = await buildToolsImage(host, docker, { payload: PAYLOAD, folder, name });
    assertEquals(image, name);
    const containers = await openGpuContainers(host, {
      docker: { docker, image },
      payload: PAYLOAD,
      folder,
      trial: STAND_IN_TRIAL,
    });
    const description = `Docker ${docker.serverVersion} with plain device nodes`;
    assertEquals([containers.grant, containers.description], ["devices", description]);
    await assertContainers(host, containers);
  } finally {
    await docker.close();
    await host.close();
  }
});

Deno.test("openGpuContainers() gives devices by a real runc where there is no Docker", async () => {
  const host = await liveHost();
  const containers = await openGpuContainers(host, {
    docker: { unavailable: "no daemon answers" },
    payload: PAYLOAD,
    folder: await host.temporaryFolder(),
    trial: STAND_IN_TRIAL,
  });
  try {
    assertEquals([containers.engine, containers.grant], ["runc", "devices"]);
    assertStringIncludes(containers.description, "on an OCI bundle, with plain device nodes");
    assertEquals(containers.notes.at(-1), "no daemon answers");
    await assertContainers(host, containers);
  } finally {
    await containers.close();
    await host.close();
  }
});

Deno.test("openGpuContainers() names the cure where a container of runc does not show the GPU", async () => {
  const host = await liveHost();
  const folder = await host.temporaryFolder();
  const trial = { gpus: [STAND_IN], argv: ["echo", "No devices found"] } as const;
  const docker = { unavailable: "no daemon answers" };
  const opening = () => openGpuContainers(host, { docker, payload: PAYLOAD, folder, trial });
  await assertRejects(opening, MissingTool, "echo does not show GPU-stand-in");
  await host.close();
});

Deno.test("gpuNodes() are those of the GPUs alone, each once", () => {
  const common = commonNodes(["nvidia0", "nvidia-uvm-tools", "nvidiactl", "nvidia-modeset"]);
  assertEquals(common, ["/dev/nvidiactl", "/dev/nvidia-uvm-tools"]);
  assertEquals(gpuNodes([], common), []);
  assertEquals(gpuNodes([GPU, MIG], common), [...common, "/dev/nvidia3", ...MIG.capabilityNodes]);
  assertEquals(gpuNodes([{ ...GPU, minor: null }], []), []);
});

Deno.test("gpusOption() names each GPU in one field of its record", () => {
  const value = `"device=${GPU.uuid},${MIG.uuid}","capabilities=compute,utility"`;
  assertEquals(gpusOption([GPU, MIG]), value);
});

Deno.test("parseCdiFolders() reads what docker info prints in any version", () => {
  const folders = ["/etc/cdi", "/var/run/cdi"];
  assertEquals(parseCdiFolders(JSON.stringify({ CDISpecDirs: folders, ID: "x" })), folders);
  for (const text of ["", "null", "{}", '{"CDISpecDirs":null}', '{"CDISpecDirs":[]}', "Client:"]) {
    assertEquals(parseCdiFolders(text), []);
  }
});

/** That a granted device opens and no other does, and that a container lives and is ended. */
async function assertContainers(host: Host, containers: GpuContainers): Promise<void> {
  const argv = ["sh", "-c", "exec 3</dev/loop-control && echo $A"] as const;
  const request = { name: "try", argv, env: { A: "opened" }, timeoutSeconds: 20 };
  assertEquals((await containers.run({ ...request, gpus: [STAND_IN] })).stdout, "opened\n");
  const refused = await containers.run({ ...request, gpus: [] });
  assertEquals([refused.stdout, containers.failure(refused)], ["", null]);
  const absent = await containers.run({ ...request, argv: ["absent"], gpus: [] });
  assertStringIncludes(containers.failure(absent) ?? "", "executable file not found");
  const lives = ["sh", "-c", "echo on; sleep 50; :"] as const;
  const session = await containers.start({ ...request, argv: lives, gpus: [STAND_IN] });
  assertEquals(await session.receive(20), "on");
  assertEquals(await host.readText(`/proc/${await session.hostPid()}/comm`), "sh\n");
  await session.stop();
  assertEquals(await session.hostPid(), null);
}

/** A host with Docker: what each way of granting prints to standard error; null for no GPU shown. */
interface Scene {
  readonly toolkit?: string | null;
  readonly cdi?: string | null;
  readonly devices?: string | null;
  readonly specification?: string;
  readonly searchPath?: string;
}

function openScene(scene: Scene): Promise<GpuContainers> {
  const docker = { command: ["docker"], serverVersion: "28.2.2", removeContainer() {} };
  return openGpuContainers(sceneHost(scene), {
    docker: { docker: docker as unknown as Docker, image: "i" },
    payload: PAYLOAD,
    folder: "/tmp/x",
    trial: { gpus: [GPU], argv: ["nvidia-smi", "-L"] },
  });
}

function sceneHost(scene: Scene): Host {
  const run: Host["run"] = ({ argv }) => {
    if (argv[0] === "printenv") return answered({ stdout: scene.searchPath ?? "" });
    if (argv[1] === "info") return answered({ stdout: '{"CDISpecDirs":["/var/run/cdi"]}' });
    const options = argv.join(" ");
    if (options.includes("--gpus=")) return tried(scene.toolkit);
    return tried(options.includes("=nvidia.com/gpu=") ? scene.cdi : scene.devices);
  };
  const host: Partial<Host> = {
    run,
    readFolder: (path) =>
      Promise.resolve(path === "/dev" ? NODES : path === "/var/run/cdi" ? ["nvidia.yaml"] : null),
    readText: () => Promise.resolve(scene.specification ?? null),
  };
  return host as Host;
}

function tried(stderr: string | null | undefined): Promise<CommandResult> {
  if (stderr === undefined) return answered({ stdout: LISTED });
  return answered(stderr === null ? { stdout: "No devices found.\n" } : { status: 125, stderr });
}

function answered(part: Partial<CommandResult>): Promise<CommandResult> {
  const blank = { stdout: "", stderr: "", startedAt: "", durationSeconds: 0 };
  return Promise.resolve({ ended: "exited", status: 0, ...blank, ...part });
}
