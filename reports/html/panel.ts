/**
 * The panel of all that is known about one claim. The page's script adds what would make the page too
 * large for each claim: rule and parts, and the chart, controls, raw samples and commands.
 *
 * @module
 */
import type { Cell, Fact } from "../../suites/claims/claims.ts";
import type { ClaimPart, ClaimVerdict, Thresholds } from "../../suites/result.ts";
import { partsOf } from "../../suites/rules/rule.ts";
import { ruleOf } from "../../suites/rules/rules.ts";
import { holdsInWords } from "../certainty.ts";
import { isOfOneHost, isProbe, statementOf } from "../check_words.ts";
import { partText } from "../rule_text.ts";
import { intervalInWords, ratioInWords, ratioWithInterval } from "../units.ts";
import { html, type Markup, type Part } from "./html.ts";
import { both, label, type LabelName } from "./labels.ts";
import { verdictMark, verdictSymbol, verdictWord } from "./verdict.ts";

/** What panels of a page have in common. */
export interface PanelContext {
  readonly thresholds: Thresholds;
  /** Whether the run's `evidence/` lies beside the page. */
  readonly evidenceBeside: boolean;
}

/** What goes without saying. */
const LITERAL = "literal";

/** All that is known about a claim: what it says, why the verdict, how it was read, on what it rests. */
export function claimPanel(
  claim: Cell | Fact,
  verdict: ClaimVerdict | null,
  context: PanelContext,
): Markup {
  const { id, claimZh, claimEn } = claim;
  const details = verdict === null
    ? html`<p>${label("absent")}</p>`
    : verdictDetails(verdict, context);
  return html`<p class="said"><q>${claimEn}</q> <q lang="zh-Hans">${claimZh}</q></p>${details}
<p class="again"><a class="permalink" href="#${id}">#${id}</a></p>`;
}

function verdictDetails(verdict: ClaimVerdict, context: PanelContext): Markup {
  const said = html`<p class="because">${verdictSymbol(verdict.verdict)} <b>${
    verdictWord(verdict.verdict)
  }</b>: ${verdict.because}</p>`;
  return html`${said}<dl>${[
    entry("ratio", ratioWithInterval(verdict) || null),
    entry("holds", holdsOf(verdict, context.thresholds)),
    entry("reading", verdict.reading === LITERAL ? null : verdict.reading),
    entry("part", onlyStatement(verdict.parts ?? [])),
    entry("evidence", evidenceList(verdict, context)),
  ]}</dl><div class="live" data-claim="${verdict.id}"></div>`;
}

/** What must be found for the claim to hold, and what was found of each part. */
export function panelMore(verdict: ClaimVerdict): Markup {
  return html`<dl>${entry("rule", ruleList(verdict.id))}${entry("part", partsList(verdict))}</dl>`;
}

function entry(name: LabelName, value: Part): Markup | null {
  return value === null ? null : html`
    <dt>${label(name)}</dt>
    <dd>${value}</dd>
  `;
}

function holdsOf(verdict: ClaimVerdict, thresholds: Thresholds): Markup | null {
  const words = holdsInWords(verdict, thresholds);
  return words === null ? null : both(words);
}

/** What must be found for the claim to hold, a line for each part. */
function ruleList(id: string): Markup | null {
  const rule = ruleOf(id);
  const parts = rule === undefined ? [] : partsOf(rule);
  if (parts.length === 0) return null;
  const lines = parts.map((part) => html`<li>${partText(part)}</li>`);
  return html`<ul class="rule">${lines}</ul>`;
}

/** The checks with something on the page; those of a fleet stand in the sentence alone. */
function evidenceList({ evidence }: ClaimVerdict, { evidenceBeside }: PanelContext): Markup | null {
  const names = evidence.filter(isOfOneHost);
  if (names.length === 0) return null;
  const items = names.map((name) =>
    html`<li><a href="#check/${name}">${name}</a>${evidenceBeside ? fileLink(name) : null}</li>`
  );
  return html`<ul class="inline">${items}</ul>`;
}

function fileLink(check: string): Markup {
  const path = isProbe(check) ? `evidence/${check}/` : `evidence/${check}.jsonl`;
  return html`
    (<a href="${path}">${path}</a>)
  `;
}

/** Of an only part, the verdict's own sentence and figures tell all but what was observed. */
function onlyStatement(parts: readonly ClaimPart[]): Markup | null {
  const [only] = parts;
  if (only === undefined || parts.length > 1 || statementOf(only.name) === null) return null;
  return partName(only);
}

/** What the claim's own sentence says already is not said again. */
function partsList({ parts = [], because }: ClaimVerdict): Markup | null {
  if (parts.length < 2) return null;
  const items = parts.map((part) =>
    html`<li>${verdictMark(part.verdict)} <b>${partName(part)}</b>${figures(part)}${
      because.includes(part.because.replace(/\.$/, "")) ? "" : `: ${part.because}`
    }</li>`
  );
  return html`<ul class="parts">${items}</ul>`;
}

/** An observation as its statement, which leads to what was observed. */
function partName({ name }: ClaimPart): Markup {
  const statement = statementOf(name);
  return statement === null ? html`${name}` : html`<a href="#${name}">${statement}</a>`;
}

function figures({ ratio, ...rest }: ClaimPart): string {
  if (ratio === undefined) return "";
  const interval = intervalInWords(rest);
  return ` ${ratioInWords(ratio)}${interval === "" ? "" : ` (${interval})`}`;
}
