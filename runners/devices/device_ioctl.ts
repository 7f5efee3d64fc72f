/**
 * `programs/device_ioctl.c`: questions to devices by ioctl, natively and from a module.
 *
 * @module
 */
import { buildProgram } from "../programs/compile.ts";
import type { Host } from "../host.ts";
import { jsonLines } from "../json_lines.ts";
import source from "../programs/device_ioctl.c" with { type: "text" };
import { Problem } from "../../problem.ts";

/** A question to a device that changes nothing. */
export interface IoctlQuestion {
  /** Linux's name of it: "BLKGETSIZE64". */
  readonly name: string;
  readonly device: string;
  /** Linux's number of it. */
  readonly request: number;
}

/** What came of it. */
export interface IoctlAnswer extends IoctlQuestion {
  /** Why the device did not open; null where it did. */
  readonly notOpened: string | null;
  /** Why there is no answer; null where there is one. */
  readonly refusal: string | null;
  /** The number that the device's driver wrote. */
  readonly value: bigint;
}

export interface IoctlPrograms {
  readonly native: string;
  readonly wasi: string;
}

/** linux/fs.h: the size of a block device in bytes. */
const BLKGETSIZE64 = 0x80081272;
/** linux/random.h: the bits of entropy that the kernel counts; any user may ask. */
const RNDGETENTCNT = 0x80045200;

/** Asks how many bits of entropy the kernel has. */
export const ENTROPY: IoctlQuestion = {
  name: "RNDGETENTCNT",
  device: "/dev/random",
  request: RNDGETENTCNT,
};
/** No driver knows this number. */
export const NO_SUCH_IOCTL: IoctlQuestion = {
  name: "an ioctl that does not exist",
  device: "/dev/random",
  request: 0x5aff,
};

/** Asks how large a block device is. */
export function sizeOf(device: string): IoctlQuestion {
  return { name: "BLKGETSIZE64", device, request: BLKGETSIZE64 };
}

/** Builds both programs below `folder`. */
export async function buildDeviceIoctl(host: Host, folder: string): Promise<IoctlPrograms> {
  const native = { source, output: `${folder}/device_ioctl` };
  const wasi = { source, output: `${folder}/device_ioctl.wasm` };
  return {
    native: await buildProgram(host, native, "this machine"),
    wasi: await buildProgram(host, wasi, "WASI"),
  };
}

/**
 * Asks every question with the program that `argv` starts.
 *
 * @throws {Problem} where it did not come to its end
 */
export async function askDevices(
  host: Host,
  argv: readonly [string, ...string[]],
  questions: readonly IoctlQuestion[],
): Promise<IoctlAnswer[]> {
  const args = questions.flatMap(({ device, request }) => [device, `${request}`]);
  const result = await host.run({ argv: [...argv, ...args], timeoutSeconds: 20 });
  const answers = parseIoctlAnswers(result.stdout, questions);
  if (result.status === 0 && answers !== null) return answers;
  throw new Problem({
    action: "ask devices by ioctl",
    condition: `the program ended with status ${result.status}`,
    seen: `${result.stdout}\n${result.stderr}`,
  });
}

/** The answers in the order of the questions; null where one is missing. */
export function parseIoctlAnswers(
  stdout: string,
  questions: readonly IoctlQuestion[],
): IoctlAnswer[] | null {
  const lines = jsonLines(stdout);
  const answers = questions.flatMap((question, at): IoctlAnswer[] => {
    const { open, ioctl, value } = lines[at] ?? {};
    if (typeof value !== "string" || !/^\d+$/.test(value)) return [];
    return [{ ...question, notOpened: text(open), refusal: text(ioctl), value: BigInt(value) }];
  });
  return answers.length === questions.length ? answers : null;
}

function text(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
