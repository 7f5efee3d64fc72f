/**
 * Links between the pages of a site: relative, so that it works from a file and below any path.
 *
 * @module
 */
import type { RunName } from "./events.ts";
import { fleetFile, hostFolder, nightFolder } from "./names.ts";

/** Links as they read on one page. */
export class Links {
  readonly #up: string;
  readonly #pages: ReadonlySet<string>;

  /** `depth` is how many folders below the site's own the page lies; `pages` the folders of nights that have one. */
  constructor(depth: number, pages: ReadonlySet<string>) {
    this.#up = "../".repeat(depth);
    this.#pages = pages;
  }

  /** A file of the site, by its path from the site's folder. */
  to(path: string): string {
    return `${this.#up}${path}`;
  }

  host(key: string): string {
    return this.to(`${hostFolder(key)}/index.html`);
  }

  /** The page of a fleet that the site has. */
  fleet(id: string): string {
    return this.to(fleetFile(id, "html"));
  }

  /** The page of a run; null where the site has none. */
  night(run: RunName): string | null {
    const folder = nightFolder(run);
    return this.#pages.has(folder) ? this.to(`${folder}/index.html`) : null;
  }
}
