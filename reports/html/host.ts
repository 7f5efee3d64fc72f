/**
 * The host and the run in words.
 *
 * @module
 */
import type { Result } from "../../suites/result.ts";
import { baselineLines, gpuInWords } from "../gpus.ts";
import { duration, gibibytes } from "../units.ts";
import type { RenderedChart } from "../charts/render.ts";
import { chartFigure } from "./chart_figure.ts";
import { html, type Markup, type Part } from "./html.ts";
import { label, type LabelName } from "./labels.ts";

/** The section that describes the machine and the run. */
export function hostSection(
  { host, run, baseline }: Result,
  topology: RenderedChart | null,
): Markup {
  const tools = Object.entries(host.tools).map(([name, version]) =>
    html`<li><code>${name}</code> ${version ?? html`<b>${label("toolMissing")}</b>`}</li>`
  );
  return html`
    <section id="host">
      <h2>${label("host")}</h2>
      <dl class="host">
    ${entry("host", html`<b>${host.hostname}</b>`)}
    ${entry("environment", host.environment)}
    ${entry("cpu", `${host.cpuModel} × ${host.cpuCount}`)}
    ${entry("memory", host.memoryBytes === null ? label("unknown") : gibibytes(host.memoryBytes))}
    ${entry("system", `${host.os}, ${host.kernel}`)}
    ${entry("firmware", host.firmware ?? label("unknown"))}
    ${entry("driver", host.gpuDriver ?? label("none"))}
    ${entry("governor", host.cpuGovernor ?? label("unknown"))}
    ${entry("gpus", gpuList(host))}
    ${baselineLines(baseline).map((line) => entry("baseline", line))}
    ${entry("boot", html`<code>${host.bootId}</code>`)}
    ${entry("tools", html`<ul class="inline">${tools}</ul>`)}
    ${entry("run", runInWords(run))}
      </dl>
    ${topology === null ? null : html`<h3>${label("topology")}</h3>${chartFigure(topology)}`}
    </section>
  `;
}

function gpuList({ gpus }: Result["host"]): Part {
  if (gpus === null) return label("unknown");
  if (gpus.length === 0) return label("none");
  const items = gpus.map((gpu, index) => html`<li value="${index}">${gpuInWords(gpu)}</li>`);
  return html`<ol class="gpus" start="0">${items}</ol>`;
}

function entry(name: LabelName, value: Part): Markup {
  return html`
    <dt>${label(name)}</dt>
    <dd>${value}</dd>
  `;
}

function runInWords(
  { version, seed, selection, budgetSeconds, startedAt, endedAt }: Result["run"],
): Markup {
  return html`cellproof ${version}, ${startedAt} – ${endedAt ?? "…"}, ${label("seed")} ${seed}${
    budgetSeconds === null ? null : html`, ${label("budget")} ${duration(budgetSeconds)}`
  }${selection.length === 0 ? null : html`, ${label("selection")} ${selectionInWords(selection)}`}`;
}

/** More than these would fill the page; which they are is seen in the matrices. */
const MOST_SELECTED = 8;

function selectionInWords(selection: readonly string[]): Part {
  if (selection.length <= MOST_SELECTED) return selection.join(", ");
  return html`${selection.slice(0, MOST_SELECTED).join(", ")} … ${label("allInResult")}`;
}
