import { assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { LINK_FILES, LINK_RUNS, linkFolder } from "../../runners/fleet/link_job.ts";
import { liveHost } from "../../runners/seam/live.ts";
import { ALL_TRUE } from "./control_fleets.ts";
import type { FleetMember } from "./fleet_member.ts";
import { type LinkPair, pairsOf } from "./link_pairs.ts";
import { pairText, parsePair, readLinks } from "./links.ts";

const [MEMBER = fail()] = ALL_TRUE.hosts;
const [PAIR = fail()] = pairsOf(membersOf(2));

function fail(): never {
  throw new Error("there is none");
}

function membersOf(count: number, change: Partial<FleetMember> = {}): FleetMember[] {
  return Array.from(
    { length: count },
    (_, index) => ({ ...MEMBER, ...change, name: `n${index + 1}` }),
  );
}

function nodesOf(pairs: readonly LinkPair[]): string[] {
  return pairs.map(({ from, to }) => `${from.node} ${to.node}`);
}

Deno.test("pairsOf() takes each host once, and few pairs", () => {
  assertEquals(nodesOf(pairsOf(membersOf(5))), ["n1 n2", "n3 n4"]);
  assertEquals(pairsOf(membersOf(40)).length, 8);
  assertEquals(pairsOf(membersOf(1)), []);
});

const UNFIT: Record<string, Partial<FleetMember>> = {
  "in a guest": { bareMetal: false },
  "without a GPU": { gpus: [] },
  "without a port": { infiniband: [] },
  "of which nothing is told": { infiniband: null },
  "whose port is down": portsWith({ active: false }),
  "whose port is of Ethernet": portsWith({ linkLayer: "Ethernet" }),
  "whose adapter has no name of an adapter": portsWith({ adapter: "-x; rm" }),
};
for (const [words, change] of Object.entries(UNFIT)) {
  Deno.test(`pairsOf() leaves out a host ${words}`, () => {
    assertEquals(pairsOf([...membersOf(1), { ...MEMBER, ...change, name: "n9" }]), []);
  });
}

function portsWith(change: object): Partial<FleetMember> {
  return { infiniband: MEMBER.infiniband?.map((port) => ({ ...port, ...change })) ?? null };
}

Deno.test("pairsOf() takes the fastest port of each, and the slower one's rate", () => {
  const [port = fail()] = MEMBER.infiniband ?? [];
  const slow = { ...port, bitsPerSecond: 100e9 };
  const fast = { ...port, adapter: "mlx5_7", port: "2", bitsPerSecond: 400e9 };
  const [one, other] = membersOf(2, { infiniband: [slow, fast] });
  const [pair] = pairsOf([one ?? fail(), { ...other ?? fail(), infiniband: [slow] }]);
  assertEquals(pair?.from.port, { device: "mlx5_7", port: "2" });
  assertEquals([pair?.to.port.device, pair?.bytesPerSecond], ["mlx9_0", 12.5e9]);
});

Deno.test("parsePair() gives back what was written, and null for anything else", () => {
  assertEquals(parsePair(pairText(PAIR)), PAIR);
  const others = ["", "{}", "[]", '{"from":1}', pairText(PAIR).replace("mlx9_0", "-x")];
  assertEquals([null, ...others].map(parsePair), [null, ...others].map(() => null));
  fc.assert(fc.property(fc.json(), (text) => parsePair(text) === null));
});

const TABLE = " Link type       : IB\n" +
  " #bytes     #iterations    BW peak[Gb/sec]    BW average[Gb/sec]   MsgRate[Mpps]\n" +
  " 1048576    70000            0.00               196.57             0.023433\n";

/** Reads a link whose job left these files. */
async function linkLeft(files: Readonly<Record<string, string>>) {
  const host = await liveHost();
  try {
    const fleet = await host.temporaryFolder();
    const folder = `${fleet}/${linkFolder(PAIR)}`;
    await Deno.mkdir(folder, { recursive: true });
    const all = { [LINK_FILES.pair]: pairText(PAIR), ...files };
    for (const [name, text] of Object.entries(all)) {
      await Deno.writeTextFile(`${folder}/${name}`, text);
    }
    const [link = fail()] = await readLinks(host, fleet);
    return link;
  } finally {
    await host.close();
  }
}

function runs(count: number, client: string, status = 0): Record<string, string> {
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  return Object.fromEntries(numbers.flatMap((run) => [
    [LINK_FILES.client(run), client],
    [LINK_FILES.end(run), `{"client":${status},"server":0}`],
  ]));
}

Deno.test("readLinks() tells what each run carried, and by which command", async () => {
  const link = await linkLeft(runs(LINK_RUNS, TABLE));
  assertEquals(link.bytesPerSecond.map(Math.round), Array(LINK_RUNS).fill(24_571_250_000));
  assertEquals([link.from, link.to, link.port], ["n1", "n2", "mlx9_0 port 1"]);
  assertEquals([link.portBytesPerSecond, link.failure], [25e9, null]);
  assertEquals([link.argv[0], link.argv.at(-1)], ["ib_write_bw", "n2"]);
});

const DOWN = " Port number 1 state is Down\n";
const LEFT: Record<string, [files: Record<string, string>, part: string]> = {
  "its job left nothing": [{}, "did not come to its end"],
  "perftest is missing": [
    { [LINK_FILES.failure]: "perftest is not installed on n1: apt-get install perftest\n" },
    "apt-get install perftest",
  ],
  "every client failed": [runs(2, DOWN, 1), "status 1: Port number 1"],
  "srun had the last word": [
    runs(2, `${DOWN}srun: error: n1: task 0: Exited with exit code 1\n`, 1),
    "status 1: Port number 1",
  ],
  "only srun said anything": [runs(1, "srun: error: n2 is gone\n", 1), "srun: error: n2 is gone"],
  "it ran over Ethernet": [runs(5, TABLE.replace("IB", "Ethernet")), "by Ethernet"],
  "a client that failed printed a table": [runs(1, TABLE, 1), "status 1"],
};
for (const [words, [files, part]] of Object.entries(LEFT)) {
  Deno.test(`readLinks() says why there are no figures where ${words}`, async () => {
    const link = await linkLeft(files);
    assertEquals(link.bytesPerSecond, []);
    assertStringIncludes(link.failure ?? "", part);
  });
}
