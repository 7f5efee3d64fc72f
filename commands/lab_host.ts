/**
 * Opens the lab as the host that a run is about.
 *
 * @module
 */
import { startLab } from "../runners/lab/lab.ts";
import { labHost } from "../runners/lab/lab_host.ts";
import { prepareLabImage } from "../runners/lab/lab_image.ts";
import { Journal } from "../runners/seam/journal.ts";
import { liveHost } from "../runners/seam/live.ts";
import type { BenchRequest } from "./bench.ts";
import {
  closed,
  collectionOfRequest,
  onInterrupt,
  type OpenedHost,
  type Opening,
  record,
} from "./bench_host.ts";
import { CACHE_FOLDER, JOURNAL_FOLDER } from "./project.ts";

/** Boots the lab; what is changed in it is journaled in its own folder, and ends with it. */
export async function openLab(
  request: BenchRequest,
  { seed, say }: Opening,
): Promise<OpenedHost> {
  const interruption = new AbortController();
  let isAsked = false;
  const stopListening = onInterrupt(() => {
    isAsked = true;
    interruption.abort();
  });
  const machine = await liveHost({ journalFolder: JOURNAL_FOLDER });
  try {
    const image = await prepareLabImage(machine, { cacheFolder: CACHE_FOLDER, say });
    say("booting the lab");
    const lab = await startLab(machine, image);
    const journal = Journal.begin(`${lab.folder}/journal`);
    const { signal } = interruption;
    const agent = await lab.connect();
    let lost: string | null = null;
    // What is still asked of a machine that hangs would only take its time.
    agent.silent.then(() => {
      lost = "it stopped answering";
      interruption.abort();
    });
    const inside = labHost({ agent, id: journal.id, signal });
    const collection = collectionOfRequest(request, seed);
    const host = request.record === null
      ? inside
      : await record(inside, request.record, collection);
    const end = async () => {
      stopListening();
      const isInsideClosed = await closed(host);
      lost = lost === null ? await lab.whyHung() : await lab.toldHang() ?? lost;
      await lab.end();
      return await closed(machine) && isInsideClosed;
    };
    let ended: Promise<boolean> | null = null;
    return {
      host,
      name: "lab",
      dryRun: null,
      collection,
      journal,
      interrupted: () => signal.aborted,
      lost: () => isAsked ? null : lost,
      close: () => ended ??= end(),
    };
  } catch (error) {
    stopListening();
    await closed(machine);
    throw error;
  }
}
