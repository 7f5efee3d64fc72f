/**
 * Starts the lab, and opens it as a {@linkcode Host}.
 *
 * @module
 */
import { GuestAgent } from "./guest_agent.ts";
import type { Host, Session } from "../host.ts";
import { agentPipe, diskPath, LAB_DISKS, labArguments, labConsole } from "./lab_machine.ts";
import type { LabImage } from "./lab_image.ts";
import { Problem } from "../../problem.ts";
import { runStep } from "../run_step.ts";

/** A lab that runs. */
export interface Lab {
  /** The folder of its disks, its console's log and its agent's pipe. */
  readonly folder: string;
  /** Opens a connection to its agent. One user at a time. */
  connect(): Promise<GuestAgent>;
  /** Why it is taken to hang, by what its kernel told; null where that told of no such thing. */
  toldHang(): Promise<string | null>;
  /** Why it is taken to hang: its kernel told so, or it does not answer; null where it goes on. */
  whyHung(): Promise<string | null>;
  /** Ends the machine. */
  end(): Promise<void>;
}

/**
 * How often a lab is booted, the first time included, for what is to be done in it: QEMU's own translator
 * sometimes hangs in a guest's guest, at worst in two labs of three.
 */
export const MOST_BOOTS = 5;

/** No lab lives longer. */
const LIFE_SECONDS = 3600;
const BOOT_SECONDS = 120;
/** How long one that runs may take to answer, on a busy machine. */
const ANSWER_SECONDS = 60;
/** Makes the pipe $1 and a disk $3 of $4 bytes, of which the first are random, in $2. */
const MAKE_PIPE = 'mkfifo -- "$1.in" "$1.out"';
const MAKE_DISK = 'head -c 16M /dev/urandom >"$1" && truncate -s "$2" -- "$1"';

/**
 * Boots the lab and waits for its agent.
 *
 * @throws {Problem} where it does not start, with the end of its console
 */
export async function startLab(host: Host, image: LabImage): Promise<Lab> {
  const folder = await host.temporaryFolder();
  await makeFiles(host, folder);
  const machine = await host.start({
    argv: labArguments(image, folder),
    timeoutSeconds: LIFE_SECONDS,
    survivesCancel: true,
  });
  const connectWithin = (timeoutSeconds: number) =>
    GuestAgent.connect(host, {
      path: agentPipe(folder),
      timeoutSeconds,
      lifeSeconds: LIFE_SECONDS,
    });
  const connect = () => connectWithin(ANSWER_SECONDS);
  try {
    await (await connectWithin(BOOT_SECONDS)).close();
  } catch (error) {
    throw error instanceof Problem ? await whyNotBooted(host, { folder, machine }) : error;
  }
  const toldHang = async () => hangIn(await consoleOf(host, folder));
  return {
    folder,
    connect,
    toldHang,
    whyHung: async () => await toldHang() ?? await whySilent(connect),
    end: async () => void await machine.stop(1),
  };
}

/** What the console of a Linux tells of a processor that does not go on; null where it tells none. */
export function hangIn(console: string): string | null {
  return console.match(/.*(?:BUG: soft lockup|rcu.*(?:detected stalls|self-detected stall)).*/)?.[0]
    ?.trim() ?? null;
}

async function whySilent(connect: () => Promise<GuestAgent>): Promise<string | null> {
  try {
    await (await connect()).close();
    return null;
  } catch (error) {
    if (error instanceof Problem) return error.message;
    throw error;
  }
}

async function consoleOf(host: Host, folder: string): Promise<string> {
  return await host.readText(labConsole(folder)) ?? "";
}

async function makeFiles(host: Host, folder: string): Promise<void> {
  const step = (script: string, ...words: string[]) =>
    runStep(host, {
      action: "make the lab's disks",
      argv: ["bash", "-c", script, "cellproof-lab", ...words],
      timeoutSeconds: 60,
      cure: "Check the free space of the temporary folder.",
    });
  await step(MAKE_PIPE, agentPipe(folder));
  for (const { name, bytes } of LAB_DISKS) {
    await step(MAKE_DISK, diskPath(name, folder), `${bytes}`);
  }
}

async function whyNotBooted(
  host: Host,
  { folder, machine }: { readonly folder: string; readonly machine: Session },
): Promise<Problem> {
  const { stderr } = await machine.stop(1);
  const console = await consoleOf(host, folder);
  return new Problem({
    action: "boot the lab",
    condition: `its agent did not answer within ${BOOT_SECONDS} s`,
    seen: `${stderr}\n${console}`.trim().slice(-1500),
    cure: "Look whether QEMU runs here and 6 GiB of memory are free.",
  });
}
