/**
 * Judges attempts: what came of each, and whether its controls allow to count it.
 *
 * @module
 */
import type { AttemptAnswer, AttemptCall } from "../../runners/security/attempts.ts";
import { type Aims, type Attempt, ATTEMPTS } from "./attempts.ts";

/**
 * `refused`; `own-kernel`: done, but by a kernel that is not the host's; `got-out`: the host was
 * reached; `not-possible-here`: the host lacks what it aims at, or a control did not hold.
 */
export type Outcome = "refused" | "own-kernel" | "got-out" | "not-possible-here";

/** One attempt in one place. */
export interface Row {
  readonly id: string;
  readonly title: string;
  readonly onDevice: boolean;
  readonly outcome: Outcome;
  /** What was seen, as a clause. */
  readonly why: string;
  readonly answers: readonly AttemptAnswer[];
}

/** By what the host is recognised. */
export interface Truth {
  readonly bootId: string;
  readonly nonce: string;
  readonly hashes: ReadonlySet<string>;
}

/** Answers of one run of the program, in the order of {@linkcode callsOf}. */
export interface Battery {
  readonly attempts: ReadonlyMap<string, readonly AttemptAnswer[]>;
  /** Attempts on what does not exist. */
  readonly absent: readonly AttemptAnswer[];
  /** The answers to further calls. */
  readonly further: readonly AttemptAnswer[];
}

/** How seccomp ends a process (signal(7), x86 and ARM). */
const SIGSYS = "signal-31";

type Judged = Pick<Row, "outcome" | "why">;

const SEVERITY: readonly Outcome[] = ["got-out", "not-possible-here", "own-kernel", "refused"];

/** The calls of a whole battery: each attempt, the same on what does not exist, then `further`. */
export function callsOf(aims: Aims, further: readonly AttemptCall[] = []): AttemptCall[] {
  return [
    ...ATTEMPTS.flatMap(({ verb, aim }) => aim(aims).map((argument) => ({ verb, argument }))),
    ...ATTEMPTS.map(({ verb, absent }) => ({ verb, argument: absent(aims) })),
    ...further,
  ];
}

/** Sorts the answers to {@linkcode callsOf} by attempt. */
export function batteryOf(answers: readonly AttemptAnswer[], aims: Aims): Battery {
  let at = 0;
  const take = (count: number) => answers.slice(at, at += count);
  const attempts = new Map(ATTEMPTS.map(({ id, aim }) => [id, take(aim(aims).length)]));
  return { attempts, absent: take(ATTEMPTS.length), further: answers.slice(at) };
}

/** What came of one attempt; the worst, where it was made in several ways. */
export function judgeAnswers(
  { evidence }: Pick<Attempt, "evidence">,
  answers: readonly AttemptAnswer[],
  truth: Truth,
): Judged {
  const judged = answers.map((answer) => judgeAnswer(evidence, answer, truth));
  const worst = SEVERITY.find((outcome) => judged.some((each) => each.outcome === outcome));
  return judged.find(({ outcome }) => outcome === worst) ??
    { outcome: "not-possible-here", why: "the host has nothing to aim at" };
}

/** The hashes that `read-device` told, without those of blocks that hold one byte throughout. */
export function hashesOf({ done, detail }: AttemptAnswer): string[] {
  return done ? detail.split(" ").filter((word) => /^[0-9a-f]{16}$/.test(word)) : [];
}

/**
 * An attempt in a place, with its controls: where one of them did not get through, a refusal would
 * prove nothing.
 */
export function rowOf(
  attempt: Attempt,
  inside: Judged & { readonly answers: readonly AttemptAnswer[] },
  controls: Readonly<Record<string, Judged>>,
): Row {
  const { id, title, onDevice } = attempt;
  const failed = Object.entries(controls).find(([, { outcome }]) => outcome !== "got-out");
  const why = failed === undefined ? inside.why : `${failed[0]}: ${failed[1].why}`;
  const outcome = failed === undefined ? inside.outcome : "not-possible-here";
  return { id, title, onDevice, outcome, why, answers: inside.answers };
}

function judgeAnswer(
  evidence: Attempt["evidence"],
  answer: AttemptAnswer,
  truth: Truth,
): Judged {
  const { verb, argument, done, errno, bootId, detail } = answer;
  const what = `${verb} ${argument}`;
  // Only SIGSYS is a refusal; a program that crashed or took too long proves nothing.
  if (errno?.startsWith("signal-") && errno !== SIGSYS) {
    return { outcome: "not-possible-here", why: `${what}: ended by ${errno}` };
  }
  if (!done) {
    return { outcome: "refused", why: `${what}: ${errno}${detail === "" ? "" : `, ${detail}`}` };
  }
  // Where no boot_id can be read there is no kernel but the host's.
  const ownKernel = bootId !== null && bootId !== truth.bootId;
  const got = (how: string): Judged => ({ outcome: "got-out", why: `${what}: ${how}` });
  const own = (how: string): Judged => ({ outcome: "own-kernel", why: `${what}: ${how}` });
  switch (evidence) {
    case "nonce":
      if (detail === truth.nonce) return got("the host's marker was found");
      if (ownKernel) return own("something of its own was found");
      return { outcome: "not-possible-here", why: `${what}: found something else, "${detail}"` };
    case "device":
      if (hashesOf(answer).some((hash) => truth.hashes.has(hash))) {
        return got("the bytes of the host's device were read");
      }
      return ownKernel ? own("a device of its own opened") : got("the host's kernel opened it");
    case "kernel":
      return ownKernel
        ? own(`done by its own kernel (boot_id ${bootId}): ${detail}`)
        : got(`done by the host's kernel: ${detail}`);
  }
}
