/**
 * Sites of made-up histories, for tests.
 *
 * @module
 */
import { History } from "../../history/history.ts";
import { buildSite, type SiteOptions } from "../site.ts";
import { addNights, type MadeNight, startOf } from "./made_history.ts";

/** A history, the site that is built from it, and ways to look at that. */
export interface Scene {
  readonly db: string;
  readonly out: string;
  build(options?: Partial<SiteOptions>): ReturnType<typeof buildSite>;
  page(path: string): string;
}

/** Runs `test` with a history of those nights, in a folder of its own. */
export async function withSite(
  nights: readonly MadeNight[],
  test: (scene: Scene) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const [db, out] = [`${folder}/history.sqlite`, `${folder}/site`];
  const defaults = { out, reports: 10, fleets: 5, code: "1", now: new Date(startOf(2)) };
  try {
    addNights(db, nights);
    await test({
      db,
      out,
      async build(options = {}) {
        using history = History.open(db, { create: false });
        return await buildSite(history, { ...defaults, ...options });
      },
      page: (path) => Deno.readTextFileSync(`${out}/${path}`),
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The folder of a host in the site. */
export function hostPath({ page }: Scene, hostname: string): string {
  const { hosts } = JSON.parse(page("index.json"));
  return hosts.find((host: { readonly hostname: string }) => host.hostname === hostname).path;
}
