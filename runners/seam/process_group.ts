/**
 * Ends what a command started: its process group, and descendants that left the group. Only bash is
 * started for it, because Deno's own kill needs the permission to run anything.
 *
 * @module
 */
import { MARKER } from "./shell.ts";

/**
 * Kills every process whose environment has a variable that begins with `$1`. Prints nothing; a
 * descendant may fork while it is looked for, hence the rounds.
 */
export const END_MARKED = `
for round in 1 2 3 4 5 6 7 8; do
  pids=()
  for file in $(grep -lsaz -- "^$1" /proc/[0-9]*/environ); do
    pid=\${file#/proc/}
    pids+=("\${pid%/environ}")
  done
  [ "\${#pids[@]}" -eq 0 ] && exit 0
  kill -KILL "\${pids[@]}" 2>/dev/null
  sleep 0.02
done
exit 1`;

/** Sends a signal to every process of the group; nothing happens when there is none. */
export async function signalGroup(group: number, signal: "TERM" | "KILL"): Promise<void> {
  await bash('kill "-$1" -- "-$2"', [signal, `${group}`]);
}

/**
 * Kills every process whose {@linkcode MARKER} begins with `id`, wherever it went (a session of its
 * own, another parent). Returns whether none was left.
 */
export async function endMarked(id: string): Promise<boolean> {
  return await bash(END_MARKED, [`${MARKER}=${id}`]);
}

/** The command that does what {@linkcode endMarked} does, on any host; its status tells. */
export function endMarkedCommand(id: string): [string, ...string[]] {
  return ["bash", "-c", END_MARKED, "bash", `${MARKER}=${id}`];
}

async function bash(script: string, args: readonly string[]): Promise<boolean> {
  try {
    const { success } = await new Deno.Command("bash", {
      args: ["-c", script, "bash", ...args],
      // Deno refuses to pass LD_LIBRARY_PATH on, even one that was inherited.
      clearEnv: true,
      env: { PATH: Deno.env.get("PATH") ?? "/usr/bin:/bin", LC_ALL: "C" },
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).output();
    return success;
  } catch {
    return false;
  }
}
