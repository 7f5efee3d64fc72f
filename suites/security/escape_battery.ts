/**
 * The escape battery: a fixed list of attempts to get out of a container, a guest and a sandbox. An
 * attempt counts where the same one gets through natively (or where it is granted); nothing that does
 * not exist may ever be reached.
 *
 * @module
 */
import type { AttemptAnswer } from "../../runners/security/attempts.ts";
import type { ObservationName } from "../observations.ts";
import type { Places } from "../places.ts";
import {
  attempt,
  type CollectProbe,
  lacking,
  negative,
  observed,
  positive,
  type Probed,
} from "../probe.ts";
import type { Control, Observation } from "../result.ts";
import { takeImportCensus, wasiIsThere } from "../sandbox/census.ts";
import { ATTEMPTS } from "./attempts.ts";
import { escapeContainer } from "./container_escape.ts";
import { escapeGuest } from "./guest_escape.ts";
import { prepareAims, type Prepared } from "./host_aims.ts";
import {
  type Battery,
  hashesOf,
  judgeAnswers,
  judgeControl,
  type Row,
  rowOf,
  type Truth,
} from "./outcomes.ts";
import { escapeSandbox } from "./sandbox_escape.ts";

type Paradigm = "container" | "guest" | "sandbox";

/** What one paradigm's battery gave. */
interface Escape {
  readonly rows: readonly Row[];
  readonly controls: readonly Control[];
  /** What a reader must know of the place, as a sentence; empty for nothing. */
  readonly note: string;
}

type Collect = (prepared: Prepared, places: Places) => Promise<Escape>;

const COLLECT: Readonly<Record<Paradigm, Collect>> = {
  container: collectContainer,
  guest: collectGuest,
  sandbox: collectSandbox,
};
/** qemu(1), "-netdev user", without `restrict=on`: the default. */
const USER_NETWORK =
  "Its network is QEMU's user network, whose connections the QEMU process makes " +
  "in the host's own network.";
/** Attempts on the marker that nothing may keep root from natively. */
const AFTER_MARKER = ["host-file", "host-processes", "other-interface"];
/** As many refusals are told one by one. */
const FEW = 4;
const PARADIGMS: readonly Paradigm[] = ["container", "guest", "sandbox"];

/** Collects the probe `escape-battery`. */
export const collectEscapeBattery: CollectProbe = async (places: Places): Promise<Probed> => {
  const { host, options } = places;
  options.say("escape-battery: preparing what the attempts are after");
  const readings: Record<string, unknown> = {};
  const prepared: { promise: Promise<Prepared> | null } = { promise: null };
  const prepare = () => prepared.promise ??= prepareAims(host, options.bootId);
  const observations: Observation[] = [];
  try {
    for (const paradigm of PARADIGMS) {
      options.say(`escape-battery: from inside a ${paradigm}`);
      observations.push(
        ...await attempt(namesOf(paradigm), async () => {
          const escape = await COLLECT[paradigm](await prepare(), places);
          readings[`escape-battery-${paradigm}.json`] = escape.rows;
          return observe(paradigm, escape);
        }),
      );
    }
  } finally {
    await (await prepared.promise?.catch(() => null))?.marker.stop();
  }
  return { observations, readings };
};

/** Both observations of a paradigm, from its rows. */
export function observe(paradigm: Paradigm, escape: Escape): Observation[] {
  const [all, devices] = namesOf(paradigm);
  const onDevices = escape.rows.filter(({ onDevice }) => onDevice);
  return [
    observeRows(all, paradigm, escape),
    observeRows(devices, paradigm, { ...escape, rows: onDevices, note: "" }),
  ];
}

function namesOf(paradigm: Paradigm): [ObservationName, ObservationName] {
  return [
    `escape-battery/${paradigm}-all-refused`,
    `escape-battery/${paradigm}-devices-refused`,
  ];
}

function observeRows(
  name: ObservationName,
  paradigm: Paradigm,
  { rows, controls, note }: Escape,
): Observation {
  const counted = rows.filter(counts);
  const isSome = (wanted: Row["outcome"]) => rows.some(({ outcome }) => outcome === wanted);
  const seen = [describe(paradigm, rows), note].filter((sentence) => sentence !== "").join(" ");
  if (counted.length === 0) return lacking(name, seen, null);
  if (isSome("unclear") && !isSome("got-out")) {
    const absence = { verdict: "inconclusive", because: seen, lacks: null } as const;
    return { ...lacking(name, seen, null), absence };
  }
  const enough = positive(
    "most attempts count: they get through natively, or where they are granted",
    counted.length * 2 > rows.length,
    `${counted.length} of ${rows.length} do`,
  );
  return observed(name, {
    value: !isSome("got-out"),
    seen,
    controls: [enough, ...markerControl(rows), ...controls],
  });
}

/** Where the host has what an attempt aims at, and its controls got through. */
function counts({ outcome }: Row): boolean {
  return outcome !== "not-possible-here" && outcome !== "no-control";
}

/** Any root finds the marker natively: where a control did not, it had ended, and proves nothing. */
function markerControl(rows: readonly Row[]): Control[] {
  const after = rows.filter(({ id }) => AFTER_MARKER.includes(id));
  const lost = after.filter(({ outcome }) => outcome === "no-control");
  if (after.length === 0) return [];
  return [positive(
    "the file, the process and the address that attempts are after are found by their controls",
    lost.length === 0,
    lost.map(({ title, why }) => `${title} (${why})`).join("; ") ||
      `${after.filter(counts).length} found`,
  )];
}

