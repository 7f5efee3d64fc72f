/**
 * The escape battery in a WASI module under Wasmtime, as a user would start it: with one folder. What
 * a module can express it tries; what it has no function for is proved by importing that function.
 *
 * @module
 */
import { Problem } from "../../problem.ts";
import {
  type AttemptAnswer,
  attemptArguments,
  type AttemptCall,
  buildWasiAttempts,
  parseAttempts,
} from "../../runners/security/attempts.ts";
import { isThere, tryImports } from "../../runners/sandbox/import_census.ts";
import { coreImport, importName } from "../../runners/sandbox/wasi_imports.ts";
import {
  describeEnd,
  moduleArgv,
  type ModuleEnd,
  parseModuleEnd,
} from "../../runners/sandbox/wasi_module.ts";
import { connectFromInside, type Connection } from "../../runners/sandbox/wasi_sockets.ts";
import { runStep } from "../../runners/run_step.ts";
import { type Aims, type Attempt, ATTEMPTS } from "./attempts.ts";
import { aimsAt, LOOPBACK, type Prepared, tryNatively } from "./host_aims.ts";
import {
  type Battery,
  judgeAnswers,
  judgeControl,
  type Judged,
  type Row,
  rowOf,
  type Truth,
} from "./outcomes.ts";

/** What was tried in modules, and natively beside. */
export interface SandboxEscape {
  readonly rows: readonly Row[];
  /** The attempts by path, with the host's whole root granted: how many, and how many got through. */
  readonly granted: { readonly made: number; readonly through: number };
  /** Attempts by path on what does not exist, in both modules. */
  readonly absent: readonly AttemptAnswer[];
  readonly native: Battery;
}

type PathAttempt = Attempt & { readonly sandbox: { readonly kind: "path" } };
type Answers = ReadonlyMap<string, readonly AttemptAnswer[]>;
/** How a module ended that asked for a function, by the function's name. */
type Ends = ReadonlyMap<string, ModuleEnd>;

interface Sandbox {
  readonly prepared: Prepared;
  readonly wasmtime: string;
  readonly aims: Aims;
}

const TIMEOUT_SECONDS = 30;
/** The link in the folder that leads to the host's root, which the program tries too. */
const LINK = "out";

/** Makes every attempt; `wasi` is whether a module that imports WASI's own functions runs. */
export async function escapeSandbox(
  prepared: Prepared,
  wasmtime: string,
  wasi: Judged,
): Promise<SandboxEscape> {
  const { loopback, otherAddress, truth } = prepared;
  const aims = aimsAt(prepared, { addresses: [otherAddress ?? loopback], closed: `${LOOPBACK}:1` });
  const sandbox = { prepared, wasmtime, aims };
  const native = await tryNatively(prepared, aims);
  const paths = await tryPaths(sandbox);
  const ends = await tryFunctions(sandbox);
  const sockets = await trySocket(sandbox);
  const rows = ATTEMPTS.map((attempt) => {
    if (isPath(attempt)) return pathRow(attempt, paths, truth);
    const natively = judgeControl(attempt, native.attempts.get(attempt.id) ?? [], truth);
    return attempt.sandbox.kind === "socket"
      ? rowOf(attempt, { ...sockets.inside, answers: [] }, {
        "natively": natively,
        "with the network granted": sockets.granted,
      })
      : rowOf(attempt, { ...judgeFunctions(attempt, ends), answers: [] }, {
        "natively": natively,
        "importing from WASI": wasi,
      });
  });
  const made = ATTEMPTS.filter(isPath);
  const through = made.filter((attempt) => grantedOf(attempt, paths, truth).outcome === "got-out");
  return {
    rows,
    granted: { made: made.length, through: through.length },
    absent: [...paths.insideAbsent, ...paths.grantedAbsent],
    native,
  };
}

interface Paths {
  readonly inside: Answers;
  readonly insideAbsent: readonly AttemptAnswer[];
  readonly granted: Answers;
  readonly grantedAbsent: readonly AttemptAnswer[];
}

