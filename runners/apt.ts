/**
 * Installing packages on Debian and Ubuntu.
 *
 * @module
 */
import type { Host } from "./host.ts";
import { Problem } from "../problem.ts";

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
 * Installs packages, as root; "a|b" takes the first that the release has.
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
  const names: string[] = [];
  for (const alternatives of packages) names.push(await firstKnown(host, alternatives.split("|")));
  const result = await host.run({
    argv: [
      "apt-get",
      "install",
      "--yes",
      "--quiet",
      "--no-install-recommends",
      "-o",
      LOCK,
      ...names,
    ],
    env: ENVIRONMENT,
    timeoutSeconds: INSTALL_SECONDS,
  });
  if (result.ended === "exited" && result.status === 0) return;
  throw new Problem({
    action: "install packages with apt-get",
    condition: `it ended with status ${result.status} (${result.ended})`,
    seen: result.stderr || result.stdout.slice(-400),
    cure: `Try it by hand: ${aptCommandLine(names)}`,
  });
}

async function firstKnown(host: Host, names: readonly string[]): Promise<string> {
  for (const name of names) {
    const { status } = await host.run({
      argv: ["apt-cache", "show", "--no-all-versions", name],
      timeoutSeconds: 30,
    });
    if (status === 0) return name;
  }
  throw new Problem({
    action: "install packages with apt-get",
    condition: `this release has no package ${names.join(" or ")}`,
    cure: "Check the sources of apt (on Ubuntu, that universe is enabled), then apt-get update.",
  });
}
