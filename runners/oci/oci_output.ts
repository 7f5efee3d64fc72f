/**
 * What runc and crun print.
 *
 * @module
 */
import type { CommandResult } from "../host.ts";
import { isText } from "../json_values.ts";

/** The version in what `runc --version` and `crun --version` print. */
export function parseRuntimeVersion(stdout: string): string {
  return /^(?:runc|crun) version (\S+)/m.exec(stdout)?.[1] ?? "unknown";
}

/**
 * Why the runtime itself failed, when it was not the command in the container; else null. Both exit with
 * status 1 then, as a command may, so it is told from the log that they keep in standard error: lines
 * of JSON, see `--log-format`.
 */
export function ociFailure({ status, stderr }: CommandResult): string | null {
  if (status === 0) return null;
  for (const line of stderr.split("\n")) {
    const { level, msg } = fieldsOf(line) ?? {};
    if (level === "error" && isText(msg)) return `the runtime could not run it: ${msg}`;
  }
  return null;
}

/** The process id in what `runc state` prints of a container that runs; null of any other. */
export function parseRunningPid(stdout: string): number | null {
  const { status, pid } = fieldsOf(stdout) ?? {};
  if (status !== "running") return null;
  return typeof pid === "number" && Number.isInteger(pid) && pid > 0 ? pid : null;
}

function fieldsOf(text: string): Readonly<Record<string, unknown>> | null {
  if (!text.startsWith("{")) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
