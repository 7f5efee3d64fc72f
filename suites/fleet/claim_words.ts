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

/** Who decides a claim, of how many hosts that are judged. */
interface Voices {
  readonly hosts: number;
  readonly deciding: readonly HostSays[];
  /** How many tried to measure it, whatever came of that. */
  readonly tried: number;
}

/** Who refutes a claim, and whether that is enough. */
export interface Refutation extends Voices {
  readonly refuting: readonly HostSays[];
  readonly isRefuted: boolean;
}

/** Who confirms a claim that nobody refutes, and why that is not enough; null where it is. */
export interface Confirmation extends Voices {
  /** Those that tried it and could not tell. */
  readonly untold: readonly HostSays[];
  readonly doubt: Doubt | null;
}

/** The error rate may explain those that confirm, or does not explain those that could not tell. */
export type Doubt = "by-chance" | "untold";

/** Why no host decides a claim: how many say what, and what most of those say that came nearest. */
export function openSentence(
  says: readonly HostSays[],
  { verdict, hosts }: { readonly verdict: Verdict; readonly hosts: number },
): string {
  const [only] = says;
  if (hosts === 1 && only !== undefined) return quoted(only);
  const [alike = [], next = []] = byReason(says.filter(({ claim }) => claim.verdict === verdict));
  const [first] = alike;
  if (first === undefined) return "no host says anything of it";
  const { because } = first.claim;
  if (alike.length === hosts) return `on ${allOf(hosts)}: ${because}`;
  const how = next.length === 0
    ? ""
    : next.length < alike.length
    ? " most often,"
    : ", for example";
  const where = alike.length === 1 ? first.host : `${alike.length} hosts`;
  return `${
    countsInWords(says, hosts)
  } of ${hosts} hosts; ${verdict}${how} on ${where}: ${because}`;
}

/** Who confirms a claim, with what one of them says. */
export function confirmedSentence(
  says: readonly HostSays[],
  { untold, doubt, ...voices }: Confirmation,
): string {
  const { hosts, deciding, tried } = voices;
  const [first] = deciding;
  if (first === undefined) return "no host confirms it";
  if (hosts === 1) return `confirmed by the one host, ${quoted(first)}`;
  if (doubt === null) return `confirmed by ${allWho(says, voices)}; ${quoted(first)}`;
  const confirm = deciding.length === 1 ? "confirms" : "confirm";
  const some = `${someOf(deciding, tried)} ${confirm} it`;
  if (doubt === "by-chance") return `${some}, ${BY_CHANCE}; ${quoted(first)}`;
  const examples = [first, ...untold.slice(0, 1)].map(quoted).join("; ");
  return `${some}, and ${untold.length} could not tell, ${MORE_THAN_CHANCE}; ${examples}`;
}

/** Who refutes a claim, with what one of them says, and whether whole makes stand against each other. */
export function refutedSentence(
  says: readonly HostSays[],
  { refuting, isRefuted, ...voices }: Refutation,
): string {
  const { hosts, deciding, tried } = voices;
  const certain = refuting.find(({ claim }) => !claim.byChance);
  const example = certain ?? refuting[0];
  if (example === undefined) return "no host refutes it";
  if (hosts === 1) return `refuted by the one host, ${quoted(example)}`;
  const rest = `${makesApart(deciding)}; ${quoted(example)}`;
  if (!isRefuted) {
    const refute = refuting.length === 1 ? "refutes" : "refute";
    return `${someOf(refuting, tried)} ${refute} it, ${BY_CHANCE}${rest}`;
  }
  if (refuting.length === deciding.length) return `refuted by ${allWho(says, voices)}${rest}`;
  const some = `${refuting.length} of ${deciding.length} hosts`;
  return `refuted by ${some} ${amongWhom(says, voices)}${rest}`;
}

/** Why some hosts are not enough. */
const BY_CHANCE = "which the error rate of 1 % a verdict may explain";
const MORE_THAN_CHANCE = "more than the error rate of 1 % a verdict explains";

function someOf(alike: readonly HostSays[], tried: number): string {
  return `${alike.length} of ${tried} hosts that tried it`;
}

function allWho(says: readonly HostSays[], voices: Voices): string {
  const { hosts, deciding } = voices;
  const isAlone = says.length === 1 && hosts > 1;
  if (isAlone) return `the one of ${hosts} hosts that judged it`;
  return `${allOf(deciding.length)} ${amongWhom(says, voices)}`;
}

/** That hosts decide the claim, and how many there are beside them; or that the others did not judge it. */
function amongWhom(says: readonly HostSays[], { hosts, deciding }: Voices): string {
  const decide = deciding.length === 1 ? "decides" : "decide";
  const [all, judged] = [`of ${hosts}`, `of ${says.length} that judged it`];
  if (deciding.length === hosts) return `that ${decide} it`;
  if (says.length === hosts) return `that ${decide} it, ${all}`;
  if (deciding.length === says.length) return `that judged it, ${all}`;
  return `that ${decide} it, ${judged}, ${all}`;
}

function allOf(count: number): string {
  if (count === 1) return "the one host";
  return count === 2 ? "both hosts" : `all ${count} hosts`;
}

function quoted({ host, claim }: HostSays): string {
  return `${host}: ${claim.because}`;
}

function countsInWords(says: readonly HostSays[], hosts: number): string {
  const counts = VERDICTS.map((verdict): [number, string] => [
    says.filter(({ claim }) => claim.verdict === verdict).length,
    verdict,
  ]);
  const all = [...counts, [hosts - says.length, "not judged"] as const];
  return all.flatMap(([count, word]) => count === 0 ? [] : [`${count} ${word}`]).join(", ");
}

/** Those that say the same together, the most frequent reason first; of equally frequent ones the first. */
function byReason(says: readonly HostSays[]): (readonly HostSays[])[] {
  const groups = [...Map.groupBy(says, ({ claim }) => claim.because).values()];
  return groups.toSorted((one, other) => other.length - one.length);
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
