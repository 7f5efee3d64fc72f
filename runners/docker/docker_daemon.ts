/**
 * A Docker daemon of the run's own, for hosts where none runs: everything of it lies in one folder,
 * and it leaves no process, mount or network behind. It also ends when cellproof is killed, because
 * its supervisor's standard input ends then.
 *
 * It runs in a network namespace of its own, which ends with it: its bridge never shows on the host.
 * It adds no rules there (iptables), because loading what they need can change the host's bridges.
 *
 * @module
 */
import type { Host, Session } from "../host.ts";
import { MissingTool, Problem } from "../../problem.ts";

/** A private daemon that answers. */
export interface DockerDaemon {
  /** What `docker --host` is given. */
  readonly address: string;
  /** The network namespace of its bridge, as `nsenter` takes it; null where it has none. */
  readonly networkNamespace: string | null;
  /** Ends its containers and itself, and removes its folder. */
  stop(): Promise<void>;
}

const FOLDER_NAME = "cellproof-dockerd";
const PID_FILE = "docker.pid";
/** A socket's path may have 107 bytes (`unix(7)`); the longest one here follows the folder. */
const LONGEST_FOLDER = 107 - `/${FOLDER_NAME}/exec/containerd/containerd-debug.sock`.length;
const READY_SECONDS = 30;
const STOP_SECONDS = 20;
const LIFE_SECONDS = 7 * 86_400;
const OTHER_ADDRESS = "198.18.0.1";

/**
 * Ends what a daemon in the folder `$1` left behind; does nothing where there is nothing. The shims
 * of its containers are recognized by containerd's namespace, which the folder's parent names: so
 * two runs at one time do not meet.
 */
const SWEEP = `
namespace() {
  local name=\${1%/*}
  name=\${name##*/}
  name=\${name//[!A-Za-z0-9]/}
  echo "cellproof-run\${name:0:40}"
}
end_containers() {
  local file pid
  for file in $(grep -lsazxF "$(namespace "$1")" /proc/[0-9]*/cmdline); do
    pid=\${file//[!0-9]/}
    case $(cat "/proc/$pid/comm" 2>/dev/null) in containerd-shim*)
      for file in $(grep -ls "^PPid:[[:space:]]*$pid$" /proc/[0-9]*/status); do
        kill -KILL "\${file//[!0-9]/}" 2>/dev/null
      done
      if [ "$2" = shims ]; then kill -KILL "$pid" 2>/dev/null; fi ;;
    esac
  done
}
sweep() {
  local file pid
  for file in "$1/docker.pid" "$1/exec/containerd/containerd.pid"; do
    pid=$(cat "$file" 2>/dev/null) || continue
    case $(cat "/proc/$pid/comm" 2>/dev/null) in
      dockerd | containerd) kill -KILL "$pid" 2>/dev/null ;;
    esac
  done
  end_containers "$1" shims
  umount -l "$1"/data/overlay2/*/merged "$1"/exec/netns/* 2>/dev/null
  umount -R -l "$1/data" 2>/dev/null
  rm -rf -- "$1"
}`;

/** Sweeps the folder `$1`; the status tells whether it and its daemon are gone, which takes a moment. */
const SWEEP_ALL = `${SWEEP}
pid=$(cat "$1/docker.pid" 2>/dev/null)
sweep "$1" || exit 1
for tries in {1..100}; do
  [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = dockerd ] &&
    grep -qs "^State:[[:space:]]*[^ZX]" "/proc/$pid/status" || exit 0
  sleep 0.1
done
exit 1`;

/**
 * Runs the daemon `$@` until a line or the end of standard input, or SIGTERM. Says "ready" when it
 * answers, "failed" when it ended before, "stopped" when nothing of it is left.
 */
const SUPERVISE = `${SWEEP}
folder=$1
shift
made=()
for path in /opt/containerd/bin /opt/containerd/lib /opt/containerd \\
  /run/docker/plugins /run/docker /run/containerd/s /run/containerd \\
  /sys/fs/cgroup/docker $(printf '%s/docker ' /sys/fs/cgroup/*/); do
  [ -e "$path" ] || made+=("$path")
done
finish() {
  trap '' TERM
  end_containers "$folder"
  kill -TERM "$daemon" 2>/dev/null
  wait "$daemon"
  sweep "$folder"
  rmdir "\${made[@]}" 2>/dev/null
  echo stopped
  exit 0
}
"$@" "--containerd-namespace=$(namespace "$folder")" \\
  "--containerd-plugins-namespace=$(namespace "$folder")-plugins" \\
  </dev/null >/dev/null 2>"$folder/log" &
daemon=$!
trap finish TERM
until docker --host "unix://$folder/docker.sock" version >/dev/null 2>&1; do
  kill -0 "$daemon" 2>/dev/null || { echo failed; exit 1; }
  sleep 0.1
done
echo ready
read -r _
finish`;

/**
 * Runs `$@` in a network namespace of its own: with a loopback, and with an interface that stands for
 * the host's other one, beside Docker's bridge. Its addresses are for tests of devices (RFC 2544).
 */
const ISOLATE = `
ip link set lo up
ip link add other0 type veth peer name other1 && ip address add ${OTHER_ADDRESS}/30 dev other0 &&
  ip link set other0 up && ip link set other1 up
exec "$@"`;

