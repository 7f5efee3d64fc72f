/**
 * The host's own programs with their libraries, as they are put into containers and guests: so every
 * place runs the same programs.
 *
 * @module
 */
import type { CommandResult, Host } from "./host.ts";
import { Problem } from "../problem.ts";

/** A program of the host; may be static. */
export interface Program {
  /** What it is called inside. */
  readonly name: string;
  /** Where it is on the host. */
  readonly path: string;
}

export interface Payload {
  readonly programs: readonly Program[];
  /** The files that the programs need, at the same paths inside. */
  readonly libraries: readonly string[];
}

/**
 * Finds the libraries of the programs. What a program loads only while it runs (`dlopen`) is not among
 * them: that is `loadedLater`, which comes with its own libraries.
 *
 * @throws {Problem} where a file's libraries cannot be found
 */
export async function gatherPayload(
  host: Host,
  programs: readonly Program[],
  loadedLater: readonly string[] = [],
): Promise<Payload> {
  const libraries = new Set(loadedLater);
  for (const path of [...programs.map((program) => program.path), ...loadedLater]) {
    const listed = await host.run({ argv: ["ldd", path], timeoutSeconds: 10 });
    for (const library of parseLibraries(listed)) libraries.add(library);
  }
  return { programs, libraries: [...libraries].sort() };
}

/**
 * The files that a program needs, the loader among them, from `ldd`'s output; none for a static one.
 *
 * @throws {Problem} where a library is missing or `ldd` failed
 */
export function parseLibraries({ status, stdout, stderr }: CommandResult): string[] {
  const text = `${stdout}\n${stderr}`;
  if (/not a dynamic executable|statically linked/.test(text)) return [];
  const missing = /^\s*(\S+) => not found/m.exec(text)?.[1];
  const paths = stdout.matchAll(/^\s*(?:\S+ => )?(\/.+) \(0x[0-9a-f]+\)$/gm);
  const libraries = [...new Set([...paths].map((match) => match[1] ?? ""))].sort();
  if (missing === undefined && status === 0 && libraries.length > 0) return libraries;
  throw new Problem({
    action: "find the libraries that a program needs",
    condition: missing === undefined ? "ldd did not list them" : `${missing} is missing`,
    seen: text,
    cure: "Check that the program itself starts.",
  });
}
