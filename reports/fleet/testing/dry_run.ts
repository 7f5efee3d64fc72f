/**
 * What dry runs of fixtures find, for fleets that are simulated from them.
 *
 * @module
 */
import type { Result } from "../../../suites/result.ts";
import { parseResult, RESULT_FILE } from "../../json.ts";

const MAIN = new URL("../../../main.ts", import.meta.url).pathname;

/** A dry run's status tells of its claims. */
const GOOD_STATUSES = [0, 100, 101];

/** The result of a fixture's dry run. */
export async function dryRunOf(fixture: string): Promise<Result> {
  const folder = await Deno.makeTempDir();
  try {
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--no-prompt", "--allow-read", "--allow-write", MAIN],
        ...["bench", `--dry-run=${fixture}`, "--out", folder],
      ],
      stdout: "null",
      stderr: "piped",
    }).output();
    if (!GOOD_STATUSES.includes(code)) throw new Error(new TextDecoder().decode(stderr));
    const path = `${folder}/${RESULT_FILE}`;
    return await parseResult(await Deno.readTextFile(path), path);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
