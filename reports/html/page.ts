/**
 * `report.html`: one self-contained page that works from a file, with no network, and is complete
 * without its scripts.
 *
 * @module
 */
import { type Result, VERDICTS } from "../../suites/result.ts";
import { chartList, type ResultCharts } from "../charts/charts.ts";
import { isProbe } from "../check_words.ts";
import { summary, warnings } from "../sentences.ts";
import { countVerdicts, FACES } from "../verdicts.ts";
import { factsSection, findings, matricesSection } from "./claims.ts";
import { experimentSection } from "./experiments.ts";
import { hostSection } from "./host.ts";
import { html, jsonScript, Markup } from "./html.ts";
import { both, label } from "./labels.ts";
import { coverageSection } from "./overview.ts";
import { absentChecks, probesSection } from "./probes.ts";
import { contentSecurityPolicy, PAGE_SCRIPTS, PAGE_STYLE } from "./sources.ts";
import { verdictSymbol } from "./verdict.ts";

/** The page of a result that was made fit to be shown (`forDisplay`). */
export function resultPage(result: Result, charts: ResultCharts, mostRows: number): string {
  const specs = Object.fromEntries(chartList(charts).map(({ name, vega }) => [name, vega]));
  return html`
    <!DOCTYPE html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="${contentSecurityPolicy()}">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>cellproof: ${result.host.hostname}</title>
        <style>${new Markup(PAGE_STYLE)}</style>
      </head>
      <body>
    ${languageSwitch()}
    ${warnings(result).map((warning) =>
      html`<p class="banner" role="alert">⚠ ${both(warning)}</p>`
    )}
    <main>
    ${overviewSection(result)}
    ${coverageSection(result)}
    ${findingsSection(result)}
    ${matricesSection(result)}
    ${factsSection(result)}
    ${probesSection(result)}
    ${experimentsSection(result, charts, mostRows)}
    ${contradictionsSection(result)}
    ${hostSection(result)}
    </main>
    ${jsonScript("charts", specs)}
    ${PAGE_SCRIPTS.map((script) => html`<script>${new Markup(script)}</script>\n`)}
      </body>
    </html>
  `.text;
}

/** Works without scripts: the style sheet hides what the checked choice leaves out. */
function languageSwitch(): Markup {
  const choice = (id: string, name: string, checked: boolean): Markup =>
    html`
      <input type="radio" name="language" id="language-${id}" ${checked
        ? html`
          checked
        `
        : null}><label
        for="language-${id}">${name}</label>
    `;
  return html`<header class="bar"><a class="brand" href="#overview">cellproof</a><nav>
<a href="#coverage">${label("coverage")}</a><a href="#matrices">${label("matrices")}</a>
<a href="#facts">${label("facts")}</a><a href="#probes">${label("probes")}</a>
<a href="#experiments">${label("experiments")}</a><a href="#host">${label("host")}</a></nav>
<fieldset class="languages"><legend>${label("language")}</legend>${choice("en", "English", false)}${
    choice("zh", "中文", false)
  }${choice("both", "EN + 中文", true)}</fieldset></header>`;
}

function overviewSection(result: Result): Markup {
  const notes = result.run.notes.map((note) => html`<li>${note}</li>`);
  return html`<section id="overview"><h1>${label("title")}</h1>
<p class="summary">${both(summary(result))}</p>
${legend(result)}
${
    notes.length === 0 ? null : html`
      <h3>${label("notes")}</h3>
      <ul class="notes">${notes}</ul>
    `
  }
</section>`;
}

/** The counts, which explain the symbols at once. */
function legend({ claims }: Result): Markup {
  const counts = countVerdicts(claims);
  const tiles = VERDICTS.map((verdict) => {
    const { wordEn, wordZh, meaningEn, meaningZh } = FACES[verdict];
    return html`
      <li
        class="${verdict}"><span class="count">${counts[verdict]}</span>${verdictSymbol(
          verdict,
        )} <b>${both({ en: wordEn, zh: wordZh })}</b><p>${both({
          en: meaningEn,
          zh: meaningZh,
        })}</p></li>
    `;
  });
  return html`<ul class="tiles">${tiles}</ul>`;
}

function findingsSection(result: Result): Markup | null {
  const found = findings(result);
  return found === null
    ? null
    : html`<section id="findings"><h2>${label("findings")}</h2>${found}</section>`;
}

function experimentsSection(result: Result, charts: ResultCharts, mostRows: number): Markup | null {
  const absent = absentChecks(result, (name) => !isProbe(name));
  if (result.experiments.length + absent.length === 0) return null;
  const none = { ratios: null, samples: null };
  return html`<section id="experiments"><h2>${label("experiments")}</h2>${absent}${
    result.experiments.map((experiment, index) =>
      experimentSection(experiment, charts.experiments[index] ?? none, mostRows)
    )
  }</section>`;
}

function contradictionsSection({ contradictions }: Result): Markup | null {
  if (contradictions.length === 0) return null;
  const items = contradictions.map(({ ids: [one, other], because, evidenceTook }) =>
    html`<li><a href="#${one}">${one}</a> ↔ <a href="#${other}">${other}</a><br>${because} <b>${
      evidenceTook === null ? label("tookNone") : html`${label("took")} ${evidenceTook}.`
    }</b></li>`
  );
  return html`
    <section id="contradictions">
      <h2>${label("contradictions")}</h2>
      <ul>${items}</ul>
    </section>
  `;
}
