/**
 * The page's style and scripts, and the policy that lets these and nothing else run.
 *
 * @module
 */
import { createHash } from "node:crypto";
import interpreterModule from "../../node_modules/vega-interpreter/build/vega-interpreter.js" with {
  type: "text",
};
import vegaScript from "../../node_modules/vega/build/vega.min.js" with { type: "text" };
import liveScript from "./live.js" with { type: "text" };
import reportStyle from "./report.css" with { type: "text" };
import themeStyle from "./theme.css" with { type: "text" };

/** The style sheet of every page: colours, type, tables, verdicts. */
export const THEME_STYLE = themeStyle;

/** The style sheet of a result's page. */
export const PAGE_STYLE = `${themeStyle}${reportStyle}`;

/** The scripts in the order in which they must run: Vega, its interpreter, the live views. */
export const PAGE_SCRIPTS: readonly string[] = [
  vegaScript,
  asScript(interpreterModule),
  liveScript,
];

/** A policy that names the style and scripts by their hashes and forbids the rest (CSP Level 3). */
export function contentSecurityPolicy(): string {
  return [
    "default-src 'none'",
    `script-src ${PAGE_SCRIPTS.map(sourceHash).join(" ")}`,
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

function sourceHash(source: string): string {
  return `'sha256-${createHash("sha256").update(source).digest("base64")}'`;
}
