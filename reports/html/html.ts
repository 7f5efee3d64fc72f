/**
 * HTML that is escaped unless it was made by the same template tag.
 *
 * @module
 */
import { deflateRawSync } from "node:zlib";

/** Markup that is safe to put into a page. */
export class Markup {
  constructor(readonly text: string) {}
}

/** What may stand in a template: text is escaped, null stands for nothing. */
export type Part = string | number | null | Markup | readonly Part[];

/** Template tag: every part but {@linkcode Markup} is escaped, in text and in quoted attributes. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  const [first = "", ...others] = unindented(strings);
  return new Markup(
    others.reduce((text, next, index) => text + markupOf(parts[index] ?? null) + next, first),
  );
}

const UNINDENTED = new WeakMap<TemplateStringsArray, readonly string[]>();

/** A template's own text without its indentation, which would make up a quarter of the page. */
function unindented(strings: TemplateStringsArray): readonly string[] {
  const known = UNINDENTED.get(strings);
  if (known !== undefined) return known;
  const made = strings.map((text) => text.replace(/\s*\n\s*/g, "\n"));
  UNINDENTED.set(strings, made);
  return made;
}

/** Text for HTML and XML, in elements and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/**
 * Text for the page's script to unpack: deflated (RFC 1951), in base64, which nothing can break out of.
 */
export function packed(id: string, text: string): Markup {
  const packed = deflateRawSync(text, { level: 9 }).toString("base64");
  return html`<script type="application/octet-stream" id="${id}">${new Markup(packed)}</script>`;
}

function markupOf(part: Part): string {
  if (part === null) return "";
  if (part instanceof Markup) return part.text;
  if (typeof part === "string") return escapeHtml(part);
  if (typeof part === "number") return String(part);
  return part.reduce((text: string, one: Part) => text + markupOf(one), "");
}
