/**
 * `deno task merge`: the results of many hosts as one fleet.
 *
 * @module
 */
import { UsageProblem } from "../problem.ts";
import { FLEET_FILE, parseFleet } from "../reports/fleet/fleet_json.ts";
import { isThere, makeFolder, refuseFile, RESULT_FILE } from "../reports/json.ts";
import type { FleetRequest } from "../suites/fleet/fleet_result.ts";
import { mergeFleet } from "../suites/fleet/merge.ts";
import { ANY_NUMBER, type Command, DEFAULT_THRESHOLDS, textOption } from "./command.ts";
import { gatherArrivals } from "./fleet/arrivals.ts";
import { reportFleet } from "./fleet/report.ts";
import { projectPath, VERSION } from "./project.ts";

export const command: Command = {
  usage: `deno task merge RESULT... [--out DIR] [--json]
  Merges the results of many hosts: folders of runs (or their result.json), and folders of fleets.
  Says what all hosts together say of each claim, which hosts of one make disagree, whose ratios
  are unlike the others', and which hosts are missing or faulty. Only whole results are judged, and
  none that is older than its fleet, of another kind, version or thresholds than most, or of a
  machine that has a later one. Other faults (a wrong clock, a lost GPU, a host that was not put
  back) are named, and leave no result out.
    --out DIR               where the fleet goes (results/TIME-fleet)
    --json                  prints the fleet for machines
  Exit status as of a run, but never 0 where a host is missing or faulty, was not asked for a claim, or
  tried it and could not tell, or where a link between hosts could not be measured.`,
  boolean: ["json"],
  string: ["out"],
  positionals: ANY_NUMBER,
  async run(args) {
    if (args._.length === 0) throw nothingNamed();
    const now = new Date();
    const out = textOption(args, "out") ?? defaultFolder(now);
    refuseFile(out);
    refuseRun(out);
    const { arrivals, request, links, twice } = await gatherArrivals(args._, { from: out, now });
    await refuseForeignFleet(out, args._, request);
    for (const path of twice) console.error(`${path} was named twice: its results count once.`);
    const own = { version: VERSION, thresholds: DEFAULT_THRESHOLDS };
    const fleet = mergeFleet(arrivals, { own, now, request, links });
    makeFolder(out);
    return await reportFleet(out, fleet, { json: args["json"] === true });
  },
};

function nothingNamed(): UsageProblem {
  return new UsageProblem({
    action: "merge results",
    condition: "none is named",
    cure: "Name folders of runs, such as results/TIME-HOST, or the folder of a fleet.",
  });
}

/** Whoever named the folder afterwards would get the one or the other. */
function refuseRun(out: string): void {
  if (!isThere(`${out}/${RESULT_FILE}`)) return;
  throw new UsageProblem({
    action: `merge results into ${out}`,
    condition: "it holds the result of a run",
    cure: "Name another folder with --out.",
  });
}

/** What a scheduler said of its nodes is nowhere but in its fleet's file. */
async function refuseForeignFleet(
  out: string,
  paths: readonly string[],
  known: FleetRequest | null,
): Promise<void> {
  const file = `${out}/${FLEET_FILE}`;
  if (!isThere(file)) return;
  const { request } = await parseFleet(await Deno.readTextFile(file), file);
  const itself = [out, file].map((path) => Deno.realPathSync(path));
  const isNamed = paths.some((path) => isThere(path) && itself.includes(Deno.realPathSync(path)));
  if (request === null || request.id === known?.id || isNamed) return;
  throw new UsageProblem({
    action: `merge results into ${out}`,
    condition: "it holds a fleet that a scheduler ran",
    seen: request.id,
    cure: "Name that folder among the results, or another one with --out.",
  });
}

function defaultFolder(now: Date): string {
  const time = now.toISOString().replace(/\.\d+Z$/, "Z").replaceAll(":", "");
  return projectPath(`results/${time}-fleet`);
}
