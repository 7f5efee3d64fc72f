/**
 * The page of one run: that of its result, with what pages share in files beside.
 *
 * @module
 */
import { gunzipSync } from "node:zlib";
import { Problem } from "../../problem.ts";
import { SCHEMA_VERSION } from "../../suites/result.ts";
import { renderCharts } from "../charts/charts.ts";
import { DISPLAY_LIMITS, forDisplay } from "../display.ts";
import { html, type Markup } from "../html/html.ts";
import { both } from "../html/labels.ts";
import { sitePage } from "../html/page.ts";
import { stillPage } from "../html/still_page.ts";
import { parseResult } from "../json.ts";

/** A run, and where its page lies among the others: paths from the page on. */
export interface NightPlace {
  /** The run as a message would name it. */
  readonly name: string;
  readonly home: string;
  readonly host: string;
  readonly style: string;
  readonly scripts: readonly string[];
}

/**
 * The page as a text; `gzip` is the result as the history keeps it. Charts are drawn by the page's script
 * alone: that would take most of a build.
 *
 * @throws {Problem} where the result is damaged
 */
export async function nightPage(gzip: Uint8Array, place: NightPlace): Promise<string> {
  const text = unpacked(gzip, place);
  const schema = schemaOf(text);
  if (schema !== null && schema !== SCHEMA_VERSION) return otherSchemaPage(schema, place);
  const result = forDisplay(await parseResult(text, place.name));
  const { mostRows, mostPoints } = DISPLAY_LIMITS;
  return sitePage(result, await renderCharts(result, { mostPoints, undrawn: true }), {
    limits: { mostRows, mostPoints },
    files: place,
    home: backLinks(place),
  });
}

function unpacked(gzip: Uint8Array, { name }: NightPlace): string {
  try {
    return gunzipSync(gzip).toString();
  } catch (error) {
    throw new Problem({
      action: `read the result of ${name}`,
      condition: "what the history keeps of it is damaged",
      seen: error instanceof Error ? error.message : String(error),
      cure: "Restore the history from a copy.",
    });
  }
}

/** The schema that a result says it has, without reading all of it; null where it does not. */
function schemaOf(text: string): number | null {
  const [, schema] = /^\s*\{\s*"schema"\s*:\s*(\d+)\b/.exec(text) ?? [];
  return schema === undefined ? null : Number(schema);
}

function backLinks({ home, host }: NightPlace): Markup {
  return html`
    <p class="muted"><a href="${home}">← ${both({ en: "All hosts", zh: "全部主机" })}</a> ·
    <a href="${host}">${both({ en: "this host", zh: "本主机" })}</a> ·
    <a href="result.json.gz">result.json.gz</a></p>
  `;
}

/** What another version of cellproof wrote stays readable as it was written. */
function otherSchemaPage(schema: number, place: NightPlace): string {
  return stillPage({
    title: "cellproof",
    style: { path: place.style },
    home: place.home,
    links: [],
    banners: [],
    body: [
      backLinks(place),
      html`<p>${
        both({
          en: `Another version of cellproof wrote this result (schema ${schema}, not ` +
            `${SCHEMA_VERSION}). Its verdicts and ratios are on the page of its host, and all ` +
            "that it says is in result.json.gz.",
          zh: `此结果由另一版本的 cellproof 写成（模式 ${schema}，而非 ${SCHEMA_VERSION}）。` +
            "其判定与比值见主机页面，全部内容见 result.json.gz。",
        })
      }</p>`,
    ],
  });
}
