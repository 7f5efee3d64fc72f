/**
 * What only many hosts together tell, as observations with controls.
 *
 * @module
 */
import type { FleetObservationName } from "../observations.ts";
import { lacking, negative, observed, positive } from "../probe.ts";
import type { Control, Observation } from "../result.ts";
import type { Open, Reading } from "../topology/reading.ts";
import { twentyGpusOrMore } from "./cluster_size.ts";
import { ALL_TRUE, NONE_TRUE } from "./control_fleets.ts";
import type { DigestedHost } from "./duplicates.ts";
import { type FleetReading, memberOf } from "./fleet_member.ts";
import type { FleetRequest, HostLink } from "./fleet_result.ts";
import { infinibandCarries } from "./link_rates.ts";
import { noMemoryShared } from "./memory_domains.ts";

/** One observation, and how a fleet answers it. */
interface FleetQuestion {
  readonly name: FleetObservationName;
  readonly ask: (reading: FleetReading) => Reading;
  /** The answer of the made-up fleet of which nothing is true. */
  readonly ofNone: false | null;
}

const QUESTIONS: readonly FleetQuestion[] = [
  { name: "fleet/twenty-gpus-or-more", ask: twentyGpusOrMore, ofNone: false },
  { name: "fleet/no-memory-shared-between-hosts", ask: noMemoryShared, ofNone: false },
  { name: "fleet/infiniband-carries", ask: infinibandCarries, ofNone: null },
];

/** How a fleet's results came together. */
export interface FleetContext {
  readonly request: FleetRequest | null;
  /** As in {@linkcode FleetReading}. */
  readonly others: readonly DigestedHost[];
  readonly missing: readonly string[];
}

/** What judged hosts, different machines each, and the links between them tell together. */
export function observeFleet(
  hosts: readonly DigestedHost[],
  links: readonly HostLink[],
  { request, others, missing }: FleetContext,
): Observation[] {
  return observeMembers({
    hosts: hosts.map(memberOf),
    others: others.map(memberOf),
    ...{ links, request, missing },
  });
}

/** Every observation of a fleet. */
export function observeMembers(reading: FleetReading): Observation[] {
  return QUESTIONS.map((question) => observe(question, reading));
}

function observe({ name, ask, ofNone }: FleetQuestion, fleet: FleetReading): Observation {
  const reading = ask(fleet);
  if (reading.value === null) return undecided(name, reading);
  return observed(name, {
    value: reading.value,
    seen: `${reading.seen}.`,
    controls: controlsOf({ name, ask, ofNone }),
  });
}

function undecided(name: FleetObservationName, { because, lacks, inDoubt }: Open): Observation {
  const open = lacking(name, `${because}.`, lacks);
  if (inDoubt !== true) return open;
  return { ...open, absence: { verdict: "inconclusive", because: `${because}.`, lacks } };
}

function controlsOf({ ask, ofNone }: FleetQuestion): Control[] {
  const [yes, no] = [ask(ALL_TRUE), ask(NONE_TRUE)];
  return [
    positive("it is found in a made-up fleet where it is so", yes.value === true, shown(yes)),
    negative("it is not found in a made-up fleet where it is not", no.value === ofNone, shown(no)),
  ];
}

function shown(reading: Reading): string {
  return reading.value === null ? reading.because : reading.seen;
}
