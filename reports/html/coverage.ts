/**
 * The coverage: how much of each matrix was decided, and every claim as one symbol that links to its
 * panel.
 *
 * @module
 */
import { FACTS_LINE } from "../../suites/coverage.ts";
import { type MatrixCoverage, type Result, VERDICTS } from "../../suites/result.ts";
import { type Judged, judgedFacts, matrices } from "../judged.ts";
import { decidedInWords } from "../sentences.ts";
import { countsInWords, FACES } from "../verdicts.ts";
import { html, type Markup } from "./html.ts";
import { both, label } from "./labels.ts";
import { verdictClass } from "./verdict.ts";

/** A matrix, or the facts, as the document has it. */
interface Line {
  readonly title: Markup;
  readonly link: string;
  readonly judged: readonly Judged[];
}

/** The section of the coverage. */
export function coverageSection(result: Result): Markup {
  const lines = linesOf(result);
  const rows = result.coverage.matrices.map((one) => row(one, lines.get(one.matrix) ?? null));
  return html`
    <section id="coverage">
      <h2>${label("coverage")}</h2>
      <p class="summary">${both(decidedInWords(result.coverage))}</p>
      <table class="coverage">
        <thead>
          <tr>
            <th scope="col">${label("matrix")}</th>
            <th scope="col">${label("decided")}</th>
            <th scope="col">${label("share")}</th>
            <th scope="col">${label("claims")}</th>
          </tr>
        </thead>
        <tbody>${rows}</tbody>
      </table>
    </section>
  `;
}

function linesOf(result: Result): Map<string, Line> {
  const lines = matrices(result).map(({ id, titleEn, titleZh, rows }): [string, Line] => [id, {
    title: both({ en: `${id} ${titleEn}`, zh: titleZh }),
    link: id,
    judged: rows.flatMap(({ cells }) => cells),
  }]);
  const facts = { title: label("facts"), link: "facts", judged: judgedFacts(result) };
  return new Map([...lines, [FACTS_LINE, facts]]);
}

function row(coverage: MatrixCoverage, line: Line | null): Markup {
  const { matrix, decided, total } = coverage;
  const title = line === null ? matrix : html`<a href="#${line.link}">${line.title}</a>`;
  return html`
    <tr>
      <th scope="row">${title}</th>
      <td class="figure">${decided} / ${total}</td>
      <td>${share(coverage)}</td>
      <td class="map">${(line?.judged ?? []).map(claimLink)}</td>
    </tr>
  `;
}

/** The verdicts as one bar; the counts stand in its name, the claims beside it. */
function share({ verdicts, total }: MatrixCoverage): Markup | null {
  if (total === 0) return null;
  let start = 0;
  const parts = VERDICTS.filter((verdict) => verdicts[verdict] > 0).map((verdict) => {
    const width = (100 * verdicts[verdict]) / total;
    const part = html`
      <rect class="${verdict}" x="${start}" y="0" width="${width}" height="8" />
    `;
    start += width;
    return part;
  });
  const { en } = countsInWords(verdicts);
  return html`
    <svg class="share" viewBox="0 0 100 8" preserveAspectRatio="none" role="img"
      aria-label="${en}"><title>${en}</title>${parts}</svg>
  `;
}

/** The symbol is the link: its name is the claim and the verdict. */
function claimLink({ claim, verdict }: Judged): Markup {
  const [word, symbol] = verdict === null
    ? ["not asked for", "·"]
    : [FACES[verdict.verdict].wordEn, FACES[verdict.verdict].symbol];
  return html`
    <a href="#${claim.id}" class="symbol ${verdictClass(verdict)}" title="${word}"
      aria-label="${claim.id}: ${word}">${symbol}</a>
  `;
}
