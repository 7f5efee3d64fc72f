/**
 * A comparison for machines.
 *
 * @module
 */
import type { Result } from "../../suites/result.ts";
import type { Compared } from "./compared.ts";

/** Version of the shape below; it grows where a reader of the old one would go wrong. */
const COMPARISON_SCHEMA = 3;

/** The comparison as JSON; `sources` are where the two results were read from. */
export function comparisonJson(
  { a, b, comparison }: Compared,
  sources: readonly [string, string],
): string {
  const [first, second] = sources;
  return `${
    JSON.stringify({
      schema: COMPARISON_SCHEMA,
      a: headOf(a, first),
      b: headOf(b, second),
      ...comparison,
    })
  }\n`;
}

function headOf({ host, run }: Result, source: string) {
  const { startedAt, endedAt, version, thresholds, dryRun } = run;
  return { source, hostname: host.hostname, startedAt, endedAt, version, thresholds, dryRun };
}
