/**
 * A thread that reads results.
 *
 * @module
 */
/// <reference lib="deno.worker" />
import { digestResult } from "./digest_result.ts";

self.onmessage = async ({ data }: MessageEvent<string>) => {
  self.postMessage(await digestResult(data));
};