/** Starts a private daemon below `folder` and waits until it answers. */
export async function startDaemon(host: Host, folder: string): Promise<DockerDaemon> {
  if (folder.length > LONGEST_FOLDER) throw tooLong(folder);
  const own = `${folder}/${FOLDER_NAME}`;
  const version = await host.run({ argv: ["dockerd", "--version"], timeoutSeconds: 10 });
  await host.writeText(`${own}/daemon.json`, configuration(own, version.stdout));
  const session = await begin(host, own);
  if (session === null) throw await notReady(host, own);
  return {
    address: `unix://${own}/docker.sock`,
    networkNamespace: await namespaceOf(host, own),
    stop: () => stopDaemon(host, session, own),
  };
}

/** The folders of private daemons that a killed run left mounted, from `/proc/self/mountinfo`. */
export function daemonFolders(mountinfo: string): string[] {
  const mountPoints = mountinfo.split("\n").map((line) => unescapeMount(line.split(" ")[4] ?? ""));
  const folders = mountPoints.flatMap((path) => {
    const end = path.indexOf(`/${FOLDER_NAME}/`);
    return end < 0 ? [] : [path.slice(0, end + FOLDER_NAME.length + 1)];
  });
  return [...new Set(folders)].sort();
}

/**
 * Whether the daemon in `folder` belongs to a run that still goes on: its supervisor lives. Null where
 * that cannot be told, as of another user's.
 */
export async function isSupervised(host: Host, folder: string): Promise<boolean | null> {
  const names = await host.readFolder(folder);
  const pid = (await host.readText(`${folder}/${PID_FILE}`))?.trim();
  if (names === null || (pid === undefined && names.includes(PID_FILE))) return null;
  const status = await host.readText(`/proc/${pid}/status`);
  const parent = /^PPid:\s*(\d+)$/m.exec(status ?? "")?.[1];
  const words = (await host.readText(`/proc/${parent}/cmdline`))?.split("\0") ?? [];
  return words.includes(FOLDER_NAME) && words.includes(folder);
}

/**
 * Ends a private daemon that a killed run left, with its containers, mounts and folder. Returns whether
 * all of it is gone.
 */
export async function sweepDaemon(host: Host, folder: string): Promise<boolean> {
  const { status } = await host.run({
    argv: ["bash", "-c", SWEEP_ALL, "cellproof-sweep", folder],
    timeoutSeconds: STOP_SECONDS,
    survivesCancel: true,
  });
  return status === 0;
}

/** Ready, with a bridge where the host lets it have one; null where it did not become ready. */
async function begin(host: Host, own: string): Promise<Session | null> {
  for (const daemon of [bridged(own), [...daemonArguments(own), "--bridge=none"]]) {
    const session = await host.start({
      argv: ["bash", "-c", SUPERVISE, FOLDER_NAME, own, ...daemon],
      timeoutSeconds: LIFE_SECONDS,
      survivesCancel: true,
    });
    const answer = await session.receive(READY_SECONDS);
    if (answer === "ready") return session;
    await session.stop(STOP_SECONDS);
    if (answer !== "failed") return null;
  }
  return null;
}

/** Fails at once where a network namespace or a bridge cannot be made. */
function bridged(own: string): string[] {
  return ["unshare", "--net", "bash", "-c", ISOLATE, "cellproof-net", ...daemonArguments(own)];
}

/** Null for a daemon that shares the host's namespace, and so has no bridge. */
async function namespaceOf(host: Host, own: string): Promise<string | null> {
  const pid = (await host.readText(`${own}/${PID_FILE}`))?.trim();
  const path = `/proc/${pid}/ns/net`;
  const argv = ["readlink", path, "/proc/self/ns/net"] as const;
  const { status, stdout } = await host.run({ argv, timeoutSeconds: 10 });
  const [daemon, self] = stdout.split("\n");
  return status === 0 && daemon !== self ? path : null;
}

function daemonArguments(own: string): string[] {
  return [
    "dockerd",
    `--config-file=${own}/daemon.json`,
    `--data-root=${own}/data`,
    `--exec-root=${own}/exec`,
    `--pidfile=${own}/${PID_FILE}`,
    `--host=unix://${own}/docker.sock`,
    "--iptables=false",
    "--ip6tables=false",
    "--ip-forward=false",
    "--ip-masq=false",
  ];
}

function configuration(own: string, version: string): string {
  // Docker 20.10 writes a key into /etc/docker unless told otherwise; later ones refuse the setting.
  const key = /version 20\.10\./.test(version) ? { "deprecated-key-path": `${own}/key.json` } : {};
  return JSON.stringify({ ...key, features: { "containerd-snapshotter": false } });
}

async function stopDaemon(host: Host, session: Session, own: string): Promise<void> {
  await session.send("stop");
  const answer = await session.receive(STOP_SECONDS);
  await session.stop(1);
  if (answer !== "stopped") await sweepDaemon(host, own);
}

async function notReady(host: Host, own: string): Promise<Problem> {
  const log = await host.readText(`${own}/log`);
  await sweepDaemon(host, own);
  return new MissingTool({
    action: "start a Docker daemon for the run",
    condition: "dockerd did not become ready",
    ...(log === null ? {} : { seen: log.trim().split("\n").slice(-2).join(" / ") }),
    cure: "Start Docker yourself (systemctl start docker), then run again.",
  }, "docker");
}

function tooLong(folder: string): Problem {
  return new Problem({
    action: "start a Docker daemon for the run",
    condition:
      `its folder's path has more than ${LONGEST_FOLDER} characters, too long for a socket`,
    seen: folder,
    cure: "Set TMPDIR to a folder with a shorter path.",
  });
}

/** Mount points have blanks and backslashes in octal, see `proc_pid_mountinfo(5)`. */
function unescapeMount(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(parseInt(code, 8)));
}
