/**
 * `deno task recover`: undoes what killed runs left on the host.
 *
 * @module
 */
import { removeLeftovers } from "../runners/docker/docker.ts";
import { undoAbandoned } from "../runners/seam/journal.ts";
import { liveHost } from "../runners/seam/live.ts";
import { EXIT } from "../suites/exit_status.ts";
import { type Command, NONE } from "./command.ts";
import { JOURNAL_FOLDER } from "./project.ts";

export const command: Command = {
  usage: `deno task recover
  Undoes whatever a killed run left: containers, daemons, guests, other processes and folders.`,
  boolean: [],
  string: [],
  positionals: NONE,
  async run() {
    const host = await liveHost();
    try {
      const done = [...await removeLeftovers(host), ...await undoAbandoned(JOURNAL_FOLDER)];
      console.log(done.length === 0 ? "Nothing was left." : done.join("\n"));
      return EXIT.ok;
    } finally {
      await host.close();
    }
  },
};
