/**
 * Runs that are no measurements: what a reader must know of them before anything else.
 *
 * @module
 */
import type { StoredFleet, StoredRun } from "../history/stored.ts";
import { html, type Markup } from "../html/html.ts";
import { both } from "../html/labels.ts";
import type { Bilingual } from "../sentences.ts";

interface OriginWords {
  readonly mark: Bilingual;
  /** What is said on top of a page that has such runs. */
  readonly banner: Bilingual;
}

const ORIGINS = {
  synthetic: {
    mark: { en: "SYNTHETIC", zh: "合成数据" },
    banner: {
      en: "SYNTHETIC: what is marked so was made up by hand. No machine ever gave these figures.",
      zh: "合成数据：标有此字样者由人工编造，没有任何机器给出过这些数据。",
    },
  },
  replay: {
    mark: { en: "REPLAY", zh: "重放" },
    banner: {
      en: "REPLAY: what is marked so replayed recorded answers. Nothing was measured then.",
      zh: "重放：标有此字样者仅重放了录制的结果，当时未作任何测量。",
    },
  },
} as const satisfies Readonly<Record<string, OriginWords>>;

type Origin = keyof typeof ORIGINS;

type Originated = Pick<StoredRun, "synthetic" | "dryRun"> | null;

/** What a run is called that is no measurement; null for one that is. */
export function originInWords(run: Originated): Bilingual | null {
  const origin = originOf(run);
  return origin === null ? null : ORIGINS[origin].mark;
}

/** The mark of a run that is no measurement; null for one that is. */
export function originMark(run: Originated): Markup | null {
  const words = originInWords(run);
  return words === null ? null : html`<b class="origin">${both(words)}</b>`;
}

/** The mark of a fleet that is no measurement; null for one that is, or of which nothing is judged. */
export function fleetMark({ kind }: Pick<StoredFleet, "kind">): Markup | null {
  return kind === null ? null : originMark(originatedBy(kind));
}

function originatedBy(kind: NonNullable<StoredFleet["kind"]>): Originated {
  return { synthetic: kind === "synthetic", dryRun: kind === "dry-run" ? kind : null };
}

/** What is to be said on top of a page that has these runs. */
export function originBanners(runs: readonly Originated[]): Bilingual[] {
  const origins = new Set(runs.map(originOf));
  return (Object.keys(ORIGINS) as Origin[]).filter((origin) => origins.has(origin))
    .map((origin) => ORIGINS[origin].banner);
}

function originOf(run: Originated): Origin | null {
  if (run === null || (run.dryRun === null && !run.synthetic)) return null;
  return run.synthetic ? "synthetic" : "replay";
}
