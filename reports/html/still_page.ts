/**
 * A page without scripts: policy, bar, banners.
 *
 * @module
 */
import type { Bilingual } from "../sentences.ts";
import { framed, type PageStyle } from "./frame.ts";
import { html, type Markup } from "./html.ts";
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

/** The page as a text: complete, whatever the reader's browser forbids. */
export function stillPage({ title, style, home, links, banners, body }: StillPage): string {
  return framed({
    title,
    policy: policy(style),
    style,
    body: html`<header class="bar"><a class="brand" href="${home}">cellproof</a><nav>${links}</nav>
${switches()}</header>
${banners.map((banner) => html`<p class="banner" role="alert">⚠ ${both(banner)}</p>`)}
<main>${body}</main>`,
  });
}

/** Style, and pictures that lie beside the page; nothing else, and nothing from anywhere else. */
function policy(style: PageStyle): string {
  const sources = "text" in style
    ? `style-src ${sourceHash(style.text)}`
    : "style-src 'self'; img-src 'self'";
  return `default-src 'none'; ${sources}; base-uri 'none'; form-action 'none'`;
}
