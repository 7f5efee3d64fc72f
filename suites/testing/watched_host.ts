/**
 * A host whose commands that change its settings are seen from outside.
 *
 * @module
 */
import type { CommandRequest, Host } from "../../runners/host.ts";
import { changedHost } from "../../runners/testing/changed_host.ts";

/** The host with another `run`. */
export function watchedHost(host: Host, run: Host["run"]): Host {
  return changedHost(host, { run });
}

/** Whether a command is one of those by which settings are changed. */
export function isChanging([program, first = ""]: CommandRequest["argv"]): boolean {
  if (program === "modprobe") return first !== "--show-depends";
  return ["tee", "rmmod"].includes(program) ||
    (program === "nvme" && ["virt-mgmt", "attach-ns", "detach-ns"].includes(first));
}

/** The command on one line: `tee 0000:02:00.0/driver_override <- "nvme"`. */
export function commandInWords({ argv, stdin = "" }: CommandRequest): string {
  const words = argv.map((word) => word.replace(/^\/sys\/bus\/pci\/(?:devices|drivers)\//, ""));
  return `${words.join(" ")}${argv[0] === "tee" ? ` <- "${stdin.trim()}"` : ""}`;
}
