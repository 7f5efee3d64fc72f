/**
 * Containers that live until they are stopped: talked to line by line, and entered by further
 * commands.
 *
 * @module
 */
import { containerArguments, containerName, type ContainerRequest, type Docker } from "./docker.ts";
import type { CommandResult, Host, Session } from "../host.ts";

/** A container that runs; its session is the standard input and output of its first process. */
export interface RunningContainer extends Session {
  /** As in the request. */
  readonly name: string;
  /** Removes the container, and tells how `docker run` ended. */
  stop(graceSeconds?: number): Promise<CommandResult>;
}

/** A command in a container that runs. */
export interface ExecRequest {
  readonly argv: readonly [string, ...string[]];
  readonly timeoutSeconds: number;
  /** Text for its standard input; none when absent. */
  readonly stdin?: string;
}

/**
 * Starts a container whose first process reads lines and answers. It lives at most for the request's
 * `timeoutSeconds`, and in any case ends with Docker's `close`.
 */
export async function startContainer(
  host: Host,
  docker: Docker,
  request: ContainerRequest,
): Promise<RunningContainer> {
  const argv = containerArguments(docker, { ...request, interactive: true });
  const session = await host.start({ argv, timeoutSeconds: request.timeoutSeconds });
  return {
    name: request.name,
    send: (line) => session.send(line),
    receive: (seconds) => session.receive(seconds),
    async stop(graceSeconds = 5): Promise<CommandResult> {
      await docker.removeContainer(request.name);
      return await session.stop(graceSeconds);
    },
  };
}

/** Runs a command in a container that runs, and returns what `docker exec` did. */
export function execInContainer(
  host: Host,
  { docker, name }: { readonly docker: Docker; readonly name: string },
  { argv, timeoutSeconds, stdin }: ExecRequest,
): Promise<CommandResult> {
  const [client, ...options] = docker.command;
  const interactive = stdin === undefined ? [] : ["--interactive"];
  return host.run({
    argv: [client, ...options, "exec", ...interactive, containerName(name), ...argv],
    timeoutSeconds,
    ...(stdin === undefined ? {} : { stdin }),
  });
}

/** The host's id of a container's first process; null where the container does not run. */
export async function containerProcess(
  host: Host,
  docker: Docker,
  name: string,
): Promise<number | null> {
  const [client, ...options] = docker.command;
  const { stdout } = await host.run({
    argv: [client, ...options, "inspect", "--format={{.State.Pid}}", containerName(name)],
    timeoutSeconds: 10,
  });
  const pid = /^[1-9]\d*$/.exec(stdout.trim())?.[0];
  return pid === undefined ? null : Number(pid);
}
