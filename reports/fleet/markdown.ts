/**
 * `fleet.md`: a fleet for a job's summary or a pull request.
 *
 * @module
 */
import {
  type Disagreement,
  FAULTS,
  type FleetClaim,
  type FleetFault,
  type FleetResult,
  type HostLink,
} from "../../suites/fleet/fleet_result.ts";
import { VERDICTS } from "../../suites/result.ts";
import { claimsWith, type Judged, subject } from "../judged.ts";
import { escapeMarkdown, missingLine } from "../markdown.ts";
import { decidedInWords } from "../sentences.ts";
import { counted, quantity } from "../units.ts";
import { countsInWords, countVerdicts, FACES } from "../verdicts.ts";
import { fleetForDisplay } from "./fleet_display.ts";
import {
  carriedInWords,
  failedFirst,
  FAULT_TITLES,
  fleetWarnings,
  hostsInWords,
  noOutlierSaid,
  whereAndWhen,
} from "./fleet_words.ts";
import { faultGroups } from "./tallies.ts";
import { namesInWords } from "./terminal.ts";

const LONGEST_TEXT = 400;

/** Entries of one list: a job's summary may have a mebibyte. */
const MOST_ENTRIES = 100;

/** The fleet as GitHub-flavoured Markdown; texts of hosts and tools are escaped. */
export function fleetMarkdown(fleet: FleetResult): string {
  const shown = fleetForDisplay(fleet, LONGEST_TEXT);
  const sections = [
    "# cellproof on a fleet",
    ...fleetWarnings(shown).map(({ en }) => `> **${escapeMarkdown(en)}**`),
    escapeMarkdown(whereAndWhen(shown).en),
    escapeMarkdown(hostsInWords(shown).en),
    section("What is wrong", faultItems(fleet.faults)),
    counts(shown),
    section("✘ Refuted", claimsWith(shown, "refuted").map(refutedItem)),
    section("Disagreements between hosts of one make", shown.disagreements.map(disagreementItem)),
    section("Outliers", outlierItems(shown)),
    section("Links", failedFirst(shown.links).map(linkItem)),
    section("What open claims need", shown.coverage.missing.map(missingLine)),
  ];
  return `${sections.filter((text) => text !== "").join("\n\n")}\n`;
}

function section(title: string, items: readonly string[]): string {
  if (items.length === 0) return "";
  const more = items.length - MOST_ENTRIES;
  const lines = items.slice(0, MOST_ENTRIES).map((item) => `- ${item}`);
  return [`## ${title}`, "", ...lines, ...(more > 0 ? [`- … and ${more} more`] : [])].join("\n");
}

function faultItems(faults: readonly FleetFault[]): string[] {
  return FAULTS.flatMap((kind) => {
    const ofKind = faults.filter((fault) => fault.kind === kind);
    return faultGroups(ofKind, LONGEST_TEXT).map(({ hosts, because, cure }) => {
      const names = escapeMarkdown(namesInWords(hosts));
      const how = cure === null ? "" : ` ${escapeMarkdown(cure)}`;
      return `**${FAULT_TITLES[kind].en}**: ${names} (${hosts.length}). ${
        escapeMarkdown(because)
      }${how}`;
    });
  });
}

function counts({ claims, coverage }: FleetResult): string {
  if (claims.length === 0) return "";
  const all = countVerdicts(claims);
  const cells = (of: (verdict: typeof VERDICTS[number]) => string) =>
    `| ${VERDICTS.map(of).join(" | ")} |`;
  return [
    decidedInWords(coverage).en,
    "",
    cells((verdict) => `${FACES[verdict].symbol} ${verdict}`),
    cells(() => "--:"),
    cells((verdict) => String(all[verdict])),
  ].join("\n");
}

function outlierItems(fleet: FleetResult): string[] {
  const silence = noOutlierSaid(fleet);
  return silence === null
    ? fleet.outliers.map(({ because }) => escapeMarkdown(because))
    : [escapeMarkdown(silence.en)];
}

function refutedItem({ claim, verdict }: Judged<Judged["claim"], FleetClaim>): string {
  const said = `**${claim.id}** (${escapeMarkdown(subject(claim))}): ` +
    `“${escapeMarkdown(claim.claimEn)}”.`;
  if (verdict === null) return said;
  return `${said} ${countsInWords(verdict.counts).en}: ${escapeMarkdown(verdict.because)}`;
}

function disagreementItem({ id, modelName, confirmed, refuted, differ }: Disagreement): string {
  const what = differ.length === 0 ? "nothing else that the results tell of" : differ.join("; ");
  return escapeMarkdown(
    `${id} (${modelName}): confirmed on ${namesInWords(confirmed)}, ` +
      `refuted on ${namesInWords(refuted)}. What differs: ${what}.`,
  );
}

function linkItem(link: HostLink): string {
  const { from, to, port, portBytesPerSecond, bytesPerSecond, failure } = link;
  const ends = escapeMarkdown(`${from} → ${to} (${port})`);
  if (failure !== null) return `**${ends}**: not measured. ${escapeMarkdown(failure)}`;
  const carried = carriedInWords(link);
  if (carried === null) return `${ends}: no figures`;
  const of = portBytesPerSecond === null ? "" : `, of ${quantity(portBytesPerSecond, "B/s")}`;
  return `${ends}: ${carried} in ${counted(bytesPerSecond.length, "run")}${of}`;
}
