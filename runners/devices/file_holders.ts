/**
 * Which processes of the host hold a file open, from /proc (proc(5)).
 *
 * @module
 */
import type { Host } from "../host.ts";
import { Problem } from "../../problem.ts";

/** A process that holds a file open. */
export interface FileHolder {
  readonly pid: number;
  /** The program that it runs; empty where that is not shown. */
  readonly program: string;
  /** The processes that it started, and that have not ended. */
  readonly children: number;
  /** Clock ticks that it spent running a virtual processor: `guest_time` of proc(5). */
  readonly guestTicks: number;
  /** Descriptors of KVM that it holds: the device, a virtual machine, a virtual processor. */
  readonly kvmDescriptors: number;
}

/** `$1` is the path as a glob; one line of tab-separated fields for each process. */
const SCRIPT = `find /proc/[0-9]*/fd -maxdepth 1 -lname "$1" -printf '%h\\n' 2>/dev/null |
sort -u | while read -r folder; do
  process=\${folder%/fd}
  pid=\${process#/proc/}
  program=$(readlink "$process/exe")
  children=$(grep -l -E "^PPid:[[:space:]]+$pid$" /proc/[0-9]*/status 2>/dev/null | wc -l)
  stat=$(cat "$process/stat") || continue
  set -- \${stat##*) }
  kvm=$(find "$folder" -lname '*kvm*' | wc -l)
  printf '%s\\t%s\\t%s\\t%s\\t%s\\n' "$pid" "$children" "\${41}" "$kvm" "$program"
done
echo end`;

/**
 * Finds the processes of this user (of all users, for root) that hold the file open.
 *
 * @throws {Problem} where /proc cannot be searched
 */
export async function findFileHolders(host: Host, path: string): Promise<FileHolder[]> {
  const glob = path.replaceAll(/[\\*?[\]]/g, "\\$&");
  const argv = ["bash", "-c", SCRIPT, "cellproof-holders", glob] as const;
  const { stdout, stderr } = await host.run({ argv: [...argv], timeoutSeconds: 20 });
  const holders = parseFileHolders(stdout);
  if (holders !== null) return holders;
  throw new Problem({
    action: "find out which process holds a file open",
    condition: "/proc could not be searched to its end",
    seen: stderr || stdout,
  });
}

/** The processes that the script listed; null where it did not come to its end. */
export function parseFileHolders(text: string): FileHolder[] | null {
  const lines = text.trimEnd().split("\n");
  if (lines.pop() !== "end") return null;
  return lines.flatMap((line) => {
    const match = /^(\d+)\t(\d+)\t(\d+)\t(\d+)\t(.*)$/.exec(line);
    if (match === null) return [];
    const [, pid = 0, children = 0, guestTicks = 0, kvmDescriptors = 0] = match.map(Number);
    return [{ pid, program: match[5] ?? "", children, guestTicks, kvmDescriptors }];
  });
}
