/**
 * Attempts on devices, by one script natively and in containers, so that they differ only in what was
 * granted.
 *
 * @module
 */
import { Problem } from "../../problem.ts";
import { BUSYBOX } from "../../runners/busybox.ts";
import type { Docker } from "../../runners/docker/docker.ts";
import { type RunningContainer, startContainer } from "../../runners/docker/docker_session.ts";
import type { Host } from "../../runners/host.ts";
import script from "./attempts.sh" with { type: "text" };
import type { Subject } from "./subject.ts";

/** Each path with "opened", or with the system's word for the error. */
export type Attempts = ReadonlyMap<string, string>;

/** The path that never exists. */
export const ABSENT = "/dev/cellproof-absent";

const ANSWER_SECONDS = 20;
const LIFE_SECONDS = 120;
/** Where the nodes of the devices are shown to every container, granted or not. */
const NODES = "/nodes";

/** A container that carries out the script's commands. */
export class Attempting {
  readonly name: string;
  readonly #container: RunningContainer;

  private constructor(container: RunningContainer) {
    this.#container = container;
    this.name = container.name;
  }

  /** Starts a container that sees every device's node, and may open those that are granted. */
  static async start(
    host: Host,
    place: { readonly docker: Docker; readonly image: string },
    { name, subject, granted }: { name: string; subject: Subject; granted: boolean },
  ): Promise<Attempting> {
    const paths = subject.devices.map(({ path }) => path);
    const mounts = paths.map((path) => ({ source: path, target: inside(path), readOnly: true }));
    const container = await startContainer(host, place.docker, {
      image: place.image,
      name,
      argv: ["sh", "-c", script, "attempts", ...scriptArguments(subject, inside)],
      mounts,
      ...(granted ? { readOnlyDevices: paths } : {}),
      timeoutSeconds: LIFE_SECONDS,
    });
    return new Attempting(container);
  }

  /** Gives a command without waiting for its answer. */
  async ask(command: string): Promise<void> {
    await this.#container.send(command);
  }

  /** The answer to the earliest command that has not been answered yet. */
  async answer(): Promise<Attempts> {
    const lines: string[] = [];
    for (;;) {
      const line = await this.#container.receive(ANSWER_SECONDS);
      if (line === ".") return parseAttempts(lines.join("\n"));
      if (line === null) throw await this.#silent();
      lines.push(line);
    }
  }

  async carryOut(command: string): Promise<Attempts> {
    await this.ask(command);
    return await this.answer();
  }

  /** Removes the container. */
  async stop(): Promise<void> {
    await this.#container.stop();
  }

  async #silent(): Promise<Problem> {
    const { stderr, stdout } = await this.#container.stop();
    return new Problem({
      action: "try to open devices in a container",
      condition: "the container did not answer",
      seen: stderr || stdout,
      cure: "Check that docker run works.",
    });
  }
}

/** Carries out commands natively. */
export async function natively(
  host: Host,
  subject: Subject,
  commands: readonly string[],
): Promise<Attempts[]> {
  const args = scriptArguments(subject, (path) => path);
  const { stdout, stderr } = await host.run({
    argv: [BUSYBOX, "sh", "-c", script, "attempts", ...args],
    stdin: commands.map((command) => `${command}\n`).join(""),
    timeoutSeconds: ANSWER_SECONDS,
  });
  const answers = stdout.split(/^\.$/m);
  if (answers.length === commands.length + 1) return answers.slice(0, -1).map(parseAttempts);
  throw new Problem({
    action: "try to open devices natively",
    condition: "the script did not answer every command",
    seen: stderr || stdout,
  });
}

/** Fields with a tab between; a device's description is cut to its path's own name in /dev. */
export function parseAttempts(text: string): Attempts {
  const fields = text.split("\n").flatMap((line): [string, string][] => {
    const at = line.lastIndexOf("\t");
    return at < 0 ? [] : [[outside(line.slice(0, at)), line.slice(at + 1)]];
  });
  return new Map(fields);
}

function scriptArguments(
  { disk, count, step, driven, devices }: Subject,
  place: (path: string) => string,
): string[] {
  const described = devices.map(({ kind, major, minor, path }) =>
    `${kind === "block" ? "b" : "c"}:${major}:${minor}:${place(path)}`
  );
  const watched = driven?.node.path ?? disk.path;
  return [disk.path, `${count}`, `${step}`, watched, ...described];
}

function inside(path: string): string {
  return `${NODES}${path}`;
}

function outside(described: string): string {
  const path = described.replace(/^[bc]:\d+:\d+:/, "");
  return path.startsWith(`${NODES}/`) ? path.slice(NODES.length) : path;
}
