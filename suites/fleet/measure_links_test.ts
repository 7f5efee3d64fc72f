import { dirname } from "node:path";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { LINK_FILES, LINK_RUNS } from "../../runners/fleet/link_job.ts";
import standIn from "../../runners/fleet/testing/stand_in_ib_write_bw.sh" with { type: "text" };
import type { Host } from "../../runners/host.ts";
import { Slurm } from "../../runners/slurm/slurm.ts";
import { until } from "../../runners/testing/until.ts";
import { TestCluster } from "../../runners/slurm/testing/cluster.ts";
import { TEST_PARTITION } from "../../runners/slurm/testing/cluster_configuration.ts";
import { changedHost } from "../../runners/testing/changed_host.ts";
import type { HostArrival } from "./arrival.ts";
import { ALL_TRUE } from "./control_fleets.ts";
import { LINK_CLAIM, type LinkPorts, measureLinks } from "./measure_links.ts";
import { observeMembers } from "./observations.ts";
import { type DigestCase, sampleArrival, sampleDigest } from "./testing/sample_digests.ts";
import { ScriptedSlurm } from "./testing/scripted_slurm.ts";

const PLAN = new ScriptedSlurm([]).plan({ partition: TEST_PARTITION });
const [PORT = fail()] = ALL_TRUE.hosts[0]?.infiniband ?? [];

function fail(): never {
  throw new Error("there is none");
}

/** The machine of a cluster, whose jobs find the programs of a folder first. */
function finding(folder: string, host: Host): Host {
  const env = { PATH: `${folder}:${Deno.env.get("PATH")}` };
  return changedHost(host, {
    run: (request) => host.run({ ...request, env: { ...request.env, ...env } }),
  });
}

/** What arrived of hosts that are linked, each through its own adapter. */
function arrivalsOf(adapters: Readonly<Record<string, string>>): HostArrival[] {
  return Object.entries(adapters).map(([name, adapter]) => {
    const claims = { [LINK_CLAIM]: "untested" } as const;
    return sampleArrival({ hostname: name, claims, infiniband: [{ ...PORT, adapter }] }, { name });
  });
}

/** What a coordinator of a fleet on a cluster has, in a folder of its own. */
async function portsOn(cluster: TestCluster, host = cluster.host): Promise<LinkPorts> {
  const folder = await host.temporaryFolder();
  await Deno.writeTextFile(`${folder}/nonce`, PLAN.id);
  return {
    host,
    slurm: await Slurm.open(host),
    folder,
    script: "/nothing",
    linkScript: new URL("../../runners/fleet/link.sh", import.meta.url).pathname,
    keep: (path, text) => {
      Deno.mkdirSync(dirname(`${folder}/${path}`), { recursive: true });
      Deno.writeTextFileSync(`${folder}/${path}`, text);
    },
    say: () => {},
    interrupted: () => false,
    sleep,
  };
}

async function sleep(seconds: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}

/** The jobs of a link of the fleet, by the state that each is in now. */
async function statesOf({ slurm }: LinkPorts, link: string): Promise<string[]> {
  const jobs = await slurm.jobs(`cellproof-${PLAN.id}-link-${link}`);
  return jobs.map(({ state }) => state);
}

