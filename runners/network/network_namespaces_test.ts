import { assert, assertEquals, assertRejects } from "@std/assert";
import type { CommandResult, Host, Session } from "../host.ts";
import { iperf3Arguments, parseIperf3 } from "./iperf3.ts";
import { liveHost } from "../seam/live.ts";
import { MissingTool, Problem } from "../../problem.ts";
import {
  CLIENT_ADDRESS,
  openNamespaces,
  SERVER_ADDRESS,
  startServer,
} from "./network_namespaces.ts";
import { parsePing, pingArguments } from "./ping.ts";

Deno.test("openNamespaces() joins two namespaces and leaves nothing on the host", async () => {
  const host = await liveHost();
  const links = async () => (await host.run({ argv: ["ip", "link"], timeoutSeconds: 9 })).stdout;
  const before = await links();
  const network = await openNamespaces(host, "iperf3");
  try {
    assertEquals(await links(), before);
    const ping = { address: SERVER_ADDRESS, count: 100, mostSeconds: 2 };
    assertEquals(
      parsePing(await printed(host, network.client, ["ping", ...pingArguments(ping)])).received,
      100,
    );
    const test = { address: SERVER_ADDRESS, seconds: 1 };
    const record = parseIperf3(
      await printed(host, network.client, ["iperf3", ...iperf3Arguments(test)]),
    );
    assert(record.receivedBytes > 0);
    const loopback = { address: "127.0.0.1", seconds: 1 };
    const again = await printed(host, network.server, ["iperf3", ...iperf3Arguments(loopback)]);
    assert(parseIperf3(again).receivedBytes > 0);
    const alone = startServer(host, network.client, { iperf3Path: "iperf3", address: "192.0.2.1" });
    await assertRejects(() => alone, Problem, "does not listen");
    // The server of the namespaces has the port at every address.
    const second = { iperf3Path: "iperf3", address: SERVER_ADDRESS };
    await assertRejects(() => startServer(host, network.server, second), Problem, "not listen");
    const end = await startServer(host, network.client, {
      iperf3Path: "iperf3",
      address: CLIENT_ADDRESS,
    });
    await end();
  } finally {
    await network.close();
  }
  const holder = await host.run({
    argv: ["test", "-e", network.client[1] ?? ""],
    timeoutSeconds: 9,
  });
  assertEquals([holder.status, await links()], [1, before]);
  await host.close();
});

Deno.test("openNamespaces() names root where a user may not make namespaces", async () => {
  const lacking = async (
    uid: string,
    answer: string | null,
  ) => (await assertRejects(() => openNamespaces(answering(uid, answer), "iperf3"), Problem));
  const denied = [
    await lacking("1000", null),
    await lacking("0", "failed: no private network namespace"),
  ];
  for (const problem of denied) assert(problem instanceof MissingTool && problem.lacks === "root");
  const others = [await lacking("0", null), await lacking("0", "failed: RTNETLINK: not supported")];
  for (const problem of others) assert(!(problem instanceof MissingTool));
});

async function printed(
  host: Host,
  prefix: readonly [string, ...string[]],
  argv: readonly string[],
): Promise<string> {
  const result = await host.run({ argv: [...prefix, ...argv], timeoutSeconds: 20 });
  assertEquals([result.status, result.stderr], [0, ""]);
  return result.stdout;
}

/** A host whose user has this id, and on which a session says one line. */
function answering(uid: string, line: string | null): Host {
  const ended = { ended: "exited", status: 0, stdout: `${uid}\n`, stderr: "" };
  const result = {
    ...ended,
    startedAt: "2026-01-01T00:00:00.000Z",
    durationSeconds: 1,
  } as CommandResult;
  const session: Session = {
    send: () => Promise.resolve(),
    receive: () => Promise.resolve(line),
    stop: () => Promise.resolve(result),
  };
  const host: Pick<Host, "run" | "start"> = {
    run: () => Promise.resolve(result),
    start: () => Promise.resolve(session),
  };
  return host as Host;
}
