/**
 * The frame of every page: its head with the policy and the style, and its body.
 *
 * @module
 */
import { html, Markup, type Part } from "./html.ts";

/** The style sheet itself, for a page that is one file; or where it lies, seen from the page. */
export type PageStyle = { readonly text: string } | { readonly path: string };

/** The whole page as a text. */
export function framed(
  { title, policy, style, body }: {
    readonly title: string;
    /** What the page may load and run (CSP Level 3). */
    readonly policy: string;
    readonly style: PageStyle;
    readonly body: Part;
  },
): string {
  return html`
    <!DOCTYPE html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="${policy}">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>${title}</title>
        ${styleElement(style)}
      </head>
      <body>${body}</body>
    </html>
  `.text.trimStart();
}

function styleElement(style: PageStyle): Markup {
  return "text" in style
    ? html`<style>${new Markup(style.text)}</style>`
    : html`<link rel="stylesheet" href="${style.path}">`;
}