async function tryPaths({ prepared, wasmtime, aims }: Sandbox): Promise<Paths> {
  const { host, folder } = prepared;
  const module = await buildWasiAttempts(host, folder);
  const scratch = await host.temporaryFolder();
  await runStep(host, {
    action: "prepare a folder for the module",
    argv: ["ln", "-s", "/", `${scratch}/${LINK}`],
    timeoutSeconds: 10,
    cure: "Check that the temporary folder is writable.",
  });
  const attempts = ATTEMPTS.filter(isPath);
  const calls = attempts.flatMap(({ sandbox: { verb, aim } }) =>
    aim(aims).map((argument): AttemptCall => ({ verb, argument }))
  );
  const absent = attempts.map(({ sandbox, verb, absent }): AttemptCall => ({
    verb: sandbox.verb,
    argument: sandbox.verb === verb ? absent(aims) : "/dev/cellproof-absent",
  }));
  const run = async (folders: Record<string, string>) => {
    const args = attemptArguments([...calls, ...absent]);
    const argv = moduleArgv({ wasmtime, module, args, folders });
    const result = await host.run({ argv, timeoutSeconds: TIMEOUT_SECONDS });
    if (result.status !== 0) throw notRun(parseModuleEnd(result));
    return sortAnswers(parseAttempts(result.stdout, [...calls, ...absent]), attempts, aims);
  };
  const inside = await run({ "/scratch": scratch });
  const granted = await run({ "/": "/" });
  return {
    inside: inside.answers,
    insideAbsent: inside.absent,
    granted: granted.answers,
    grantedAbsent: granted.absent,
  };
}

function sortAnswers(
  answers: readonly AttemptAnswer[],
  attempts: readonly PathAttempt[],
  aims: Aims,
): { readonly answers: Answers; readonly absent: readonly AttemptAnswer[] } {
  let at = 0;
  const sorted = attempts.map(({ id, sandbox: { aim } }) =>
    [id, answers.slice(at, at += aim(aims).length)] as const
  );
  return { answers: new Map(sorted), absent: answers.slice(at) };
}

function pathRow(attempt: PathAttempt, paths: Paths, truth: Truth): Row {
  const answers = paths.inside.get(attempt.id) ?? [];
  return rowOf(attempt, { ...judgeAnswers(attempt, answers, truth), answers }, {
    "with the host's root granted": grantedOf(attempt, paths, truth),
  });
}

function grantedOf(attempt: Attempt, { granted }: Paths, truth: Truth): Judged {
  return judgeControl(attempt, granted.get(attempt.id) ?? [], truth);
}

function functionsOf({ sandbox }: Attempt): readonly string[] {
  return sandbox.kind === "function" ? sandbox.names : [];
}

/** Asks for every function that an attempt would take. */
async function tryFunctions({ prepared: { host }, wasmtime }: Sandbox): Promise<Ends> {
  const asked = ATTEMPTS.flatMap(functionsOf).map((name) => {
    const [module = "", field = ""] = name.split("::");
    return coreImport("other", module, field);
  });
  const folder = await host.temporaryFolder();
  const outcomes = await tryImports({ host, wasmtime, folder }, asked);
  return new Map(outcomes.map((outcome) => [importName(outcome.import), outcome.end]));
}

function judgeFunctions(attempt: Attempt, ends: Ends): Judged {
  const judged = functionsOf(attempt).map((name) => judgeImport(name, ends.get(name)));
  return judged.find(({ outcome }) => outcome === "got-out") ??
    judged.find(({ outcome }) => outcome === "unclear") ??
    { outcome: "refused", why: judged.map(({ why }) => why).join(", ") };
}

async function trySocket(
  { prepared, wasmtime }: Sandbox,
): Promise<{ readonly inside: Judged; readonly granted: Judged }> {
  const { host, folder, loopback, truth } = prepared;
  const port = Number(loopback.slice(loopback.indexOf(":") + 1));
  const connect = async (options: readonly string[]): Promise<Judged> =>
    judgeConnection(
      await connectFromInside(host, { wasmtime, folder }, { port, options }),
      truth.nonce,
    );
  return { inside: await connect([]), granted: await connect(["-S", "inherit-network"]) };
}

function judgeConnection({ refusal, received }: Connection, nonce: string): Judged {
  if (received === nonce) {
    return { outcome: "got-out", why: "wasi:sockets connected, and the host's marker answered" };
  }
  const why = `wasi:sockets: ${refusal ?? "connected to something else"}`;
  return { outcome: refusal === "access-denied" ? "refused" : "unclear", why };
}

/** What importing a function that WASI does not have means. */
export function judgeImport(name: string, end: ModuleEnd | undefined): Judged {
  if (end?.kind === "not-instantiated" && end.missing === name) {
    return { outcome: "refused", why: `no such function: ${name}` };
  }
  if (end !== undefined && isThere(end)) {
    return { outcome: "got-out", why: `${name} is there to be imported` };
  }
  const why = end === undefined ? "was not tried" : describeEnd(end);
  return { outcome: "unclear", why: `${name}: ${why}` };
}

function isPath(attempt: Attempt): attempt is PathAttempt {
  return attempt.sandbox.kind === "path";
}

function notRun(end: ModuleEnd): Problem {
  return new Problem({
    action: "make the attempts in a module",
    condition: `the module ${describeEnd(end)}`,
    cure: "Check that this version of Wasmtime runs WASI modules.",
  });
}
