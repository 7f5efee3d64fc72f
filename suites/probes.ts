/**
 * How each probe is collected.
 *
 * @module
 */
import type { ProbeName } from "./checks.ts";
import type { CollectProbe } from "./probe.ts";

export const COLLECTORS: Readonly<Record<ProbeName, CollectProbe>> = {};
