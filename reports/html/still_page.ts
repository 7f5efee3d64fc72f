/**
 * The frame of a page without scripts: head, policy, bar, banners.
 *
 * @module
 */
import type { Bilingual } from "../sentences.ts";
import { html, Markup } from "./html.ts";
import { both } from "./labels.ts";
import { switches } from "./page_bar.ts";
import { sourceHash } from "./sources.ts";

/** What stands in the frame. */
export interface StillPage {
  readonly title: string;
  readonly style: PageStyle;
  /** Where the brand leads to. */
  readonly home: string;
  /** Links of the bar. */
  readonly links: readonly Markup[];
  /** What a reader must know before anything else. */
  readonly banners: readonly Bilingual[];
  readonly body: readonly (Markup | null)[];
}

/** The style sheet itself, for a page that is one file; or where it lies, seen from the page. */
export type PageStyle = { readonly text: string } | { readonly path: string };

/** The page as a text: complete, whatever the reader's browser forbids. */
export function stillPage({ title, style, home, links, banners, body }: StillPage): string {
  return html`
    <!DOCTYPE html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="${policy(style)}">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>${title}</title>
        ${styleElement(style)}
      </head>
      <body>
        <header class="bar"><a class="brand" href="${home}">cellproof</a><nav>${links}</nav>
        ${switches()}</header>
        ${banners.map((banner) => html`<p class="banner" role="alert">⚠ ${both(banner)}</p>`)}
        <main>${body}</main>
      </body>
    </html>
  `.text.trimStart();
}

/** Style, and pictures that lie beside the page; nothing else, and nothing from anywhere else. */
function policy(style: PageStyle): string {
  const sources = "text" in style
    ? `style-src ${sourceHash(style.text)}`
    : "style-src 'self'; img-src 'self'";
  return `default-src 'none'; ${sources}; base-uri 'none'; form-action 'none'`;
}

function styleElement(style: PageStyle): Markup {
  return "text" in style
    ? html`<style>${new Markup(style.text)}</style>`
    : html`<link rel="stylesheet" href="${style.path}">`;
}
