import { assert, assertEquals, assertThrows } from "@std/assert";
import { openDocker, runInContainer } from "../docker/docker.ts";
import { liveHost } from "../seam/live.ts";
import { gatherPayload } from "../payload.ts";
import { Problem } from "../../problem.ts";
import {
  buildCensus,
  censusArguments,
  isReachable,
  LAST_CALL,
  NO_CALL,
  parseCensus,
} from "./syscall_census.ts";
import { buildToolsImage } from "../docker/tools_image.ts";

const NUMBERS = [...Array(LAST_CALL + 1).keys(), NO_CALL];
const HEAD = "getpid 172\nmount 40\n";
const FORMS: Readonly<Record<number, string>> = {
  0: "reached 38 14",
  1: "refused 1 -",
  2: "allowed 38 -",
  3: "reached 38 w",
  4: "refused s31 -",
  5: "reached s4 s4",
};
const LINES = NUMBERS.map((number) => `${number} ${FORMS[number] ?? "unknown 38 38"}`);
const ODD: Readonly<Record<string, string>> = {
  "is empty": "",
  "lacks its head": `${LINES.join("\n")}\n`,
  "was cut off": `${HEAD}${LINES.slice(0, 300).join("\n")}\n`,
  "has a number twice": `${HEAD}${[...LINES, LINES[7]].join("\n")}\n`,
  "has a class of its own": `${HEAD}${LINES.join("\n").replace("refused", "harmless")}\n`,
  "has garbage": `${HEAD}${LINES.join("\n")}\nKilled\n`,
};

Deno.test("parseCensus() counts what is reached and what is allowed", () => {
  const { entries, reachable, getpid, mount } = parseCensus(`${HEAD}${LINES.join("\n")}\n`);
  assertEquals([reachable, getpid, mount, entries.size], [4, 172, 40, LAST_CALL + 2]);
  assertEquals(entries.get(3), { number: 3, class: "reached", filtered: "38", executed: "w" });
});

for (const [what, text] of Object.entries(ODD)) {
  Deno.test(`parseCensus() refuses a census that ${what}`, () => {
    assertThrows(() => parseCensus(text), Problem);
  });
}

Deno.test("The census tells what Docker's filter refuses (slow)", async () => {
  const host = await liveHost();
  const folder = await host.temporaryFolder();
  const docker = await openDocker(host, folder);
  try {
    const image = await buildToolsImage(host, docker, {
      payload: await gatherPayload(host, []),
      folder,
    });
    const source = await host.temporaryFolder();
    await buildCensus(host, source);
    const { stdout } = await runInContainer(host, docker, {
      image,
      name: "census-test",
      argv: ["/cellproof/syscalls", ...censusArguments()],
      mounts: [{ source, target: "/cellproof", readOnly: true }],
      timeoutSeconds: 60,
    });
    const { entries, getpid, mount, reachable } = parseCensus(stdout);
    const own = entries.get(getpid);
    assert(own !== undefined && isReachable(own));
    assertEquals([entries.get(mount)?.class, entries.get(NO_CALL)?.class], ["refused", "unknown"]);
    assert(reachable > 100 && reachable < LAST_CALL, `${reachable}`);
  } finally {
    await docker.close();
    await host.close();
  }
});
