/**
 * The probes: what each observed, and the controls that make it believable.
 *
 * @module
 */
import type { Control, Observation, Probe, Result } from "../../suites/result.ts";
import { isProbe, purposeOf, requirementInWords, statementOf } from "../check_words.ts";
import { capital } from "../judged.ts";
import { duration } from "../units.ts";
import { html, Markup } from "./html.ts";
import { label } from "./labels.ts";
import { verdictSymbol, verdictWord } from "./verdict.ts";

/** Why checks gave nothing, as paragraphs that evidence links lead to. */
export function absentChecks({ absent }: Result, wanted: (check: string) => boolean): Markup[] {
  return Object.entries(absent).filter(([name]) => wanted(name)).map(([name, absence]) =>
    html`<p id="check/${name}">${verdictSymbol(absence.verdict)} <code>${name}</code>: ${
      verdictWord(absence.verdict)
    }. ${absence.because}</p>`
  );
}

/** A table of observations for each probe. */
export function probesSection(result: Result): Markup | null {
  const absent = absentChecks(result, isProbe);
  if (result.probes.length + absent.length === 0) return null;
  const readings = result.run.dryRun === null
    ? html`<p class="muted">${label("readings")} <code>evidence/</code>.</p>`
    : null;
  return html`<section id="probes"><h2>${label("probes")}</h2>${readings}${absent}${
    result.probes.map(probeArticle)
  }</section>`;
}

function probeArticle({ name, durationSeconds, observations }: Probe): Markup {
  return html`
    <article class="experiment" id="check/${name}">
      <h3>${capital(purposeOf(name) ?? name)} <code>${name}</code></h3>
      <p class="muted">${duration(durationSeconds)}</p>
      ${observationsTable(observations)}
    </article>
  `;
}

/** Each statement with what was found, and with its controls. */
export function observationsTable(observations: readonly Observation[]): Markup {
  return html`
    <table class="observations">
      <thead>
        <tr>
          <th scope="col">${label("statement")}</th>
          <th scope="col">${label("found")}</th>
          <th scope="col">${label("seen")}</th>
        </tr>
      </thead>
      <tbody>${observations.map(observationRow)}</tbody>
    </table>
  `;
}

function observationRow(observation: Observation): Markup {
  const { name, seen, controls } = observation;
  const statement = statementOf(name);
  return html`
    <tr id="${name}">
      <th scope="row">${statement ?? name}${statement === null
        ? null
        : html`<code>${name}</code>`}</th>
      <td class="found">${foundInWords(observation)}</td>
      <td>${seen}${absenceInWords(observation)}${controlList(controls)}</td>
    </tr>
  `;
}

function foundInWords({ value, absence }: Observation): Markup {
  if (typeof value === "number") return html`<b class="figure">${value}</b>`;
  if (value !== null) return html`<b>${label(value ? "yes" : "no")}</b>`;
  const verdict = absence?.verdict ?? "inconclusive";
  return html`${verdictSymbol(verdict)} ${verdictWord(verdict)}`;
}

function absenceInWords({ seen, absence }: Observation): Markup | null {
  if (absence === null) return null;
  return html`${absence.because === seen ? null : html`<p>${absence.because}</p>`}${
    absence.lacks === null
      ? null
      : html`<p class="muted">${label("lacks")}: ${requirementInWords(absence.lacks)}</p>`
  }`;
}

/** The controls, folded; those of which one failed stand open. */
function controlList(controls: readonly Control[]): Markup | null {
  if (controls.length === 0) return null;
  const held = controls.filter((control) => control.held).length;
  const open = held < controls.length ? new Markup("open") : null;
  return html`
    <details class="controls" ${open}>
      <summary>${held} / ${controls.length} ${label("controlsHeld")}</summary>
      <ul>${controls.map(controlItem)}</ul>
    </details>
  `;
}

function controlItem({ kind, what, held, seen }: Control): Markup {
  return html`
    <li
      class="${held ? "held" : "failed"}"><b>${held ? "✔" : "✘"} ${label(
        held ? "held" : "notHeld",
      )}</b> (${label(kind)}): ${what}. <span class="muted">${seen}</span></li>
  `;
}
