import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import {
  attemptArguments,
  type AttemptCall,
  buildAttempts,
  MARKER_NAME,
  parseAttempts,
  parseMarker,
  startMarker,
} from "./attempts.ts";
import { liveHost } from "../seam/live.ts";
import { Problem } from "../../problem.ts";

const CALLS: readonly AttemptCall[] = [
  { verb: "read-file", argument: "/x" },
  { verb: "mount", argument: "tmpfs" },
];
const GOOD = "read-file\tdone\t-\tb-1\ttext with blanks\nmount\tfailed\tEPERM\t-\t\n";
const ODD: Readonly<Record<string, string>> = {
  "is empty": "",
  "lacks a line": "read-file\tdone\t-\tb-1\ttext\n",
  "has a line more": `${GOOD}mount\tfailed\tEPERM\t-\t\n`,
  "answers in another order": GOOD.split("\n").slice(0, 2).reverse().join("\n"),
  "lacks a field": "read-file\tdone\t-\tb-1\nmount\tfailed\tEPERM\t-\t\n",
  "has a field more": "read-file\tdone\t-\tb-1\ta\tb\nmount\tfailed\tEPERM\t-\t\n",
  "did it with an errno": "read-file\tdone\tEPERM\tb-1\ta\nmount\tfailed\tEPERM\t-\t\n",
  "failed without one": "read-file\tfailed\t-\tb-1\ta\nmount\tfailed\tEPERM\t-\t\n",
  "is a message": "docker: Error response from daemon.\nSee 'docker run --help'.\n",
};

Deno.test("parseAttempts() gives an answer for each call", () => {
  assertEquals(parseAttempts(GOOD, CALLS), [
    { ...CALLS[0], done: true, errno: null, bootId: "b-1", detail: "text with blanks" },
    { ...CALLS[1], done: false, errno: "EPERM", bootId: null, detail: "" },
  ] as ReturnType<typeof parseAttempts>);
});

for (const [what, text] of Object.entries(ODD)) {
  Deno.test(`parseAttempts() refuses output that ${what}`, () => {
    assertThrows(() => parseAttempts(text, CALLS), Problem);
  });
}

Deno.test("parseMarker() reads the process and a port for each address", () => {
  assertEquals(parseMarker("812 40001 40002", 2), { process: 812, ports: [40001, 40002] });
  assertEquals(parseMarker("812", 0), { process: 812, ports: [] });
  for (const line of ["", "812", "812 40001", "0 1 2", "a b c", "812 40001 70000", "812 1 -2"]) {
    assertEquals(parseMarker(line, 2), null, line);
  }
});

Deno.test("The attempts find a marker of the host, and nothing that does not exist", async () => {
  const host = await liveHost();
  try {
    const program = await buildAttempts(host, await host.temporaryFolder());
    const addresses = ["127.0.0.1"];
    const marker = await startMarker(host, { program, nonce: "n0-nce", addresses, prefix: [] });
    const own = (await host.readText("/proc/sys/kernel/random/boot_id"))?.trim();
    const run = async (calls: readonly AttemptCall[]) => {
      const argv = [program, ...attemptArguments(calls)] as [string, ...string[]];
      return parseAttempts((await host.run({ argv, timeoutSeconds: 20 })).stdout, calls);
    };
    const there = await run([
      { verb: "find-process", argument: MARKER_NAME },
      { verb: "trace", argument: `${marker.process}` },
      { verb: "connect", argument: `127.0.0.1:${marker.ports[0]}` },
    ]);
    assertEquals(there.map(({ detail }) => detail), ["n0-nce", "n0-nce", "n0-nce"]);
    assert(there.every(({ bootId }) => bootId === own));
    await marker.stop();
    const gone = await run([
      { verb: "find-process", argument: MARKER_NAME },
      { verb: "trace", argument: "4194304" },
      { verb: "connect", argument: `127.0.0.1:${marker.ports[0]}` },
      { verb: "read-device", argument: "/dev/cellproof-absent" },
    ]);
    assertEquals(gone.map(({ errno }) => errno), ["ESRCH", "ESRCH", "ECONNREFUSED", "ENOENT"]);
    assertMatch(gone[0]?.detail ?? "", /^\d+ processes seen$/);
  } finally {
    await host.close();
  }
});
