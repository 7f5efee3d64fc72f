/**
 * Which packages hold the distribution's own kernel, from what apt and os-release say.
 *
 * @module
 */
import { Problem } from "../../problem.ts";

/** The packages of a kernel. */
export interface KernelPackages {
  /** What `uname -r` says in a guest that runs it. */
  readonly release: string;
  /** All packages that hold the kernel and its modules; the kernel itself first. */
  readonly names: readonly [string, ...string[]];
}

interface KernelSource {
  /** The package whose dependency is always the newest kernel. */
  readonly metapackage: string;
  /** Prefixes of further packages, beside `linux-image-`, that hold modules. */
  readonly modulePrefixes: readonly string[];
}

const DEBIAN: KernelSource = { metapackage: "linux-image-amd64", modulePrefixes: [] };
const UBUNTU: KernelSource = {
  metapackage: "linux-image-generic",
  modulePrefixes: ["linux-modules-"],
};

/**
 * Where a distribution keeps its kernel, from `/etc/os-release` (see os-release(5)) and `uname -m`.
 *
 * @throws {Problem} for other distributions and architectures
 */
export function kernelSource(osRelease: string | null, architecture: string): KernelSource {
  if (architecture !== "x86_64") {
    throw unsupported(`guests are made for x86_64 only, and this is ${architecture || "unknown"}`);
  }
  const fields = new Map(
    (osRelease ?? "").matchAll(/^(ID|ID_LIKE)=["']?([^"'\n]*)/gm).map((m) => [m[1], m[2] ?? ""]),
  );
  const ids = [...(fields.get("ID_LIKE") ?? "").split(" "), fields.get("ID") ?? ""];
  if (ids.includes("ubuntu")) return UBUNTU;
  if (ids.includes("debian")) return DEBIAN;
  throw unsupported(`"${fields.get("ID") ?? "unknown"}" is neither Debian nor Ubuntu`);
}

/**
 * The kernel's packages, from `apt-cache depends` of the metapackage.
 *
 * @throws {Problem} where it names no kernel
 */
export function kernelPackages(source: KernelSource, depends: string): KernelPackages {
  const release = /^[ |]+Depends: linux-image-(?:unsigned-)?(\d\S*)$/m.exec(depends)?.[1];
  if (release !== undefined) {
    const image = `linux-image-${release}`;
    return { release, names: [image, ...source.modulePrefixes.map((prefix) => prefix + release)] };
  }
  throw new Problem({
    action: "find the guest's kernel",
    condition: `apt-cache names no kernel for ${source.metapackage}`,
    seen: depends,
    cure: "Run as root: apt-get update",
  });
}

function unsupported(condition: string): Problem {
  return new Problem({
    action: "get a kernel for the guest",
    condition,
    cure: "Run this on Debian or Ubuntu on x86_64; without guests everything else still works.",
  });
}
