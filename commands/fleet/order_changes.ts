/**
 * In which options two orders of a fleet differ, as a user gave them.
 *
 * @module
 */
import { hostNames } from "../../reports/fleet/name_ranges.ts";
import type { FleetOrder } from "../../suites/fleet/plan.ts";

/** How the ids are called that a user gives without an option. */
const SELECTION = "the selection";
const NOT_GIVEN = "not given";

/** Each difference as a clause, such as "--budget was 1m, is 2m now"; none where they ask for the same. */
export function orderChanges(then: FleetOrder, now: FleetOrder): string[] {
  const [before, after] = [optionsOf(then), optionsOf(now)];
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((name) => {
    const [was, is] = [before, after].map((options) => options.get(name) ?? NOT_GIVEN);
    return was === is ? [] : [`${name} was ${was}, is ${is} now`];
  });
}

/** The value of each option that was given, by its name. */
function optionsOf(order: FleetOrder): Map<string, string> {
  const { partition, nodes, gres, budgetSeconds, waitSeconds } = order;
  const own = [
    ["--partition", partition],
    ["--nodes", nodes === null ? null : namesOf(nodes)],
    ["--gres", gres],
    ["--budget", budgetSeconds === null ? null : durationOf(budgetSeconds)],
    ["--wait", waitSeconds === null ? null : durationOf(waitSeconds)],
  ] as const;
  const given = own.flatMap(([name, value]) => value === null ? [] : [[name, value] as const]);
  return new Map([...given, ...argumentsOf(order)]);
}

/** The budget is told by its time, however it was written. */
function argumentsOf({ arguments: words }: FleetOrder): [string, string][] {
  const pairs = words.map((word): [string, string] => {
    if (!word.startsWith("--")) return [SELECTION, word];
    const [, name = word, value = ""] = /^(--[^=]+)=(.*)$/s.exec(word) ?? [];
    return [name, value === "" ? "given" : value];
  });
  const byName = Map.groupBy(pairs.filter(([name]) => name !== "--budget"), ([name]) => name);
  return [...byName].map(([name, all]) => [name, all.map(([, value]) => value).join(", ")]);
}

function namesOf(nodes: readonly string[]): string {
  return hostNames(nodes, Infinity).text;
}

/** As an option has it: "90s", "45m", "2h". */
function durationOf(seconds: number): string {
  if (seconds % 3600 === 0) return `${seconds / 3600}h`;
  return seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`;
}
