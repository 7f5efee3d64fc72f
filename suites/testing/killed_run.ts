/**
 * A run of cellproof's in the lab that kills itself outright: started by `killed_runs.ts` as a process of
 * its own, which is given one {@linkcode KilledRunRequest} as JSON.
 *
 * @module
 */
import type { CommandRequest, CommandResult, Host } from "../../runners/host.ts";
import { GuestAgent } from "../../runners/lab/guest_agent.ts";
import { labHost } from "../../runners/lab/lab_host.ts";
import { LAB_DEVICES } from "../../runners/lab/lab_machine.ts";
import { undoAbandoned } from "../../runners/seam/abandoned.ts";
import { Journal } from "../../runners/seam/journal.ts";
import { liveHost } from "../../runners/seam/live.ts";
import type { ChangeLog } from "../../runners/settings/change.ts";
import { HostChanges } from "../../runners/settings/host_changes.ts";
import type { HostSetting } from "../../runners/settings/setting.ts";
import { bindToVfio } from "../../runners/vfio/bind.ts";
import { makeNvmeFunctions } from "../../runners/vfio/nvme_functions.ts";
import { Allowance } from "../passthrough/allowance.ts";
import { commandInWords, isChanging, watchedHost } from "./watched_host.ts";

/** Points at which a run can be killed. */
export type KillPoint =
  /** A change is noted, and not begun. */
  | "noted"
  /** A command that changes the host is about to start, runs by now, or has just been answered. */
  | "before"
  | "during"
  | "after"
  /** All is done. */
  | "end";

export interface KilledRunRequest {
  /** The lab's agent. */
  readonly pipe: string;
  /** Where its journal is. */
  readonly journalFolder: string;
  /** Where what it starts on this machine is noted. */
  readonly machineFolder: string;
  /** What the marker of its commands begins with. */
  readonly id: string;
  /** What it does: gives the plain device, or virtual functions, to VFIO; or recovers. */
  readonly work: "plain" | "functions" | "recover";
  /** How many virtual functions are made. */
  readonly count: number;
  /** At which points it may be killed, and at which one of these it is, counted from 1. */
  readonly points: readonly KillPoint[];
  readonly at: number;
}

const CONNECT_SECONDS = 30;
const LIFE_SECONDS = 300;
/** How long a command may have run when the process is killed during it. */
const DURING_MILLISECONDS = 25;

/** Counts the points that a run comes to, and kills it at one. */
class Executioner {
  readonly #request: KilledRunRequest;
  #passed = 0;

  constructor(request: KilledRunRequest) {
    this.#request = request;
  }

  reach(point: KillPoint, what: string): void {
    if (!this.#counts(point)) return;
    console.log(`${point} ${what}`);
    Deno.kill(Deno.pid, "SIGKILL");
  }

  /** The lab as the run sees it, in which the commands that change something are points. */
  watch(host: Host): Host {
    return watchedHost(host, (request) => this.#run(host, request));
  }

  /** A journal whose notes are points. */
  watchLog(log: ChangeLog): ChangeLog {
    const reach = this.reach.bind(this);
    return {
      get changes() {
        return log.changes;
      },
      setChanges(changes) {
        const isMore = changes.length > log.changes.length;
        log.setChanges(changes);
        if (isMore) reach("noted", nameOf(changes.at(-1)?.setting));
      },
    };
  }

  #counts(point: KillPoint): boolean {
    return this.#request.points.includes(point) && ++this.#passed === this.#request.at;
  }

  async #run(host: Host, request: CommandRequest): Promise<CommandResult> {
    if (!isChanging(request.argv)) return await host.run(request);
    const what = commandInWords(request);
    this.reach("before", what);
    if (this.#counts("during")) {
      void host.run(request);
      await new Promise((resolve) => setTimeout(resolve, DURING_MILLISECONDS));
      console.log(`during ${what}`);
      Deno.kill(Deno.pid, "SIGKILL");
    }
    const result = await host.run(request);
    this.reach("after", what);
    return result;
  }
}

function nameOf(setting: HostSetting | undefined): string {
  if (setting === undefined) return "nothing";
  return Object.values(setting).join(" ");
}

async function work(host: Host, log: ChangeLog, request: KilledRunRequest): Promise<void> {
  const { plain, physicalFunction } = LAB_DEVICES;
  const allowance = new Allowance([plain, physicalFunction]);
  const allows = (setting: HostSetting) => allowance.allows(setting);
  const changes = new HostChanges({ host, journal: log, allows });
  if (request.work === "plain") await bindToVfio(host, changes, plain);
  else {
    const wanted = { physicalFunction, count: request.count };
    const made = (await makeNvmeFunctions(host, changes, wanted)).map(({ address }) => address);
    allowance.add(made);
    for (const address of made) await bindToVfio(host, changes, address);
  }
}

async function main(request: KilledRunRequest): Promise<void> {
  const { pipe: path, id, journalFolder, machineFolder } = request;
  const executioner = new Executioner(request);
  const machine = await liveHost({ journal: Journal.begin(machineFolder, id) });
  const agent = await GuestAgent.connect(machine, {
    path,
    timeoutSeconds: CONNECT_SECONDS,
    lifeSeconds: LIFE_SECONDS,
  });
  const host = executioner.watch(labHost({ agent, id }));
  if (request.work === "recover") await undoAbandoned(journalFolder, host);
  else await work(host, executioner.watchLog(Journal.begin(journalFolder, id)), request);
  executioner.reach("end", request.work);
  await machine.close();
}

if (import.meta.main) {
  await main(JSON.parse(Deno.args[0] ?? ""));
  // The journal of a run that was not killed stays, too, but nobody holds it any more.
  Deno.exit(0);
}