/** What came of the rows: what got out, else how many were refused, and what does not count. */
function describe(paradigm: Paradigm, rows: readonly Row[]): string {
  const by = (wanted: Row["outcome"]) => rows.filter(({ outcome }) => outcome === wanted);
  const list = (some: readonly Row[]) =>
    some.map(({ title, why }) => `${title} (${why})`).join("; ");
  const [out, unclear, own] = [by("got-out"), by("unclear"), by("own-kernel")];
  const [refused, absent] = [by("refused"), rows.filter((row) => !counts(row))];
  const counted = rows.length - absent.length;
  const sentences = [
    out.length === 0 ? "" : `Not refused in a ${paradigm}: ${list(out)}.`,
    unclear.length === 0 ? "" : `Unclear: ${list(unclear)}.`,
    `Of ${counted} attempts in a ${paradigm}, ${refused.length} were refused` +
    (rows.length > FEW || refused.length === 0 ? "" : `: ${list(refused)}`) +
    (own.length === 0 ? "." : `, and ${own.length} done by its own kernel.`),
    absent.length === 0 ? "" : `Not counted: ${list(absent)}.`,
  ];
  return sentences.filter((sentence) => sentence !== "").join(" ");
}

async function collectContainer(prepared: Prepared, places: Places): Promise<Escape> {
  const place = await places.container();
  const { inside, granted, native } = await escapeContainer(prepared, place);
  const { truth } = prepared;
  const rows = rowsOf(
    inside,
    { natively: native, "in a container that was granted it": granted },
    truth,
  );
  const through = ATTEMPTS.filter((each) =>
    judgeControl(each, granted.attempts.get(each.id) ?? [], truth).outcome === "got-out"
  );
  const controls = [
    positive(
      "a container that was granted devices, capabilities and the host's processes gets through",
      through.length > 0,
      `${through.length} of ${ATTEMPTS.length} attempts get through in it`,
    ),
    nothingAbsent("natively", native.absent),
    nothingAbsent("in the container", inside.absent),
  ];
  const ownDaemon = place.docker.networkNamespace.length === 0
    ? []
    : ["Docker's bridge is in a network namespace of the run's own, which stands for the host's."];
  return { rows, controls, note: [...socketNote(inside, native), ...ownDaemon].join(" ") };
}

/** A raw socket reaches what its network namespace does: whose that is, both answers tell. */
function socketNote(inside: Battery, native: Battery): string[] {
  const spaceOf = ({ attempts }: Battery) =>
    /net:\[\d+\]/.exec(attempts.get("raw-socket")?.[0]?.detail ?? "")?.[0];
  const [own, host] = [spaceOf(inside), spaceOf(native)];
  if (own === undefined || host === undefined) return [];
  return [
    `The raw socket is in ${own === host ? "the host's" : "the container's own"} network ` +
    "namespace.",
  ];
}

async function collectGuest(prepared: Prepared, places: Places): Promise<Escape> {
  const { inside, native, granted } = await escapeGuest(prepared, await places.guest());
  const read = inside.further.flatMap(hashesOf);
  const controls = [
    positive(
      "the bytes of a disk that the host granted are recognised in the guest",
      granted.length > 0 && read.length === granted.length &&
        granted.every((hash, index) => read[index] === hash),
      `${read.length} of ${granted.length} blocks were read in the guest`,
    ),
    nothingAbsent("natively", native.absent),
    nothingAbsent("in the guest", inside.absent),
  ];
  const rows = rowsOf(inside, { natively: native }, prepared.truth);
  return { rows, controls, note: USER_NETWORK };
}

async function collectSandbox(prepared: Prepared, places: Places): Promise<Escape> {
  const importer = wasiIsThere(await takeImportCensus(places));
  const { rows, granted, absent, native } = await escapeSandbox(
    prepared,
    places.tool("wasmtime"),
    { outcome: importer.held ? "got-out" : "not-possible-here", why: importer.seen },
  );
  const controls = [
    positive(
      "a module that was granted the host's root reaches by path what the other is refused",
      granted.through > 0,
      `${granted.through} of ${granted.made} attempts by path get through`,
    ),
    importer,
    nothingAbsent("natively", native.absent),
    nothingAbsent("in the modules", absent),
  ];
  return { rows, controls, note: "" };
}

function rowsOf(inside: Battery, controls: Record<string, Battery>, truth: Truth): Row[] {
  return ATTEMPTS.map((each) => {
    const of = ({ attempts }: Battery) => attempts.get(each.id) ?? [];
    const judged = Object.entries(controls).map(([where, battery]) =>
      [where, judgeControl(each, of(battery), truth)] as const
    );
    const answers = of(inside);
    return rowOf(
      each,
      { ...judgeAnswers(each, answers, truth), answers },
      Object.fromEntries(judged),
    );
  });
}

function nothingAbsent(where: string, answers: readonly AttemptAnswer[]): Control {
  const done = answers.filter((answer) => answer.done);
  const errnos = [...new Set(answers.map(({ errno }) => errno))].join(", ");
  return negative(
    `${where}, every attempt on what does not exist fails`,
    answers.length > 0 && done.length === 0,
    done.length === 0
      ? `${answers.length} fail (${errnos})`
      : done.map(({ verb, argument }) => `${verb} ${argument} did not fail`).join("; "),
  );
}
