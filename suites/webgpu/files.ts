/**
 * What the program that computes may open.
 *
 * @module
 */
import { Problem, shorten } from "../../problem.ts";
import { outcomeOf, type Outcomes } from "../../runners/webgpu/webgpu_section.ts";
import { negative, observed, positive } from "../probe.ts";
import type { Observation } from "../result.ts";

/** The same attempts of the same program, without a permission and with all of them. */
export interface Attempts {
  readonly confined: Outcomes;
  readonly allowed: Outcomes;
}

const DEVICE = "open /dev/null";
const MUST_OPEN = [DEVICE, "open /etc/passwd"];
const MUST_FAIL = "open /dev/no-such-device";
/**
 * How Deno refuses, before it asks the system:
 * https://docs.deno.com/api/deno/~/Deno.errors.NotCapable
 */
const REFUSED = /^NotCapable\b|\bRequires \w+ access\b/;
const LONGEST_ERROR = 100;

/** `webgpu/no-device-file`; `computed` tells what the confined program computed. */
export function noDeviceFile(attempts: Attempts, computed: Observation): Observation {
  const { confined, allowed } = attempts;
  const opened = outcomesThat(confined, (error) => error === null);
  const [unclear] = outcomesThat(confined, (error) => error !== null && !REFUSED.test(error));
  if (opened.length === 0 && unclear !== undefined) throw neitherNor(unclear, confined);
  const possible = outcomesThat(allowed, (error) => error === null);
  return observed("webgpu/no-device-file", {
    value: opened.length === 0,
    seen: opened.length > 0
      ? `without any permission these succeed: ${opened.join(", ")}`
      : `all ${confined.size} attempts are refused to the program that computes ` +
        `(${show(confined, DEVICE)}); with every permission ${possible.length} succeed: ` +
        possible.join(", "),
    controls: [
      positive(
        "with every permission, the same attempts open a device and a file",
        MUST_OPEN.every((what) => outcomeOf(allowed, what) === null),
        MUST_OPEN.map((what) => show(allowed, what)).join("; "),
      ),
      positive("the confined program computes", computed.value === true, computed.seen),
      negative(
        "with every permission, a device that does not exist is not opened",
        outcomeOf(allowed, MUST_FAIL) !== null,
        show(allowed, MUST_FAIL),
      ),
    ],
  });
}

function outcomesThat(outcomes: Outcomes, are: (error: string | null) => boolean): string[] {
  return [...outcomes].filter(([, error]) => are(error)).map(([what]) => what);
}

function show(outcomes: Outcomes, what: string): string {
  const error = outcomeOf(outcomes, what);
  return `${what}: ${error === null ? "it succeeds" : shorten(error, LONGEST_ERROR)}`;
}

function neitherNor(what: string, outcomes: Outcomes): Problem {
  return new Problem({
    action: `tell whether the program may ${what}`,
    condition: "Deno neither did it nor refused it",
    seen: outcomeOf(outcomes, what) ?? "",
  });
}
