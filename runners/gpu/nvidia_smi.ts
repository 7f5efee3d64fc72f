/**
 * Runs nvidia-smi, and tells its failures apart by what it says: several end with status 0.
 *
 * Source: the nvidia-smi manual, section "Return Value".
 *
 * @module
 */
import { MissingTool, Problem } from "../../problem.ts";
import type { CommandResult, Host } from "../host.ts";

/** How nvidia-smi is called. */
export interface NvidiaSmiOptions {
  /** The program: a name looked up on PATH, or a path. Default "nvidia-smi". */
  readonly program?: string;
  /** Default 60: a driver in trouble can hold nvidia-smi for minutes. */
  readonly timeoutSeconds?: number;
  /** What is an answer although the status says otherwise: "NVLink not supported". */
  readonly answer?: RegExp;
  /** True where to say nothing, and to end well, is an answer. */
  readonly maySayNothing?: true;
}

/** A failure by nvidia-smi's words. */
interface Failure {
  readonly words: RegExp;
  readonly condition: string;
  readonly cure: string;
  /** True where the host has no GPU that anything could use. */
  readonly missing?: true;
  /** True where it can be of one GPU, while the others are told of. */
  readonly ofOne?: true;
}

const DEFAULT_TIMEOUT_SECONDS = 60;
/** The infoROM is corrupted: everything is told nevertheless. */
const STATUS_INFOROM = 14;
const LOOK_FOR_XID = "Look for NVRM and Xid messages in dmesg";

const FAILURES: readonly Failure[] = [
  {
    words: /No devices were found/i,
    condition: "the driver finds no GPU",
    cure: `${LOOK_FOR_XID} if this host has one: it may have failed to start.`,
    missing: true,
  },
  {
    words: /couldn't communicate with the NVIDIA driver|NVML: Driver Not Loaded/i,
    condition: "no NVIDIA driver is loaded",
    cure: "Load it (modprobe nvidia), or install one for this kernel.",
    missing: true,
  },
  {
    words: /couldn't find libnvidia-ml|NVML: (?:Shared )?Library Not Found/i,
    condition: "the NVIDIA driver's libraries are missing",
    cure: "Install the driver's libraries, of the kernel module's version.",
    missing: true,
  },
  {
    words: /Driver\/library version mismatch/i,
    condition: "the driver in the kernel and its libraries are of different versions",
    cure: "Unload and load the nvidia modules while nothing uses them, or reboot.",
  },
  {
    words: /NVML: (?:Insufficient Permissions|GPU access blocked)/i,
    condition: "access to the GPU is refused",
    cure: "Run as root, or let this user or container open /dev/nvidia*.",
  },
  {
    words: /Failed to initialize NVML/i,
    condition: "the driver's library does not start",
    cure: `${LOOK_FOR_XID}. In a container, restart it: its devices may have been taken away.`,
  },
  {
    words: /GPU is lost|fallen off the bus|Unable to determine the device handle/i,
    condition: "a GPU is lost",
    cure: `${LOOK_FOR_XID} (79: it has fallen off the bus), then reset the GPU or reboot.`,
    ofOne: true,
  },
  {
    words: /GPU requires reset|Reset required/i,
    condition: "a GPU must be reset",
    cure: "Reset it (nvidia-smi --gpu-reset) while nothing uses it, or reboot.",
    ofOne: true,
  },
];
const LOST_ONE = /^Unable to determine the device handle for .*$/gm;

/**
 * Runs nvidia-smi, and returns its standard output. Where it reaches some GPUs and not others, that
 * is an answer, and each line about one that it does not reach is a part of it.
 *
 * @throws {MissingTool} where there is no nvidia-smi, no driver or no GPU
 * @throws {Problem} where it does not answer in time, where every GPU is lost, or where it fails for
 * another reason
 */
export async function runNvidiaSmi(
  host: Host,
  args: readonly string[],
  options: NvidiaSmiOptions = {},
): Promise<string> {
  const { program = "nvidia-smi", timeoutSeconds = DEFAULT_TIMEOUT_SECONDS, answer } = options;
  const result = await host.run({ argv: [program, ...args], timeoutSeconds });
  const action = `run ${[program, ...args].join(" ")}`;
  if (result.ended !== "exited") throw unanswered(action, result, timeoutSeconds);
  const said = `${result.stdout}\n${result.stderr}`;
  if (result.status !== null && answer?.test(said)) return said;
  if (options.maySayNothing === true && result.status === 0 && said.trim() === "") return "";
  const failure = FAILURES.find(({ words }) => words.test(said));
  if (!answered(result, failure)) throw failed(action, result, failure);
  return [result.stdout, ...result.stderr.match(LOST_ONE) ?? []].join("\n");
}

/** Whether there is anything on standard output beside complaints about single GPUs. */
function answered({ status, stdout }: CommandResult, failure: Failure | undefined): boolean {
  if (status !== 0 && status !== STATUS_INFOROM) return false;
  if (failure === undefined) return stdout.trim() !== "";
  if (failure.ofOne !== true) return false;
  return stdout.split("\n").some((line) => line.trim() !== "" && !failure.words.test(line));
}

function unanswered(action: string, { ended }: CommandResult, timeoutSeconds: number): Problem {
  if (ended === "not-found") {
    const cure = "Install the NVIDIA driver on a host that has an NVIDIA GPU.";
    return new MissingTool({ action, condition: "there is no nvidia-smi", cure }, "gpu");
  }
  if (ended !== "timed-out") {
    const condition = `it was ended (${ended})`;
    return new Problem({ action, condition, cure: "Run it again." });
  }
  return new Problem({
    action,
    condition: `nvidia-smi did not answer within ${timeoutSeconds} s`,
    cure: `${LOOK_FOR_XID}; a driver that hangs comes back with a reboot.`,
  });
}

function failed(action: string, result: CommandResult, failure: Failure | undefined): Problem {
  const text = `${result.stderr}\n${result.stdout}`.trim();
  const seen = text === "" ? {} : { seen: text };
  if (failure === undefined) {
    const { status } = result;
    const ending = status === null ? "it was ended by a signal" : `it ended with status ${status}`;
    const condition = text === "" ? `${ending} and said nothing` : ending;
    return new Problem({ action, condition, ...seen, cure: `${LOOK_FOR_XID}.` });
  }
  const { condition, cure, missing } = failure;
  const parts = { action, condition, ...seen, cure };
  return missing === true ? new MissingTool(parts, "gpu") : new Problem(parts);
}
