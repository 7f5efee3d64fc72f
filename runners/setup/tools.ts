/**
 * The tools that cellproof drives, as data: how each is asked for its version, how old it may be,
 * what it is for and where it comes from.
 *
 * @module
 */
import { compileForWasi } from "../programs/compile.ts";
import { DOCKER_MINIMUM_VERSION } from "../docker/docker.ts";
import { FIO_MINIMUM_VERSION } from "../fio.ts";
import type { CommandResult, Host } from "../host.ts";
import { QEMU_MINIMUM_VERSION } from "../guest/qemu.ts";
import { atLeast } from "../version.ts";
import {
  findWasmtime,
  parseWasmtimeVersion,
  WASMTIME_MINIMUM_VERSION,
} from "../sandbox/wasmtime.ts";

/** One tool. */
export interface Tool {
  readonly name: string;
  /** What cellproof cannot do without it. */
  readonly purpose: string;
  /** Asks for the version; `cacheFolder` is where cellproof keeps what it installed itself. */
  readonly ask: (host: Host, cacheFolder: string) => Promise<Answer>;
  /** Reads the version from the answer's two outputs; its first group is the version. */
  readonly version: RegExp;
  /** Null where any version will do. */
  readonly minimum: string | null;
  /** Packages of Debian and Ubuntu; "a|b" takes the first that the release has. */
  readonly packages: readonly string[];
}

/** What a tool said, and where it is. */
export interface Answer {
  readonly text: string;
  readonly path: string | null;
}

/** What is known of a tool on this host. */
export interface ToolReport {
  readonly name: string;
  readonly purpose: string;
  /** The tool's own text; null where it is missing or does not work. */
  readonly version: string | null;
  readonly path: string | null;
  readonly minimum: string | null;
  readonly tooOld: boolean;
  /** What to do about a tool that is missing or too old; null for a good one. */
  readonly cure: string | null;
  readonly packages: readonly string[];
}

/** The oldest nvme-cli whose JSON is read; what it lists was seen of 2.3. */
const NVME_MINIMUM_VERSION = "2.0";
const SMALLEST_PROGRAM = "int main(void) { return 0; }\n";
/** Tells where the program `$1` is, then what `$@` prints. */
const LOCATE_AND_ASK = 'command -v -- "$1" || exit 127; "$@" 2>&1; exit 0';
/** The same for a program that a user's PATH may lack: those of Debian's administrators. */
const LOCATE_IN_SBIN = `PATH=$PATH:/usr/sbin:/sbin; ${LOCATE_AND_ASK}`;
/** The same for busybox, with the proof that it needs no libraries. */
const ASK_BUSYBOX = 'command -v busybox || exit 127; busybox; ldd "$(command -v busybox)" 2>&1; :';
/** The Vulkan drivers' descriptions, where the Vulkan loader finds them, with the loader itself. */
const ASK_VULKAN = `shopt -s nullglob
drivers=(/etc/vulkan/icd.d/*.json /usr/local/share/vulkan/icd.d/*.json /usr/share/vulkan/icd.d/*.json)
[ "\${#drivers[@]}" != 0 ] || exit 127
echo "\${drivers[0]}"
PATH=$PATH:/usr/sbin:/sbin ldconfig -p | grep -F libvulkan.so.1
cat "\${drivers[@]}"; :`;

