/**
 * Judges attempts: what came of each, and whether its controls allow to count it.
 *
 * @module
 */
import type { AttemptAnswer, AttemptCall, Verb } from "../../runners/security/attempts.ts";
import { type Aims, type Attempt, ATTEMPTS } from "./attempts.ts";

/**
 * `refused`; `own-kernel`: done, but by a kernel that is not the host's; `got-out`: the host was
 * reached; `unclear`: it was not refused, and where it got to cannot be told; `not-possible-here`:
 * the host lacks what it aims at; `no-control`: a control did not get through, so a refusal would
 * prove nothing.
 */
export type Outcome =
  | "refused"
  | "own-kernel"
  | "got-out"
  | "unclear"
  | "not-possible-here"
  | "no-control";

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
/** What is no answer to the attempt: a signal, or something that ran out (errno(3)). */
const NO_REFUSAL = /^(signal-\d+|EAGAIN|EINTR|EMFILE|ENFILE|ENOMEM)$/;

export type Judged = Pick<Row, "outcome" | "why">;

const SEVERITY: readonly Outcome[] = ["got-out", "unclear", "own-kernel", "refused"];
/** What they are aimed at tells a reader something; the others' aims are the battery's own. */
const TELLING: readonly Verb[] = ["read-device", "mknod-read", "open-to-write", "connect"];
const NOTHING_TO_AIM_AT: Judged = {
  outcome: "not-possible-here",
  why: "the host has nothing to aim at",
};

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
  return judged.find(({ outcome }) => outcome === worst) ?? NOTHING_TO_AIM_AT;
}

/** The same where each of them must get through: the first that did not, if there is one. */
export function judgeControl(
  { evidence }: Pick<Attempt, "evidence">,
  answers: readonly AttemptAnswer[],
  truth: Truth,
): Judged {
  const judged = answers.map((answer) => judgeAnswer(evidence, answer, truth));
  return judged.find(({ outcome }) => outcome !== "got-out") ?? judged[0] ?? NOTHING_TO_AIM_AT;
}

/** The hashes that `read-device` told, without those of blocks that hold one byte throughout. */
export function hashesOf({ done, detail }: AttemptAnswer): string[] {
  return done ? detail.split(" ").filter((word) => /^[0-9a-f]{16}$/.test(word)) : [];
}

/**
 * An attempt in a place, with its controls: where one of them did not get through, a refusal would
 * prove nothing. What got out proves itself.
 */
export function rowOf(
  attempt: Attempt,
  inside: Judged & { readonly answers: readonly AttemptAnswer[] },
  controls: Readonly<Record<string, Judged>>,
): Row {
  const { id, title, onDevice } = attempt;
  const row = { id, title, onDevice, ...inside };
  const failed = Object.entries(controls).find(([, { outcome }]) => outcome !== "got-out");
  const needsNone = inside.outcome === "got-out" || inside.outcome === "not-possible-here";
  if (failed === undefined || needsNone) return row;
  return { ...row, outcome: "no-control", why: `${failed[0]}: ${failed[1].why}` };
}

function judgeAnswer(
  evidence: Attempt["evidence"],
  answer: AttemptAnswer,
  truth: Truth,
): Judged {
  const { verb, argument, done, errno, detail } = answer;
  const what = TELLING.includes(verb) ? `${argument}: ` : "";
  // Of the signals only SIGSYS is a refusal; what crashed, took too long or ran out proves nothing.
  if (errno !== null && errno !== SIGSYS && NO_REFUSAL.test(errno)) {
    return { outcome: "unclear", why: `${what}ended by ${errno}` };
  }
  if (!done) {
    return { outcome: "refused", why: `${what}${errno}${detail === "" ? "" : `, ${detail}`}` };
  }
  const { outcome, why } = judgeDone(evidence, answer, truth);
  return { outcome, why: `${what}${why}` };
}

function judgeDone(
  evidence: Attempt["evidence"],
  answer: AttemptAnswer,
  truth: Truth,
): Judged {
  const { verb, bootId, detail } = answer;
  const ownKernel = bootId !== null && bootId !== truth.bootId;
  if (evidence === "nonce") {
    if (detail === truth.nonce) return { outcome: "got-out", why: "the host's marker was found" };
    // A file or a process is the answering kernel's; who answers on a network may be anybody.
    return ownKernel && verb !== "connect"
      ? { outcome: "own-kernel", why: "something of its own was found" }
      : { outcome: "unclear", why: `found something else, "${detail}"` };
  }
  if (evidence === "device" && hashesOf(answer).some((hash) => truth.hashes.has(hash))) {
    return { outcome: "got-out", why: "the bytes of the host's device were read" };
  }
  const how = evidence === "device" ? "opened" : `done (${detail})`;
  if (bootId === null) {
    return { outcome: "unclear", why: `${how} by a kernel that does not tell its boot_id` };
  }
  return ownKernel
    ? { outcome: "own-kernel", why: `${how} by its own kernel (boot_id ${bootId})` }
    : { outcome: "got-out", why: `${how} by the host's kernel` };
}
