/**
 * Sockets: refused without permission, usable with it.
 *
 * @module
 */
import {
  callSockets,
  connectFromInside,
  type Connection,
  connectNatively,
  type SocketCall,
  startTcpPeer,
} from "../../runners/sandbox/wasi_sockets.ts";
import { Problem } from "../../problem.ts";
import type { Places } from "../places.ts";
import { lacking, negative, observed, positive } from "../probe.ts";
import type { Control, Observation } from "../result.ts";
import { inGroups, takeImportCensus } from "./census.ts";
import type { Sandbox } from "./sandbox.ts";

const GRANTED = ["-S", "inherit-network"];
const HEARD_SECONDS = 5;

interface Conversations {
  /** What the listener received from a native client, and from the module with permission. */
  readonly heardNatively: string | null;
  readonly heardGranted: string | null;
  readonly native: string;
  readonly refused: Connection;
  readonly granted: Connection;
  /** With permission, after the listener has ended. */
  readonly nobody: Connection;
}

/** Observes sockets without and with permission. */
export async function observeSockets(sandbox: Sandbox, places: Places): Promise<Observation[]> {
  const calls = await callSockets(sandbox.host, sandbox);
  const conversations = await converse(sandbox);
  sandbox.keep("sandbox-sockets.json", { calls, conversations });
  const { asked, there } = inGroups(await takeImportCensus(places), ["socket"]);
  const used = calls.filter(({ errnos }) => errnos.includes("success"));
  const { refused, granted } = conversations;
  if (granted.connected && !refused.connected && refused.refusal !== "access-denied") {
    throw unclear(refused);
  }
  return [
    observed("sandbox-view/sockets-refused", {
      value: used.length === 0 && there.length === 0 && !refused.connected,
      seen:
        `Without permission, on descriptors 3 to 9: ${describeCalls(calls)}; of ${asked.length} ` +
        `imports that would make a socket ${there.length} are there; connecting by wasi:sockets: ` +
        `${refused.refusal ?? "connected"}.`,
      controls: [
        spokeNatively(conversations),
        positive(
          "the same component connects with permission (-S inherit-network)",
          granted.connected,
          granted.refusal ?? granted.received,
        ),
        nobodyAnswers(conversations),
      ],
    }),
    socketsGranted(conversations),
  ];
}

/** Only a refusal by permission is one; a module that was ended, say, tells nothing. */
function unclear({ refusal }: Connection): Problem {
  return new Problem({
    action: "connect from a module without permission",
    condition: "it was not refused for want of permission",
    seen: refusal ?? "connected",
  });
}

async function converse({ host, wasmtime, folder }: Sandbox): Promise<Conversations> {
  const peer = await startTcpPeer(host, folder);
  const { port } = peer;
  const connect = (options: readonly string[]) =>
    connectFromInside(host, { wasmtime, folder }, { port, options });
  try {
    const native = await connectNatively(host, port);
    const heardNatively = await peer.received(HEARD_SECONDS);
    const refused = await connect([]);
    const granted = await connect(GRANTED);
    const heardGranted = granted.connected ? await peer.received(HEARD_SECONDS) : null;
    await peer.stop();
    const nobody = await connect(GRANTED);
    return { heardNatively, heardGranted, native, refused, granted, nobody };
  } finally {
    await peer.stop();
  }
}

function socketsGranted(conversations: Conversations): Observation {
  const name = "sandbox-view/sockets-granted";
  const { granted, heardGranted, refused } = conversations;
  if (granted.refusal?.startsWith("not instantiated")) {
    return lacking(name, `This Wasmtime has no wasi:sockets: ${granted.refusal}.`, "tools");
  }
  return observed(name, {
    value: granted.connected && heardGranted === "ping",
    seen: granted.connected
      ? `With -S inherit-network the component connected to a native listener by wasi:sockets: ` +
        `it sent "${heardGranted}", and received "${granted.received}".`
      : `With -S inherit-network the component did not connect: ${granted.refusal}.`,
    controls: [
      spokeNatively(conversations),
      nobodyAnswers(conversations),
      negative(
        "the same component does not connect without permission",
        !refused.connected,
        refused.refusal ?? "connected",
      ),
    ],
  });
}

function spokeNatively({ native, heardNatively }: Conversations): Control {
  const held = native === "pong:ping" && heardNatively === "ping";
  return positive("a native program talks to the same listener", held, native);
}

function nobodyAnswers({ nobody }: Conversations): Control {
  const what = "with permission, a port that nobody listens on refuses the connection";
  return negative(what, nobody.refusal === "connection-refused", nobody.refusal ?? "connected");
}

function describeCalls(calls: readonly SocketCall[]): string {
  return calls.map(({ call, errnos }) => `${call} ${[...new Set(errnos)].join("/")}`).join(", ");
}
