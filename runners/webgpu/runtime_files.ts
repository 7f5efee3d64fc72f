/**
 * What the runtime's own process has open while a program computes in it: the links in
 * `/proc/PID/fd` (proc_pid_fd(5)).
 *
 * @module
 */
import type { Host } from "../host.ts";
import { Problem } from "../../problem.ts";
import source from "../programs/webgpu_work.js" with { type: "text" };
import { runStep } from "../run_step.ts";
import { confinedProgram } from "./confined_deno.ts";
import script from "./runtime_files.sh" with { type: "text" };
import { Section } from "./webgpu_section.ts";
import { type AdapterInfo, readAdapter } from "./webgpu_view.ts";

/** A process, by its program's path, and what its descriptors stand for. */
export interface OpenFiles {
  readonly program: string;
  readonly pid: number;
  /** Paths, and names such as `"pipe:[4711]"`. */
  readonly files: readonly string[];
}

/** The runtime while it computes, and a process beside it that sleeps. */
export interface RuntimeFiles {
  /** The adapter that the runtime computed on. */
  readonly adapter: AdapterInfo;
  readonly runtime: OpenFiles;
  readonly idle: OpenFiles;
  /** The processes that NVIDIA's driver lists meanwhile; none where there is no such driver. */
  readonly gpuProcesses: readonly number[];
  /** The whole text, as evidence. */
  readonly text: string;
}

const HOLD_SECONDS = 20;
const RUN_SECONDS = 40;

/**
 * Lets a program without any permission compute, and looks at the runtime's process meanwhile.
 *
 * @throws {Problem} where it does not begin, or where the process cannot be looked at
 */
export async function lookAtRuntime(host: Host): Promise<RuntimeFiles> {
  const { argv, ...program } = confinedProgram(source, ["hold", `${HOLD_SECONDS}`]);
  const text = await runStep(host, {
    action: "look at the runtime while a program computes through WebGPU",
    cure: "A driver that hangs does this: try with another one.",
    argv: ["bash", "-c", script, "runtime_files", ...argv],
    ...program,
    timeoutSeconds: RUN_SECONDS,
  });
  return parseRuntimeFiles(text);
}

/**
 * Reads what the script printed.
 *
 * @throws {Problem} where a part is missing: a process with nothing open was not looked at
 */
export function parseRuntimeFiles(text: string): RuntimeFiles {
  const parts = new Map(
    text.split(/^# /m).slice(1).map((part) => {
      const [name = "", ...lines] = part.trimEnd().split("\n");
      return [name, lines.map((line) => line.replace(/^\| /, ""))] as const;
    }),
  );
  const part = (name: string): readonly [string, ...string[]] => {
    const [first, ...rest] = parts.get(name) ?? [];
    if (first === undefined) throw unreadable(name, text);
    return [first, ...rest];
  };
  const adapter = readAdapter(Section.parse(part("began")[0]));
  if (adapter === null) throw unreadable("adapter", text);
  const [pid, idlePid] = part("numbers").map(Number);
  const listed = part("gpu_processes").slice(1);
  if (!pid || !idlePid) throw unreadable("numbers", text);
  return {
    adapter,
    runtime: { program: part("runtime_program")[0], pid, files: part("runtime_files") },
    idle: { program: part("idle_program")[0], pid: idlePid, files: part("idle_files") },
    gpuProcesses: listed.map((line) => Number(line.replace("<pid>", ""))),
    text,
  };
}

function unreadable(name: string, seen: string): Problem {
  return new Problem({
    action: "read what the runtime has open",
    condition: `its ${name} is missing`,
    seen,
  });
}
