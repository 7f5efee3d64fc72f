/**
 * The end of containers that runc or crun made, also of those whose run was killed: found by their
 * control groups, which are named after the run's folder, since nothing else of them need be left.
 *
 * @module
 */
import type { Host } from "../host.ts";
import { type Recovery, wholeRecovery } from "../recovery.ts";

/** What a removal may take, also where a killed process takes its time. */
const SWEEP_SECONDS = 30;
const STATE_FOLDER = "state";

/**
 * Ends what lives in control groups of a name, in the one hierarchy of version 2 or the many of version
 * 1, and removes them.
 */
const SWEEP = `
groups() {
  find /sys/fs/cgroup -mindepth 1 -maxdepth 2 -type d -name "$1" 2>/dev/null
}
sweep() {
  local group pids tries
  for tries in {1..100}; do
    pids=$(groups "$1" | while read -r group; do cat "$group/cgroup.procs"; done 2>/dev/null)
    [ -n "$pids" ] || break
    kill -KILL $pids 2>/dev/null
    sleep 0.05
  done
  groups "$1" | while read -r group; do rmdir "$group" 2>/dev/null; done
}`;

/** Has the runtime `$1` delete the container `$2` of the folder `$3`, and sees that it is gone. */
const REMOVE = `${SWEEP}
"$1" --root "$3/${STATE_FOLDER}" delete --force "cellproof-$2"
sweep "\${3##*/}.$2"`;

/** Ends all containers of the folder `$1`. */
const REMOVE_ALL = `${SWEEP}
sweep "\${1##*/}.*"`;

/**
 * Ends the containers of runs that are over, and prints a line for each: its name, after a blank where
 * it is still there. A run goes on while a runtime of its folder does; the brackets keep this script's
 * own words from being taken for one.
 */
const REMOVE_LEFT = `${SWEEP}
groups 'cellproof-*.*' | sed 's|.*/||' | sort -u | while read -r name; do
  grep -lsaqe "/\${name%%.*}[/]${STATE_FOLDER}" /proc/[0-9]*/cmdline && continue
  sweep "$name"
  if [ -n "$(groups "$name")" ]; then echo " $name"; else echo "$name"; fi
done`;

/** Where the runtime keeps what it knows of a run's containers. */
export function stateFolder(folder: string): string {
  return `${folder}/${STATE_FOLDER}`;
}

/** Where a container's control groups lie; `folder` is one of {@linkcode Host.temporaryFolder}. */
export function cgroupPath(folder: string, name: string): string {
  return `/${folder.slice(folder.lastIndexOf("/") + 1)}.${name}`;
}

/** Ends one container, running or not, also after a cancel. */
export async function removeOciContainer(
  host: Host,
  { program, folder, name }: {
    readonly program: string;
    readonly folder: string;
    readonly name: string;
  },
): Promise<void> {
  await sweepWith(host, REMOVE, [program, name, folder]);
}

/** Ends every container of a folder, also after a cancel. */
export async function removeOciContainers(host: Host, folder: string): Promise<void> {
  await sweepWith(host, REMOVE_ALL, [folder]);
}

/** Ends what killed runs left, and has a sentence for each container. */
export async function removeOciLeftovers(host: Host): Promise<Recovery> {
  const lines = (await sweepWith(host, REMOVE_LEFT, [])).split("\n").filter((line) => line !== "");
  return wholeRecovery(lines.map(endOf));
}

function endOf(line: string): Recovery {
  const container = `the container ${line.slice(line.indexOf(".") + 1)}`;
  if (!line.startsWith(" ")) return { sentences: [`Ended ${container}.`], restored: true };
  const cure = "Run deno task recover as the user of its run, or as root.";
  return { sentences: [`Cannot end ${container}. ${cure}`], restored: false };
}

async function sweepWith(host: Host, script: string, args: readonly string[]): Promise<string> {
  const { stdout } = await host.run({
    argv: ["bash", "-c", script, "cellproof-sweep", ...args],
    timeoutSeconds: SWEEP_SECONDS,
    survivesCancel: true,
  });
  return stdout;
}
