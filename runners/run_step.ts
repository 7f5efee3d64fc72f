import type { CommandRequest, Host } from "./host.ts";
import { MissingTool, Problem } from "../problem.ts";

/** A command that must succeed for the work to go on. */
export interface Step extends CommandRequest {
  /** What the step is for: completes "Cannot …". */
  readonly action: string;
  readonly cure: string;
}

/**
 * Runs a command that must exit with status 0, and returns its standard output.
 *
 * @throws {MissingTool} where there is no such program
 * @throws {Problem} where it ends in any other way
 */
export async function runStep(host: Host, { action, cure, ...request }: Step): Promise<string> {
  const { ended, status, stdout, stderr } = await host.run(request);
  if (ended === "exited" && status === 0) return stdout;
  const [program] = request.argv;
  if (ended === "not-found") {
    const condition = `there is no ${program}`;
    throw new MissingTool({ action, condition, cure: "Run: deno task bench --setup" });
  }
  const condition = ended === "exited"
    ? `${program} ended with ${status === null ? "a signal" : `status ${status}`}`
    : `${program} was ended (${ended})`;
  const seen = stderr.trim() === "" ? {} : { seen: stderr };
  throw new Problem({ action, condition, ...seen, cure });
}