/** Every tool, in the order that reports list them. */
export const TOOLS: readonly Tool[] = [
  {
    name: "fio",
    purpose: "measures storage",
    ask: asking("fio", "--version"),
    version: /^fio-(\S+)/m,
    minimum: FIO_MINIMUM_VERSION,
    packages: ["fio"],
  },
  {
    name: "docker",
    purpose: "runs the container arms",
    ask: asking("docker", "--version"),
    version: /^Docker version ([^\s,]+)/m,
    minimum: DOCKER_MINIMUM_VERSION,
    packages: ["docker-cli|docker.io"],
  },
  {
    name: "dockerd",
    purpose: "runs containers where no Docker daemon runs yet",
    ask: asking("dockerd", "--version"),
    version: /^Docker version ([^\s,]+)/m,
    minimum: DOCKER_MINIMUM_VERSION,
    packages: ["docker.io"],
  },
  {
    name: "qemu-system-x86_64",
    purpose: "runs the guest arms",
    ask: asking("qemu-system-x86_64", "--version"),
    version: /^QEMU emulator version (\d\S*)/m,
    minimum: QEMU_MINIMUM_VERSION,
    packages: ["qemu-system-x86"],
  },
  {
    name: "busybox (static)",
    purpose: "is the guest's userland",
    ask: (host) => ask(host, ["bash", "-c", ASK_BUSYBOX]),
    version: /^BusyBox v(\S+)[\s\S]*(?:not a dynamic executable|statically linked)/m,
    minimum: null,
    packages: ["busybox-static"],
  },
  {
    name: "cpio",
    purpose: "packs the guest's initramfs",
    ask: asking("cpio", "--version"),
    version: /^cpio \(GNU cpio\) (\S+)/m,
    minimum: null,
    packages: ["cpio"],
  },
  {
    name: "kmod",
    purpose: "finds the kernel modules that the guest needs",
    ask: asking("kmod", "--version"),
    version: /^kmod version (\S+)/m,
    minimum: null,
    packages: ["kmod"],
  },
  {
    name: "xz",
    purpose: "unpacks the guest's kernel and downloaded releases",
    ask: asking("xz", "--version"),
    version: /^xz \(XZ Utils\) (\S+)/m,
    minimum: null,
    packages: ["xz-utils"],
  },
  {
    name: "iperf3",
    purpose: "measures network throughput",
    ask: asking("iperf3", "--version"),
    version: /^iperf (3\S*)/m,
    minimum: "3.1",
    packages: ["iperf3"],
  },
  {
    name: "ping",
    purpose: "measures round trips",
    ask: asking("ping", "-V"),
    version: /^ping (?:from |utility, )?iputils[- ](?:s)?(\S+)/m,
    minimum: null,
    packages: ["iputils-ping"],
  },
  {
    name: "ip",
    purpose: "lays out the private networks that are measured",
    ask: asking("ip", "-V"),
    version: /^ip utility, iproute2[-, ](?:ss)?(\S+?),?(?:\s|$)/m,
    minimum: null,
    packages: ["iproute2"],
  },
  {
    name: "nvme",
    purpose: "makes the virtual functions of NVMe devices work",
    ask: (host) => ask(host, ["bash", "-c", LOCATE_IN_SBIN, "cellproof-ask", "nvme", "version"]),
    version: /^nvme version (\d\S*)/m,
    minimum: NVME_MINIMUM_VERSION,
    packages: ["nvme-cli"],
  },
  {
    name: "qemu-ga",
    purpose: "runs cellproof's commands in the lab (deno task lab), and is needed for nothing else",
    ask: (host) =>
      ask(host, ["bash", "-c", LOCATE_IN_SBIN, "cellproof-ask", "qemu-ga", "--version"]),
    version: /^QEMU Guest Agent (\d\S*)/m,
    minimum: null,
    packages: ["qemu-guest-agent"],
  },
  {
    name: "strace",
    purpose: "counts the system calls that QEMU uses",
    ask: asking("strace", "--version"),
    version: /^strace -- version (\S+)/m,
    minimum: null,
    packages: ["strace"],
  },
  {
    name: "wasmtime",
    purpose: "runs the sandbox arms",
    ask: askWasmtime,
    version: /^wasmtime(?:-cli)? (\d+\.\d+\.\d+\S*)/m,
    minimum: WASMTIME_MINIMUM_VERSION,
    packages: [],
  },
  {
    name: "clang",
    purpose: "builds the small programs of the sandbox arms",
    ask: asking("clang", "--version"),
    version: /^(?:.* )?clang version (\d\S*)/m,
    minimum: "11",
    packages: ["clang"],
  },
  {
    name: "wasi-libc",
    purpose: "lets clang build for WASI, with lld and compiler-rt",
    ask: askWasiLibc,
    version: /^works with clang (\d\S*)/m,
    minimum: null,
    packages: ["lld", "wasi-libc", "libclang-rt-dev-wasm32|libclang-rt-14-dev-wasm32"],
  },
  {
    name: "Vulkan driver",
    purpose: "gives WebGPU an adapter: a GPU, or the processor that plays one",
    ask: (host) => ask(host, ["bash", "-c", ASK_VULKAN]),
    version: /libvulkan\.so\.1[\s\S]*"api_version"\s*:\s*"(\d[\d.]*)"/,
    minimum: null,
    packages: ["mesa-vulkan-drivers"],
  },
];

/** Asks every tool, at once. */
export function probeTools(host: Host, cacheFolder: string): Promise<ToolReport[]> {
  return Promise.all(TOOLS.map(async (tool) => report(tool, await tool.ask(host, cacheFolder))));
}

/** What an answer says about a tool. */
export function report(tool: Tool, { text, path }: Answer): ToolReport {
  const { name, purpose, minimum, packages } = tool;
  const version = tool.version.exec(text)?.[1] ?? null;
  const tooOld = version !== null && minimum !== null && !atLeast(version, minimum);
  const cure = version === null
    ? `Install ${name}, which ${purpose}${from(packages)}.`
    : tooOld
    ? `Install ${name} ${minimum} or newer: ${version} is too old.`
    : null;
  return { name, purpose, version, path, minimum, tooOld, cure, packages };
}

function from(packages: readonly string[]): string {
  if (packages.length === 0) return ": deno task bench --setup does it";
  return ` (Debian, Ubuntu: ${packages.map((name) => name.replaceAll("|", " or ")).join(", ")})`;
}

function asking(program: string, ...args: string[]): (host: Host) => Promise<Answer> {
  return (host) => ask(host, ["bash", "-c", LOCATE_AND_ASK, "cellproof-ask", program, ...args]);
}

async function ask(host: Host, argv: [string, ...string[]]): Promise<Answer> {
  return located(await host.run({ argv, timeoutSeconds: 10 }));
}

function located({ status, stdout }: CommandResult): Answer {
  const end = stdout.indexOf("\n");
  if (status !== 0 || end < 0) return { text: "", path: null };
  return { path: stdout.slice(0, end), text: stdout.slice(end + 1) };
}

async function askWasmtime(host: Host, cacheFolder: string): Promise<Answer> {
  const found = await findWasmtime(host, cacheFolder);
  if (found !== null) return { text: `wasmtime ${found.version}`, path: found.path };
  const own = await host.run({ argv: ["wasmtime", "--version"], timeoutSeconds: 10 });
  const tooOld = parseWasmtimeVersion(own.stdout) !== null;
  return { text: own.stdout, path: tooOld ? "wasmtime" : null };
}

async function askWasiLibc(host: Host): Promise<Answer> {
  const built = await compileForWasi(host, { source: SMALLEST_PROGRAM, output: "/dev/null" });
  if (built.status !== 0) return { text: "", path: null };
  const clang = await host.run({ argv: ["clang", "-dumpversion"], timeoutSeconds: 10 });
  return { text: `works with clang ${clang.stdout}`, path: null };
}
