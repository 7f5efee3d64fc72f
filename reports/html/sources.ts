/**
 * The page's style and scripts, and the policy that lets these and nothing else run.
 *
 * @module
 */
import { createHash } from "node:crypto";
import interpreterModule from "../../node_modules/vega-interpreter/build/vega-interpreter.js" with {
  type: "text",
};
import vegaLiteScript from "../../node_modules/vega-lite/build/vega-lite.min.js" with {
  type: "text",
};
import vegaScript from "../../node_modules/vega/build/vega.min.js" with { type: "text" };
import reportStyle from "./report.css" with { type: "text" };
import chartsScript from "./scripts/charts.js" with { type: "text" };
import claimsScript from "./scripts/claims.js" with { type: "text" };
import filtersScript from "./scripts/filters.js" with { type: "text" };
import panelScript from "./scripts/panel.js" with { type: "text" };
import themeStyle from "./theme.css" with { type: "text" };

/** The style sheet of every page: colours, type, tables, verdicts. */
export const THEME_STYLE = themeStyle;

/** The style sheet of a result's page. */
export const PAGE_STYLE = `${themeStyle}${reportStyle}`;

/** Vega and its interpreter, half of a page: it stands packed in it, and runs when a chart is drawn. */
export const VEGA_SCRIPT = `${vegaScript}\n${asScript(interpreterModule)}`;

/** Compiles charts where they are not compiled; it needs Vega. */
export const VEGA_LITE_SCRIPT = vegaLiteScript;

/** The page's own scripts in the order in which they must run. */
export const PAGE_SCRIPTS: readonly string[] = [
  chartsScript,
  panelScript,
  filtersScript,
  claimsScript,
];

/**
 * A policy that names the style and scripts by their hashes and forbids the rest (CSP Level 3); a script
 * that was unpacked is held to its hash as well.
 */
export function contentSecurityPolicy(): string {
  return [
    "default-src 'none'",
    `script-src ${[VEGA_SCRIPT, ...PAGE_SCRIPTS].map(sourceHash).join(" ")}`,
    `style-src ${sourceHash(PAGE_STYLE)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
}

/**
 * The interpreter evaluates Vega's expressions without `eval`, which the policy forbids. It is
 * published as a module over vega-util only, all of which the script of Vega holds.
 *
 * @throws {TypeError} if another version of vega-interpreter is put together differently.
 */
export function asScript(module: string): string {
  const found = module.match(
    /^import (\{[^}]*\}) from 'vega-util';\n([\s\S]*)\nexport \{ (\w+) as expressionInterpreter \};/,
  );
  if (found === null) throw new TypeError("vega-interpreter: its module has another form");
  const [, names = "", body = "", exported = ""] = found;
  return `const vegaExpressionInterpreter = (() => {\nconst ${names} = vega;\n${body}\n` +
    `return ${exported};\n})();\n`;
}

/** A source as a policy names it. */
export function sourceHash(source: string): string {
  return `'sha256-${createHash("sha256").update(source).digest("base64")}'`;
}
