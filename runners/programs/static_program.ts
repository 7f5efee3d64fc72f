/**
 * Small C programs of cellproof's own, built static: the same file runs on the host, in containers of
 * any image and in guests.
 *
 * @module
 */
import type { Host } from "../host.ts";
import { MissingTool, Problem } from "../../problem.ts";

export interface StaticProgram {
  readonly source: string;
  /** Where the program is written. */
  readonly output: string;
}

/**
 * Builds a program with clang.
 *
 * @throws {MissingTool} where there is no clang, or no C library that can be linked statically
 */
export async function buildStatic(host: Host, { source, output }: StaticProgram): Promise<string> {
  const { ended, status, stderr } = await host.run({
    argv: ["clang", "-static", "-O1", "-Wall", "-Wextra", "-x", "c", "-o", output, "-"],
    stdin: source,
    timeoutSeconds: 60,
  });
  if (status === 0) return output;
  const Kind = ended === "cancelled" ? Problem : MissingTool;
  throw new Kind({
    action: "build a small static C program",
    condition: ended === "not-found" ? "there is no clang" : `clang ended with status ${status}`,
    ...(stderr === "" ? {} : { seen: stderr }),
    cure: "Install clang and the C library's headers and archive (libc6-dev, glibc-static), or " +
      "run: deno task bench --setup",
  });
}
