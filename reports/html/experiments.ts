/**
 * The experiments: charts, ratios, raw samples and the commands that were run.
 *
 * @module
 */
import type { Arm, Experiment, Ratio, Sample } from "../../suites/result.ts";
import { usedSamples } from "../../suites/statistics/comparison.ts";
import type { ExperimentCharts } from "../charts/charts.ts";
import { shellCommand } from "../shell_command.ts";
import { intervalInWords, quantity, ratioInWords } from "../units.ts";
import { chartFigure } from "./chart_figure.ts";
import { html, type Markup } from "./html.ts";
import { label } from "./labels.ts";

/** Enough to see how samples look; panels list those of their claim, and the evidence has all. */
const MOST_LISTED = 40;

/** An experiment's section; at most `mostRows` samples are listed. */
export function experimentSection(
  experiment: Experiment,
  charts: ExperimentCharts,
  mostRows: number,
): Markup {
  return html`<article class="experiment" id="check/${experiment.name}"><h3>${experiment.title}
<code>${experiment.name}</code></h3>
<p class="muted">${label("stopped")}: ${experiment.stopped}.</p>${asideRemark(experiment)}
${armsTable(experiment)}${chartFigure(charts.ratios)}
<details class="fold"><summary>${label("ratios")}</summary>${ratiosTable(experiment)}</details>
${chartFigure(charts.latency)}${chartFigure(charts.samples)}
<details class="fold"><summary>${label("samples")} (${experiment.samples.length})</summary>${
    samplesTable(experiment, Math.min(mostRows, MOST_LISTED))
  }</details><details class="fold"><summary>${label("commands")}</summary>${
    commands(experiment)
  }</details></article>`;
}

/** How many blocks are not used, and why. */
function asideRemark({ samples }: Experiment): Markup | null {
  const aside = samples.filter(({ setAside }) => setAside !== undefined);
  if (aside.length === 0) return null;
  const blocks = new Set(aside.map(({ workload, block }) => `${workload} ${block}`)).size;
  const reasons = new Set(aside.flatMap(({ setAside }) => setAside ?? []));
  return html`<p>▲ ${label("blocksAside")}: ${blocks} (${[...reasons].join("; ")}).</p>`;
}

function armsTable(experiment: Experiment): Markup {
  const rows = experiment.arms.map((arm) =>
    html`
      <tr>
        <th scope="row"><code>${arm.name}</code></th>
        <td>${arm.title}</td>
        <td>${armRemark(arm, experiment)}</td>
      </tr>
    `
  );
  return html`
    <table>
      <thead>
        <tr>
          <th scope="col">${label("arm")}</th>
          <td></td>
          <th scope="col">${label("remark")}</th>
        </tr>
      </thead>
      <tbody>${rows}</tbody>
    </table>
  `;
}

function armRemark(arm: Arm, { reference, control }: Experiment): Markup | null {
  if (arm.missing !== null) return html`<b>${label("missing")}</b>: ${arm.missing}`;
  if (arm.broken !== null) return html`<b>! ${label("broken")}</b>: ${arm.broken}`;
  if (arm.degraded !== null) return html`<b>▲ ${label("degraded")}</b>: ${arm.degraded}`;
  if (arm.name === reference) return label("reference");
  return arm.name === control ? label("control") : null;
}

function ratiosTable({ ratios }: Experiment): Markup {
  const rows = ratios.map((one) => ratioRow(one));
  return html`
    <table class="figures">
      <thead>
        <tr>
          <th scope="col">${label("workload")}</th>
          <th scope="col">${label("arm")}</th>
          <th scope="col">${label("ratio")}</th>
          <th scope="col">${label("interval")}</th>
          <th scope="col">${label("blocks")}</th>
        </tr>
      </thead>
      <tbody>${rows}</tbody>
    </table>
  `;
}

function ratioRow({ workload, arm, ratio, low, high, n }: Ratio): Markup {
  return html`
    <tr>
      <td>${workload}</td>
      <td>${arm}</td>
      <td>${ratio === null ? "–" : ratioInWords(ratio)}</td>
      <td>${intervalInWords({ low, high }) || "–"}</td>
      <td>${n}</td>
    </tr>
  `;
}

function samplesTable({ samples, workloads }: Experiment, mostRows: number): Markup {
  const units = new Map(workloads.map(({ name, unit }) => [name, unit]));
  const used = new Set(usedSamples(samples));
  const rows = samples.slice(0, mostRows).map((sample) =>
    html`
      <tr>
        <td>${sample.order}</td>
        <td>${sample.block}</td>
        <td>${sample.workload}</td>
        <td>${sample.arm}</td>
        <td>${sampleValue(sample, units.get(sample.workload) ?? "s")}${used.has(sample)
          ? null
          : asideMark(sample)}</td>
        <td>${sample.load ?? "–"}</td>
      </tr>
    `
  );
  return html`
    <table class="figures samples">
      <thead>
        <tr>
          <th scope="col">${label("order")}</th>
          <th scope="col">${label("block")}</th>
          <th scope="col">${label("workload")}</th>
          <th scope="col">${label("arm")}</th>
          <th scope="col">${label("value")}</th>
          <th scope="col">${label("load")}</th>
        </tr>
      </thead>
      <tbody>${rows}</tbody>
    </table>${more(samples.length, mostRows)}
  `;
}

/** The sample that was disturbed says why; the others of its block are only left out with it. */
function asideMark({ setAside }: Sample): Markup {
  const why = setAside === undefined ? "" : `: ${setAside}`;
  return html`
    <span class="aside">▲ ${label("setAside")}${why}</span>
  `;
}

function sampleValue({ value, failure }: Sample, unit: "B/s" | "1/s" | "s"): string {
  return value === null ? `! ${failure ?? ""}` : quantity(value, unit);
}

/** The first command of each arm and workload; those of later blocks stand in the evidence. */
function commands({ samples }: Experiment): Markup {
  const first = new Map<string, string>();
  for (const { arm, workload, argv } of samples) {
    const heading = `# ${arm}, ${workload}`;
    if (!first.has(heading)) first.set(heading, `${heading}\n${shellCommand(argv)}`);
  }
  return html`<pre class="commands" tabindex="0">${[...first.values()].join("\n\n")}</pre>`;
}

function more(count: number, most: number): Markup | null {
  return count <= most ? null : html`<p class="muted">… ${most} / ${count}. ${label("more")}</p>`;
}
