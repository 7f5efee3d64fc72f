/**
 * The sentences that a fleet's verdicts rest on.
 *
 * @module
 */
import { type Verdict, VERDICTS } from "../result.ts";
import type { ClaimDigest } from "./digest.ts";

/** What one host says of a claim. */
export interface HostSays {
  readonly host: string;
  readonly model: string;
  readonly modelName: string;
  readonly claim: ClaimDigest;
}

/** Who refutes a claim, and whether that is enough. */
export interface Refutation {
  readonly deciding: readonly HostSays[];
  readonly refuting: readonly HostSays[];
  /** How many measured it, whether they decide it or not. */
  readonly measured: number;
  readonly isRefuted: boolean;
}

/** Who confirms a claim that nobody refutes, and whether that is enough. */
export interface Confirmation {
  readonly deciding: readonly HostSays[];
  readonly measured: number;
  readonly isConfirmed: boolean;
}

/** Why no host decides a claim: how many say what, and what most of those say that came nearest. */
export function openSentence(says: readonly HostSays[], verdict: Verdict): string {
  const [only] = says;
  if (says.length === 1 && only !== undefined) return quoted(only);
  const alike = commonest(says.filter(({ claim }) => claim.verdict === verdict));
  const [first] = alike;
  if (first === undefined) return "no host says anything of it";
  const who = alike.length === says.length
    ? `on ${allOf(says.length)}`
    : `${countsInWords(says)} of ${says.length} hosts; ${verdict} most often because (${
      alike.length === 1 ? first.host : `${alike.length} hosts`
    })`;
  return `${who}: ${first.claim.because}`;
}

/** Who confirms a claim, with what one of them says. */
export function confirmedSentence(
  says: readonly HostSays[],
  { deciding, measured, isConfirmed }: Confirmation,
): string {
  const [first] = deciding;
  if (first === undefined) return "no host confirms it";
  if (says.length === 1) return `confirmed by the one host, ${quoted(first)}`;
  if (!isConfirmed) {
    const confirm = deciding.length === 1 ? "confirms" : "confirm";
    return `${someOf(deciding, measured)} ${confirm} it, ${BY_CHANCE}; ${quoted(first)}`;
  }
  return `confirmed by ${allWho(says, deciding)}; ${quoted(first)}`;
}

/** Who refutes a claim, with what one of them says, and whether whole makes stand against each other. */
export function refutedSentence(
  says: readonly HostSays[],
  { deciding, refuting, measured, isRefuted }: Refutation,
): string {
  const certain = refuting.find(({ claim }) => !claim.byChance);
  const example = certain ?? refuting[0];
  if (example === undefined) return "no host refutes it";
  if (says.length === 1) return `refuted by the one host, ${quoted(example)}`;
  const rest = `${makesApart(deciding)}; ${quoted(example)}`;
  if (!isRefuted) {
    const refute = refuting.length === 1 ? "refutes" : "refute";
    return `${someOf(refuting, measured)} ${refute} it, ${BY_CHANCE}${rest}`;
  }
  if (refuting.length === deciding.length) return `refuted by ${allWho(says, deciding)}${rest}`;
  const some = `${refuting.length} of ${deciding.length} hosts that decide it`;
  return `refuted by ${some}${amongWhom(says, deciding)}${rest}`;
}

/** Why some hosts are not enough. */
const BY_CHANCE = "which the error rate of 1 % a verdict may explain";

function someOf(alike: readonly HostSays[], measured: number): string {
  return `${alike.length} of ${measured} hosts that measured it`;
}

function allWho(says: readonly HostSays[], deciding: readonly HostSays[]): string {
  const isOne = deciding.length === 1;
  return `${allOf(deciding.length)} that decide${isOne ? "s" : ""} it${amongWhom(says, deciding)}`;
}

/** How many there are beside those that decide. */
function amongWhom(says: readonly HostSays[], deciding: readonly HostSays[]): string {
  return deciding.length === says.length ? "" : `, of ${says.length}`;
}

function allOf(count: number): string {
  if (count === 1) return "the one host";
  return count === 2 ? "both hosts" : `all ${count} hosts`;
}

function quoted({ host, claim }: HostSays): string {
  return `${host}: ${claim.because}`;
}

function countsInWords(says: readonly HostSays[]): string {
  return VERDICTS.flatMap((verdict) => {
    const { length } = says.filter(({ claim }) => claim.verdict === verdict);
    return length === 0 ? [] : [`${length} ${verdict}`];
  }).join(", ");
}

/** Those that say what most of them say; of equally many the first ones. */
function commonest(says: readonly HostSays[]): readonly HostSays[] {
  const groups = [...Map.groupBy(says, ({ claim }) => claim.because).values()];
  return groups.toSorted((one, other) => other.length - one.length)[0] ?? [];
}

/** Where all of one make say otherwise than all of another; empty where none do. */
function makesApart(deciding: readonly HostSays[]): string {
  const makes = [...Map.groupBy(deciding, ({ model }) => model).values()];
  const wholly = (verdict: Verdict) =>
    makes.filter((hosts) => hosts.every(({ claim }) => claim.verdict === verdict));
  const sides = { confirmed: wholly("confirmed"), refuted: wholly("refuted") };
  if (sides.confirmed.length === 0 || sides.refuted.length === 0) return "";
  return (["confirmed", "refuted"] as const).map((verdict) =>
    `; ${verdict} by ${ofMakes(sides[verdict], makes)}`
  ).join("");
}

function ofMakes(side: readonly HostSays[][], makes: readonly HostSays[][]): string {
  const [first = [], ...others] = side;
  const named = `${allOf(first.length)} of the make ${makeName(first, makes)}`;
  if (others.length === 0) return named;
  return `${named} and by all of ${others.length} other make${others.length === 1 ? "" : "s"}`;
}

/** Makes that differ in what their names do not tell are told apart by digits. */
function makeName([host]: readonly HostSays[], makes: readonly HostSays[][]): string {
  if (host === undefined) return "";
  const { model, modelName } = host;
  const namesakes = makes.filter(([other]) => other?.modelName === modelName);
  return namesakes.length === 1 ? modelName : `${modelName} [${model}]`;
}
