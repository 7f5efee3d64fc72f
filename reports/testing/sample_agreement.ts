/**
 * Made-up expectations of the made-up result, for tests of the reports.
 *
 * @module
 */
import { CLAIMS } from "../../suites/claims/claims.ts";
import { type Agreement, agreementOf, type Waiver } from "../../suites/expectations.ts";
import type { Result, Verdict } from "../../suites/result.ts";

const TODAY = new Date("2025-01-02T12:00:00Z");

/** Expectations that differ from the sample's verdicts, by claim: each of them tells something. */
const OTHERS: Readonly<Record<string, Verdict>> = {
  "11.3/latency/sandbox": "confirmed",
  "11.3/latency/vm": "confirmed",
  "11.3/io-performance/sandbox": "confirmed",
  "11.3/io-performance/vm": "refuted",
  "03.2.1/fact/nic-device-node": "untested",
  "05.2.1/fact/virtio-faster": "untested",
};

const WAIVERS: readonly Waiver[] = [
  { id: "11.3/io-performance/sandbox", reason: "the disk is worn", expires: "2025-01-09" },
  { id: "11.3/io-performance/vm", reason: "the old disk", expires: "2025-01-01" },
  { id: "11.3/latency/container", reason: "a busy neighbour", expires: "2025-06-01" },
];

/** A flip, two that are no longer decided, one newly decided, one waived, one waiver expired. */
export function sampleAgreement(
  { claims }: Pick<Result, "claims">,
  { reason, others = OTHERS }: {
    /** Takes the place of every waiver's reason. */
    readonly reason?: string;
    readonly others?: Readonly<Record<string, Verdict>>;
  } = {},
): Agreement {
  const expected = Object.fromEntries(claims.map(({ id, verdict }) => [id, verdict]));
  const thresholds = { high: 0.95, medium: 0.5 };
  const source = { startedAt: "2025-01-01T03:00:00.000Z", cellproof: "0.1.0", thresholds };
  return agreementOf({
    version: 1,
    source: { hostname: reason ?? "test-data", fixture: null, ...source },
    claims: { ...expected, ...others },
    waivers: WAIVERS.map((waiver) => ({ ...waiver, reason: reason ?? waiver.reason })),
  }, { claims, selected: CLAIMS.map(({ id }) => id), now: TODAY });
}
