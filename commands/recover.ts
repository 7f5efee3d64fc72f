/**
 * `deno task recover`: undoes what killed runs left on the host.
 *
 * @module
 */
import { removeLeftovers } from "../runners/docker/docker.ts";
import { removeOciLeftovers } from "../runners/oci/oci_sweep.ts";
import { type Recovery, wholeRecovery } from "../runners/recovery.ts";
import { undoAbandoned } from "../runners/seam/abandoned.ts";
import { liveHost } from "../runners/seam/live.ts";
import { EXIT } from "../suites/exit_status.ts";
import { type Command, NONE } from "./command.ts";
import { JOURNAL_FOLDER } from "./project.ts";

/** What was done is said at once, whatever comes of the rest. */
function told(recovery: Recovery): Recovery {
  for (const sentence of recovery.sentences) console.log(sentence);
  return recovery;
}

export const command: Command = {
  usage: `deno task recover
  Undoes whatever a killed run left: containers, daemons, guests, other processes, changed settings
  of the host and folders. Exit status 3 where something could not be undone, or is another user's.`,
  boolean: [],
  string: [],
  positionals: NONE,
  async run() {
    const host = await liveHost();
    try {
      // What was changed on the host comes first: nothing else may keep it from being undone.
      const { sentences, restored } = wholeRecovery([
        told(await undoAbandoned(JOURNAL_FOLDER, host)),
        told(await removeLeftovers(host)),
        told(await removeOciLeftovers(host)),
      ]);
      if (sentences.length === 0) console.log("Nothing was left.");
      return restored ? EXIT.ok : EXIT.hostNotRestored;
    } finally {
      await host.close();
    }
  },
};
