/**
 * How far a fleet has come, in one line that is short also for thousands of nodes: pure.
 *
 * @module
 */

/** What is known of a fleet at one moment. */
export interface FleetProgress {
  /** How many nodes are asked, and of how many it is known what became of them. */
  readonly all: number;
  readonly done: number;
  /** The nodes that run, and since when; null where Slurm does not tell. */
  readonly running: ReadonlyMap<string, Date | null>;
  /** The nodes that wait, and Slurm's word for why; null where it has none. */
  readonly waiting: ReadonlyMap<string, string | null>;
  /** The nodes whose job has ended, and of which it is not known yet what became. */
  readonly ending: readonly string[];
}

/** More nodes are counted, not named. */
const MOST_NAMES = 3;
/** More reasons why nodes wait are not told. */
const MOST_REASONS = 3;

/** Such as "16:04 fleet: 14 of 16 done, 1 running (gpu07, for 12 min), 1 waiting (gpu09: Resources)". */
export function progressInWords(progress: FleetProgress, now: Date): string {
  const { all, done, running, waiting, ending } = progress;
  const parts = [
    `${done} of ${all} done`,
    ...(running.size === 0 ? [] : [`${running.size} running${runningInWords(running, now)}`]),
    ...(ending.length === 0 ? [] : [`${ending.length} ending (${fewNames(ending)})`]),
    ...(waiting.size === 0 ? [] : [`${waiting.size} waiting${waitingInWords(waiting)}`]),
  ];
  return `${timeOfDay(now)} fleet: ${parts.join(", ")}`;
}

/** Equal for two moments between which nothing but time has passed. */
export function progressKey({ all, done, running, waiting, ending }: FleetProgress): string {
  return JSON.stringify([all, done, [...running.keys()], [...waiting], ending]);
}

/** Some few names, and how many others there are. */
export function fewNames(names: readonly string[]): string {
  const more = names.length - MOST_NAMES;
  const shown = names.slice(0, MOST_NAMES).join(", ");
  return more > 0 ? `${shown} and ${more} more` : shown;
}

/** A number of nodes: "1 node is", "2 nodes are". */
export function nodesAre(count: number): string {
  return count === 1 ? "1 node is" : `${count} nodes are`;
}

/** On the user's own clock: "16:04". */
export function timeOfDay(time: Date): string {
  return time.toTimeString().slice(0, 5);
}

function runningInWords(running: FleetProgress["running"], now: Date): string {
  const since = [...running.values()].filter((begun) => begun !== null);
  if (running.size > MOST_NAMES) {
    const first = Math.min(...since.map((begun) => begun.getTime()));
    return since.length === 0 ? "" : ` (for up to ${passed(new Date(first), now)})`;
  }
  const byTime = Map.groupBy(running, ([, begun]) => begun === null ? null : passed(begun, now));
  const groups = [...byTime].map(([time, nodes]) =>
    `${namesOf(nodes)}${time === null ? "" : `, for ${time}`}`
  );
  return ` (${groups.join("; ")})`;
}

function waitingInWords(waiting: FleetProgress["waiting"]): string {
  const byReason = [...Map.groupBy(waiting, ([, reason]) => reason)];
  if (waiting.size <= MOST_NAMES) {
    const groups = byReason.map(([reason, nodes]) =>
      `${namesOf(nodes)}${reason === null ? "" : `: ${reason}`}`
    );
    return ` (${groups.join("; ")})`;
  }
  const told = byReason.flatMap(([reason, nodes]) => reason === null ? [] : [{ reason, nodes }]);
  if (told.length === 0) return "";
  const counts = told.sort((one, other) => other.nodes.length - one.nodes.length)
    .slice(0, MOST_REASONS).map(({ reason, nodes }) => `${reason}: ${nodes.length}`);
  return ` (${counts.join(", ")}${told.length > MOST_REASONS ? ", others" : ""})`;
}

function namesOf(entries: readonly (readonly [name: string, unknown])[]): string {
  return entries.map(([name]) => name).join(", ");
}

/** The time between as one or two numbers: "40 s", "12 min", "3 h 5 min". Clocks may disagree a little. */
function passed(begun: Date, now: Date): string {
  const seconds = Math.max(0, Math.floor((now.getTime() - begun.getTime()) / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
