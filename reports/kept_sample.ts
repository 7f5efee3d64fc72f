/**
 * One line of the samples that a run keeps as evidence.
 *
 * @module
 */
import { Problem } from "../problem.ts";
import type { Sample } from "../suites/result.ts";

/**
 * Reads a line that stands at `place`.
 *
 * @throws {Problem} where it is no sample
 */
export function parseSample(line: string, place: string): Sample {
  try {
    const sample: unknown = JSON.parse(line);
    if (isSample(sample)) return sample;
  } catch {
    throw notResumable(place, "it is not JSON", line);
  }
  throw notResumable(place, "it is not a sample", line);
}

function isSample(value: unknown): value is Sample {
  const { workload, arm, block, value: figure, failure, details, durationSeconds } = Object(value);
  return typeof workload === "string" && typeof arm === "string" &&
    Number.isSafeInteger(block) && block >= 0 && Number.isFinite(durationSeconds) &&
    typeof details === "object" && details !== null &&
    (figure === null
      ? typeof failure === "string"
      : Number.isFinite(figure) && figure > 0 && failure === null);
}

/** What is told of a line that cannot be gone on from. */
export function notResumable(place: string, condition: string, seen: string): Problem {
  const cure = "Name another folder with --out.";
  return new Problem({ action: `resume from ${place}`, condition, seen, cure });
}
