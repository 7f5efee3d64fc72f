/**
 * HTML that is escaped unless it was made by the same template tag.
 *
 * @module
 */

/** Markup that is safe to put into a page. */
export class Markup {
  constructor(readonly text: string) {}
}

/** What may stand in a template: text is escaped, null stands for nothing. */
export type Part = string | number | null | Markup | readonly Part[];

/** Template tag: every part but {@linkcode Markup} is escaped, in text and in quoted attributes. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  const rest = parts.map((part, index) => markupOf(part) + (strings[index + 1] ?? ""));
  return new Markup((strings[0] ?? "") + rest.join(""));
}

/** Text for HTML and XML, in elements and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Data for a `<script type="application/json">`, which ends at the first `</script`. */
export function jsonScript(id: string, data: unknown): Markup {
  const text = JSON.stringify(data).replace(
    /[<\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return html`<script type="application/json" id="${id}">${new Markup(text)}</script>`;
}

function markupOf(part: Part): string {
  if (part === null) return "";
  if (part instanceof Markup) return part.text;
  if (typeof part === "string") return escapeHtml(part);
  if (typeof part === "number") return String(part);
  return part.map(markupOf).join("");
}
