/**
 * A thread that makes pages of nights.
 *
 * @module
 */
/// <reference lib="deno.worker" />
import { Problem, type ProblemParts } from "../../problem.ts";
import { nightPage, type NightPlace } from "./night_page.ts";

/** What is asked of the thread. */
export interface NightRequest {
  readonly gzip: Uint8Array;
  readonly place: NightPlace;
}

/** The page; or why there is none. */
export type NightAnswer =
  | { readonly page: Uint8Array }
  | { readonly problem: ProblemParts }
  | { readonly error: string };

self.onmessage = async ({ data }: MessageEvent<NightRequest>) => {
  self.postMessage(await answer(data));
};

async function answer({ gzip, place }: NightRequest): Promise<NightAnswer> {
  try {
    return { page: new TextEncoder().encode(await nightPage(gzip, place)) };
  } catch (error) {
    if (error instanceof Problem) return { problem: error.parts };
    return { error: error instanceof Error ? error.stack ?? error.message : String(error) };
  }
}
