/**
 * QEMU's real guest agent on this very machine, behind a socket in place of a machine's port.
 *
 * @module
 */
import type { Host, Session } from "../host.ts";
import { GuestAgent } from "../lab/guest_agent.ts";
import { labHost, type LabHostOptions } from "../lab/lab_host.ts";
import { LineQueue } from "../seam/line_queue.ts";

const AGENT = "/usr/sbin/qemu-ga";

/** Whether there is an agent here, which must be root as it is in a machine. */
export async function hasLocalAgent(): Promise<boolean> {
  const found = await Deno.stat(AGENT).catch(() => null);
  return found !== null && Deno.uid() === 0;
}

/** An agent that runs here. */
export interface LocalAgent {
  readonly agent: GuestAgent;
  /** Ends it with no warning, as a machine does that loses its power. */
  kill(): Promise<void>;
}

export async function startLocalAgent(): Promise<LocalAgent> {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/agent`;
  const args = ["-m", "unix-listen", "-p", path, "-t", folder, "-f", `${folder}/pid`];
  const command = new Deno.Command(AGENT, { args, stdout: "null", stderr: "null" }).spawn();
  const connection = await connectWhenReady(path);
  const session = new SocketSession(connection);
  const host = { start: () => Promise.resolve(session) } as unknown as Host;
  const options = { path, timeoutSeconds: 10, lifeSeconds: 60 };
  const agent = await GuestAgent.connect(host, options);
  let killed: Promise<void> | null = null;
  const kill = async () => {
    command.kill("SIGKILL");
    await command.status;
    await session.stop();
    await Deno.remove(folder, { recursive: true });
  };
  return { agent, kill: () => killed ??= kill() };
}

/** Runs a test on this machine through its agent. */
export async function withAgentHost(
  test: (host: Host, local: LocalAgent) => Promise<void>,
  options: Partial<LabHostOptions> = {},
): Promise<void> {
  const local = await startLocalAgent();
  const host = labHost({ agent: local.agent, id: crypto.randomUUID(), ...options });
  try {
    await test(host, local);
  } finally {
    await host.close().catch(() => {});
    await local.kill();
  }
}

async function connectWhenReady(path: string): Promise<Deno.UnixConn> {
  for (let tries = 0;; tries++) {
    try {
      return await Deno.connect({ transport: "unix", path });
    } catch (error) {
      if (tries > 500) throw error;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}

/** Lines over a socket. */
class SocketSession implements Session {
  readonly #connection: Deno.UnixConn;
  readonly #lines = new LineQueue();
  readonly #reading: Promise<void>;
  #isOpen = true;

  constructor(connection: Deno.UnixConn) {
    this.#connection = connection;
    this.#reading = this.#read();
  }

  async send(line: string): Promise<void> {
    const bytes = new TextEncoder().encode(`${line}\n`);
    try {
      for (let at = 0; at < bytes.length;) at += await this.#connection.write(bytes.subarray(at));
    } catch {
      // As into a pipe that nobody reads any more: `receive` tells.
    }
  }

  receive(timeoutSeconds: number): Promise<string | null> {
    return this.#lines.next(timeoutSeconds);
  }

  async stop(): ReturnType<Session["stop"]> {
    if (this.#isOpen) this.#connection.close();
    this.#isOpen = false;
    await this.#reading;
    const times = { startedAt: new Date().toISOString(), durationSeconds: 0 };
    return { ended: "exited", status: 0, stdout: "", stderr: "", ...times };
  }

  async #read(): Promise<void> {
    const buffer = new Uint8Array(64 * 1024);
    for (;;) {
      const count = await this.#connection.read(buffer).catch(() => null);
      if (count === null) break;
      this.#lines.add(buffer.slice(0, count));
    }
    this.#lines.end();
  }
}
