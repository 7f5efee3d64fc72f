/**
 * The table of the claims from the prose, as every page shows it.
 *
 * @module
 */
import { html, type Markup } from "./html.ts";
import { label } from "./labels.ts";

/** The claims from the prose, a row each. */
export function factsTable(rows: readonly Markup[]): Markup {
  return html`
    <section id="facts">
      <h2>${label("facts")}</h2>
      <table class="matrix facts">
        <thead>
          <tr>
            <th scope="col">${label("section")}</th>
            <th scope="col">${label("claim")}</th>
          </tr>
        </thead>
        <tbody>${rows}</tbody>
      </table>
    </section>
  `;
}
