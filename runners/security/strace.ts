/**
 * strace: which system calls a command makes, all its threads together (strace(1), `-c`).
 *
 * @module
 */
import type { CommandResult } from "../host.ts";
import { MissingTool, Problem } from "../../problem.ts";

/** How a process stands to seccomp, from `Seccomp:` in proc_pid_status(5). */
export type SeccompMode = "disabled" | "strict" | "filter";

export interface StraceReport {
  /** How often each call was made, by name; those that do not return (exit_group) are not counted. */
  readonly calls: ReadonlyMap<string, number>;
  /** Of the process while it ran; null where that could not be read. */
  readonly seccomp: SeccompMode | null;
}

const MODES: readonly SeccompMode[] = ["disabled", "strict", "filter"];

/**
 * Runs `$@` under strace with the summary in `$1`, and keeps in `$1.seccomp` what the command's status
 * last said of seccomp. Polled, because a process puts itself behind its filter only after a while.
 */
const LAUNCH = `summary=$1
shift
strace -f -c -o "$summary" -- "$@" &
tracer=$!
while kill -0 "$tracer" 2>/dev/null; do
  for child in $(cat "/proc/$tracer/task/$tracer/children" 2>/dev/null); do
    grep '^Seccomp:' "/proc/$child/status" >"$summary.now" 2>/dev/null &&
      mv "$summary.now" "$summary.seccomp"
  done
  sleep 0.2
done
wait "$tracer"`;

/** What goes before a command so that its calls are counted into the file `summary`. */
export function straceLauncher(summary: string): string[] {
  return ["bash", "-c", LAUNCH, "cellproof-strace", summary];
}

/**
 * The report of a command that was started behind {@linkcode straceLauncher}, from the texts of its
 * two files (null where there is none).
 *
 * @throws {MissingTool} where strace is missing, or may not trace
 * @throws {Problem} where the summary is anything else
 */
export function readStrace(
  command: Pick<CommandResult, "stderr">,
  texts: { readonly summary: string | null; readonly seccomp: string | null },
): StraceReport {
  const calls = parseSummary(texts.summary ?? "");
  if (calls.size > 0) return { calls, seccomp: parseSeccomp(texts.seccomp ?? "") };
  if (/strace: (command )?not found|No such file or directory/.test(command.stderr)) {
    throw new MissingTool({
      action: "count system calls",
      condition: "there is no strace",
      cure: "Install strace, or run: deno task bench --setup",
    });
  }
  if (/ptrace|PTRACE_\w+|Operation not permitted/.test(command.stderr)) {
    throw new MissingTool({
      action: "count system calls",
      condition: "strace may not trace here",
      seen: command.stderr,
      cure: "Run as root, and with kernel.yama.ptrace_scope below 3.",
    }, "root");
  }
  throw new Problem({
    action: "count system calls",
    condition: "strace left no summary",
    seen: texts.summary ?? command.stderr,
  });
}

/**
 * The calls in the table of `strace -c`: its columns differ between versions, but the name is the
 * last, the number of calls the fourth, and dashes enclose the rows.
 */
export function parseSummary(text: string): Map<string, number> {
  const lines = text.split("\n").map((line) => line.trim().split(/\s+/));
  const rule = (words: readonly string[]): boolean => words.every((word) => /^-+$/.test(word));
  const start = lines.findIndex(rule);
  const calls = new Map<string, number>();
  if (start < 0) return calls;
  for (const words of lines.slice(start + 1)) {
    if (rule(words)) break;
    const [name, count] = [words.at(-1) ?? "", words[3] ?? ""];
    if (words.length >= 5 && /^[a-z_]\w*$/.test(name) && /^\d+$/.test(count)) {
      calls.set(name, (calls.get(name) ?? 0) + Number(count));
    }
  }
  return calls;
}

/** Null where no mode is told. */
export function parseSeccomp(status: string): SeccompMode | null {
  const number = /^Seccomp:\s*(\d)$/m.exec(status)?.[1];
  return number === undefined ? null : MODES[Number(number)] ?? null;
}
