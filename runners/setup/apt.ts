/**
 * Installing packages on Debian and Ubuntu.
 *
 * @module
 */
import type { Host } from "../host.ts";
import { Problem } from "../../problem.ts";
import { runStep } from "../run_step.ts";

const UPDATE_SECONDS = 300;
const INSTALL_SECONDS = 1800;
const ENVIRONMENT = { DEBIAN_FRONTEND: "noninteractive", NEEDRESTART_SUSPEND: "1" };
/** Waits for another package manager instead of failing at once. */
const LOCK = "DPkg::Lock::Timeout=120";

/** Whether the host is Debian, Ubuntu or one of their kin, and has apt-get. */
export async function hasApt(host: Host): Promise<boolean> {
  const release = await host.readText("/etc/os-release") ?? "";
  if (!isDebianKin(release)) return false;
  const { ended } = await host.run({ argv: ["apt-get", "--version"], timeoutSeconds: 10 });
  return ended === "exited";
}

/** Reads `os-release(5)`: ID and ID_LIKE, with or without quotes. */
export function isDebianKin(osRelease: string): boolean {
  const lines = osRelease.matchAll(/^(?:ID|ID_LIKE)=["']?([^"'\n]*)["']?\s*$/gm);
  const words = [...lines].flatMap((match) => (match[1] ?? "").split(/\s+/));
  return words.includes("debian") || words.includes("ubuntu");
}

/** The command that a user without root's rights is told. */
export function aptCommandLine(packages: readonly string[]): string {
  const names = packages.map((name) => name.split("|")[0]).join(" ");
  return `sudo apt-get update && sudo apt-get install --yes --no-install-recommends ${names}`;
}

/**
 * Installs packages, as root; "a|b" takes the first that the release has. A package that it does not
 * have keeps none of the others away.
 *
 * @throws {Problem} where a package does not exist or apt-get fails
 */
export async function aptInstall(host: Host, packages: readonly string[]): Promise<void> {
  // One unreachable repository does not matter where the packages come from another one.
  await host.run({
    argv: ["apt-get", "update", "--quiet", "-o", LOCK],
    env: ENVIRONMENT,
    timeoutSeconds: UPDATE_SECONDS,
  });
  const chosen = await Promise.all(packages.map((each) => firstKnown(host, each.split("|"))));
  const names = chosen.filter((name) => name !== null);
  const argv = ["install", "--yes", "--quiet", "--no-install-recommends", "-o", LOCK, ...names];
  await runStep(host, {
    action: "install packages with apt-get",
    argv: ["apt-get", ...argv],
    env: ENVIRONMENT,
    timeoutSeconds: INSTALL_SECONDS,
    // Cut short, it would leave packages that are half configured.
    survivesCancel: true,
    cure: `Try it by hand: ${aptCommandLine(names)}`,
  });
  const unknown = packages.filter((_, i) => chosen[i] === null);
  if (unknown.length > 0) throw noSuchPackage(unknown);
}

async function firstKnown(host: Host, names: readonly string[]): Promise<string | null> {
  for (const name of names) {
    const { status } = await host.run({
      argv: ["apt-cache", "show", "--no-all-versions", name],
      timeoutSeconds: 30,
    });
    if (status === 0) return name;
  }
  return null;
}

function noSuchPackage(unknown: readonly string[]): Problem {
  return new Problem({
    action: "install packages with apt-get",
    condition: `this release has no package ${unknown.join(", ").replaceAll("|", " or ")}`,
    cure: "Check the sources of apt (on Ubuntu, that universe is enabled), then apt-get update.",
  });
}
