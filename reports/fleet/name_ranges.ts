/**
 * Names of many hosts in few words, as Slurm writes them: `gpu-[001-003,007]`.
 *
 * @module
 */

/** A name around its last number. */
interface Numbered {
  readonly before: string;
  readonly digits: string;
  readonly after: string;
}

/** Numbers that follow each other, with the digits as they stand in the names. */
interface Run {
  readonly first: string;
  last: string;
}

/** Names as they are told. */
export interface HostNames {
  readonly text: string;
  /** How many hosts are not named, since they would take too much room. */
  readonly unnamed: number;
}

/** Most names and runs of names that are told. */
const MOST_PARTS = 100;

/** A number that a double holds, in a name that has none of the signs that ranges are written with. */
const NUMBERED = /^([^[\],\s]*?)(\d{1,15})([^\d[\],\s]*)$/;

/** The names in order, each once, numbers that follow each other as ranges. */
export function hostNames(names: readonly string[], most = MOST_PARTS): HostNames {
  const sorted = [...new Set(names)].sort();
  const groups = [...Map.groupBy(sorted, groupOf).values()].map(groupParts);
  const parts: GroupParts[] = [];
  let room = most;
  let unnamed = 0;
  for (const group of groups) {
    const shown = group.runs.slice(0, room);
    room -= shown.length;
    unnamed += group.runs.slice(shown.length).reduce((sum, run) => sum + hostsIn(run), 0);
    if (shown.length > 0) parts.push({ ...group, runs: shown });
  }
  return { text: parts.map(groupText).join(", "), unnamed };
}

interface GroupParts {
  readonly before: string;
  readonly after: string;
  readonly runs: readonly Run[];
}

/** Equal for names that differ in a number of as many digits alone. */
function groupOf(name: string): string {
  const numbered = numberedOf(name);
  if (numbered === null) return JSON.stringify([name]);
  const { before, digits, after } = numbered;
  return JSON.stringify([before, digits.length, after]);
}

function numberedOf(name: string): Numbered | null {
  const [, before = "", digits = "", after = ""] = NUMBERED.exec(name) ?? [];
  return digits === "" ? null : { before, digits, after };
}

function groupParts(names: readonly string[]): GroupParts {
  const runs: Run[] = [];
  const numbered = names.map(numberedOf);
  for (const one of numbered) {
    if (one === null) continue;
    const last = runs.at(-1);
    if (last !== undefined && Number(last.last) + 1 === Number(one.digits)) last.last = one.digits;
    else runs.push({ first: one.digits, last: one.digits });
  }
  const [first] = numbered;
  if (first === undefined || first === null) {
    return { before: names[0] ?? "", after: "", runs: [{ first: "", last: "" }] };
  }
  return { before: first.before, after: first.after, runs };
}

function hostsIn({ first, last }: Run): number {
  return Number(last) - Number(first) + 1;
}

function groupText({ before, after, runs }: GroupParts): string {
  const numbers = runs.map(({ first, last }) => first === last ? first : `${first}-${last}`);
  const [only = ""] = numbers;
  const single = numbers.length === 1 && runs[0]?.first === runs[0]?.last;
  return single ? `${before}${only}${after}` : `${before}[${numbers.join(",")}]${after}`;
}