Deno.test("measureLinks() measures by jobs of a Slurm cluster", async (test) => {
  await using cluster = await TestCluster.start({ nodes: 5 });
  const programs = await cluster.host.temporaryFolder();
  await Deno.writeTextFile(`${programs}/ib_write_bw`, standIn, { mode: 0o755 });
  const able = finding(programs, cluster.host);

  await test.step("and tells what each run printed, or what a client said that failed", async () => {
    const ports = await portsOn(cluster, able);
    const hosts = arrivalsOf({ n1: "mlx9_0", n2: "mlx9_0", n3: "down", n4: "down", n5: "mlx9_0" });
    const [link = fail(), down, ...others] = await measureLinks(hosts, PLAN, ports);
    const gigabits = link.bytesPerSecond.map((rate) => rate * 8 / 1e9);
    assertEquals([link.from, link.to, link.failure, gigabits], [
      ...["n1", "n2", null],
      [15, 16, 17, 18, 19],
    ]);
    const because = "ib_write_bw ended with status 1: Port number 1 state is Down";
    assertEquals([down?.from, down?.failure, others], ["n3", because, []]);
    const first = `${ports.folder}/links/n1+n2/${LINK_FILES.client(1)}`;
    assertStringIncludes(await Deno.readTextFile(first), "STAND-IN");
    const named = ALL_TRUE.hosts.map((host, index) => ({ ...host, name: `n${index + 1}` }));
    const [, , carries] = observeMembers({ ...ALL_TRUE, hosts: named, links: [link] });
    assertEquals(carries?.absence?.verdict, "inconclusive", carries?.seen);
  });

  await test.step("and finds the job of a coordinator that was killed", async () => {
    // Without the stand-in: it says soon that perftest is missing.
    const ports = await portsOn(cluster);
    const hosts = arrivalsOf({ n2: "mlx9_0", n4: "mlx9_0" });
    const killed = { ...ports, sleep: () => Promise.reject(new Error("killed")) };
    await assertRejects(() => measureLinks(hosts, PLAN, killed), Error, "killed");
    const [link, ...others] = await measureLinks(hosts, PLAN, ports);
    assertEquals(link?.failure, "perftest is not installed on n4: apt-get install perftest");
    assertEquals([others, (await statesOf(ports, "n2+n4")).length], [[], 1]);
    // What is measured is not measured again.
    assertEquals(await measureLinks(hosts, PLAN, { ...ports, slurm: failing() }), [link]);
  });

  await test.step("and ends the jobs where the user interrupts", async () => {
    let interrupted = false;
    const ports = {
      ...await portsOn(cluster, able),
      interrupted: () => interrupted,
      sleep: (seconds: number) => sleep(seconds).then(() => void (interrupted = true)),
    };
    const hosts = arrivalsOf({ n1: "mlx9_0", n3: "mlx9_0" });
    const [link, ...others] = await measureLinks(hosts, PLAN, ports);
    assertEquals(others, []);
    // How far its job had come by then depends on the machine.
    const figures = link?.bytesPerSecond.length ?? NaN;
    assert(figures < LINK_RUNS);
    assertEquals(link?.failure === null, figures > 0);
    const states = () => statesOf(ports, "n1+n3");
    await until("its job is cancelled", async () => (await states())[0] === "CANCELLED");
    assertEquals(await states(), ["CANCELLED"]);
    const later = arrivalsOf({ n2: "mlx9_0", n5: "mlx9_0" });
    await measureLinks(later, PLAN, ports);
    assertEquals(await statesOf(ports, "n2+n5"), [], "none is submitted after an interrupt");
  });

  await test.step("and says why where Slurm refuses a job or does not answer", async () => {
    const hosts = arrivalsOf({ n1: "mlx9_0", n5: "mlx9_0" });
    const refused = { ...PLAN, order: { ...PLAN.order, partition: "nope" } };
    const [link] = await measureLinks(hosts, refused, await portsOn(cluster));
    assertStringIncludes(link?.failure ?? "", "the partition nope: there is none");
    const silent = { ...await portsOn(cluster), slurm: failing() };
    const [other] = await measureLinks(hosts, PLAN, silent);
    assertStringIncludes(other?.failure ?? "", "does not answer");
  });
});

/** A Slurm whose controller does not answer. */
function failing(): ScriptedSlurm {
  const slurm = new ScriptedSlurm([]);
  slurm.refuses = () => true;
  return slurm;
}

Deno.test("measureLinks() asks for no more time than the partition allows", async () => {
  const slurm = new ScriptedSlurm([]);
  const ports = { ...slurm.ports, linkScript: "/nothing", keep: () => {} };
  for (const longestSeconds of [null, 300]) {
    slurm.longestSeconds = longestSeconds;
    await measureLinks(arrivalsOf({ n1: "mlx9_0", n2: "mlx9_0" }), PLAN, ports);
  }
  assertEquals(slurm.submissions.map(({ timeLimitSeconds }) => timeLimitSeconds), [600, 300]);
});

const UNLINKED: Record<string, Partial<HostArrival>> = {
  "whose run was interrupted": {
    outcome: { kind: "result", digest: linkedDigest({ end: "interrupted" }) },
  },
  "that was replayed": {
    outcome: {
      kind: "result",
      digest: linkedDigest({ ground: { ...linkedDigest({}).ground, kind: "synthetic" } }),
    },
  },
  "that was not asked for the claim": {
    outcome: { kind: "result", digest: linkedDigest({ claims: {} }) },
  },
  "that left nothing": { outcome: { kind: "nothing" } },
};
for (const [words, change] of Object.entries(UNLINKED)) {
  Deno.test(`measureLinks() measures no link of a host ${words}`, async () => {
    const slurm = failing();
    const ports = { ...slurm.ports, linkScript: "/nothing", keep: () => fail() };
    const [one = fail(), other = fail()] = arrivalsOf({ n1: "mlx9_0", n2: "mlx9_0" });
    const hosts = [one, { ...other, ...change }];
    assertEquals([await measureLinks(hosts, PLAN, ports), slurm.calls], [[], []]);
  });
}

function linkedDigest(change: Partial<DigestCase>) {
  const claims = { [LINK_CLAIM]: "untested" } as const;
  return sampleDigest({ hostname: "n2", claims, infiniband: [PORT], ...change });
}
