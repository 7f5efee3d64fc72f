/**
 * The bar on top of a result's page: where to go, in which language and colours to read.
 *
 * @module
 */
import { html, type Markup } from "./html.ts";
import { both, label, type LabelName } from "./labels.ts";

const LINKS: readonly (readonly [string, LabelName])[] = [
  ["refuted", "refuted"],
  ["coverage", "coverage"],
  ["matrices", "matrices"],
  ["facts", "facts"],
  ["probes", "probes"],
  ["experiments", "experiments"],
  ["host", "host"],
];

/** The bar of a result's page. */
export function pageBar(): Markup {
  const links = LINKS.map(([id, name]) => html`<a href="#${id}">${label(name)}</a>\n`);
  return html`<a class="skip" href="#matrices">${label("skip")}</a>
<header class="bar"><a class="brand" href="#overview">cellproof</a>
<nav aria-label="page">${links}</nav>${switches()}</header>`;
}

/** Works without scripts: the style sheet follows the checked choices. */
export function switches(): Markup {
  return html`${
    choices("language", label("language"), [
      ["en", html`English`],
      ["zh", html`中文`],
      ["both", html`EN + 中文`],
    ])
  }${
    choices("theme", label("theme"), [
      ["light", both({ en: "Light", zh: "浅色" })],
      ["dark", both({ en: "Dark", zh: "深色" })],
      ["auto", both({ en: "Auto", zh: "自动" })],
    ])
  }`;
}

/** Radio buttons of which the last one is chosen at first. */
function choices(
  name: string,
  legend: Markup,
  options: readonly (readonly [string, Markup])[],
): Markup {
  const buttons = options.map(([id, text], index) => {
    const checked = index === options.length - 1 ? html`checked` : null;
    return html`
      <input type="radio" name="${name}" id="${name}-${id}" ${checked}><label
        for="${name}-${id}">${text}</label>
    `;
  });
  return html`<fieldset class="switch"><legend>${legend}</legend>${buttons}</fieldset>`;
}
