import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { FLEET_FILE, parseFleet } from "../../reports/fleet/fleet_json.ts";
import { FLEET_PAGE_FILE } from "../../reports/fleet/write.ts";
import { isThere } from "../../reports/json.ts";
import { HARNESS_FILE, PLAN_FILE } from "../../runners/fleet/fleet_folder.ts";
import { NONCE_FILE } from "../../runners/fleet/node_job.ts";
import { TestCluster } from "../../runners/slurm/testing/cluster.ts";
import { until } from "../../runners/testing/until.ts";
import type { FleetResult } from "../../suites/fleet/fleet_result.ts";
import { type FleetPlan, parsePlan } from "../../suites/fleet/plan.ts";
import config from "../../deno.json" with { type: "json" };
import { projectPath } from "../project.ts";

/** A fleet's coordinator, as a user starts it; `prefix` stands before it on the command line. */
function coordinator(
  cluster: TestCluster,
  args: readonly string[],
  prefix: readonly string[] = [],
): Deno.ChildProcess {
  // `deno task` would stay between a signal and the run.
  const task = config.tasks.bench.split(" ").slice(1);
  const [program = "", ...rest] = [...prefix, Deno.execPath(), ...task, "--on", "slurm", ...args];
  return new Deno.Command(program, {
    args: rest,
    cwd: projectPath(""),
    env: { ...cluster.env, NO_COLOR: "1" },
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Its exit status, and all that it printed. */
async function ended(process: Deno.ChildProcess) {
  const { code, stdout, stderr } = await process.output();
  const text = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("\n");
  return { code, text };
}

async function fleetIn(folder: string): Promise<FleetResult> {
  return await parseFleet(await Deno.readTextFile(`${folder}/${FLEET_FILE}`), folder);
}

/** Each host's state and the kinds of its faults. */
function states({ hosts, faults }: FleetResult): Record<string, string> {
  return Object.fromEntries(hosts.map(({ name, state }) => {
    const kinds = faults.filter(({ host }) => host === name).map(({ kind }) => kind);
    return [name, [state, ...kinds].join(" ")];
  }));
}

/** The folders that runs of the fleets below a folder have on this machine now. */
function runFolders(work: string): string[] {
  const ids = Array.from(Deno.readDirSync(work), ({ name }) => readPlan(`${work}/${name}`)?.id);
  const temporary = Deno.env.get("TMPDIR") ?? "/tmp";
  return Array.from(Deno.readDirSync(temporary), ({ name }) => `${temporary}/${name}`)
    .filter((path) => /\/cellproof-fleet-\w{8}$/.test(path))
    .filter((path) => ids.includes(textOf(`${path}/fleet`)?.trim()));
}

function readPlan(folder: string): FleetPlan | null {
  return parsePlan(textOf(`${folder}/${PLAN_FILE}`) ?? "");
}

function textOf(path: string): string | null {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return null;
  }
}

/** The jobs of fleets that Slurm has now. */
async function jobs(cluster: TestCluster): Promise<string> {
  const argv = ["squeue", "--noheader", "--format=%j %T"] as const;
  const { stdout } = await cluster.host.run({ argv, timeoutSeconds: 10 });
  return stdout.split("\n").filter((line) => line.startsWith("cellproof-")).join("\n");
}

/** Keeps a node busy with a job of somebody else, until what is returned is called. */
async function occupy({ host }: TestCluster, node: string): Promise<() => Promise<void>> {
  const options = [`--nodelist=${node}`, "--exclusive", "--output=/dev/null", "--chdir=/"];
  const argv = ["sbatch", "--parsable", ...options, "--wrap=sleep 600"] as const;
  const { stdout } = await host.run({ argv, timeoutSeconds: 10 });
  return async () => {
    await host.run({ argv: ["scancel", stdout.trim()], timeoutSeconds: 10 });
  };
}

/** A folder of fixtures, one by each node's name; one that is held lets its run wait for ever. */
async function fixtures(
  folder: string,
  byNode: Readonly<Record<string, string>>,
  held: readonly string[] = [],
): Promise<string> {
  for (const [node, fixture] of Object.entries(byNode)) {
    const own = `${folder}/${node}`;
    await Deno.mkdir(own, { recursive: true });
    const from = projectPath(`fixtures/${fixture}`);
    for (const name of ["fixture.json", "answers.jsonl"]) {
      const isHeld = held.includes(node) && name === "answers.jsonl";
      if (isHeld) await new Deno.Command("mkfifo", { args: [`${own}/${name}`] }).output();
      else await Deno.copyFile(`${from}/${name}`, `${own}/${name}`);
    }
  }
  return `--dry-run=${folder}/%N`;
}

/** Lets a command see other mounts than the nodes; not every container allows that. */
const APART = ["unshare", "--user", "--map-current-user", "--keep-caps", "--mount"];

async function runs([program = "", ...args]: readonly string[]): Promise<boolean> {
  return (await new Deno.Command(program, { args }).output()).success;
}

/** Options that are refused, and a part of what is said. */
const REFUSED = [
  ["--partition=nope", "Name one of: gpu, drained"],
  ["--nodes=n8,n9", "does not have the nodes n8, n9"],
  ["--gres=gpu:9", "gpu:9"],
  ["--budget=100h", "is more than the partition gpu allows"],
] as const;

/** Whether the run of a node has unpacked the harness, and thrown its archive away. */
function hasUnpacked(folder: string, node: string): boolean {
  const text = textOf(`${folder}/nodes/${node}/started.json`);
  if (text === null) return false;
  const own = `${JSON.parse(text).folder}`;
  return textOf(`${own}/harness/main.ts`) !== null && !isThere(`${own}/${HARNESS_FILE}`);
}

/** Lets a run go on that its fixture holds. */
async function letGo(fixture: string, folder: string): Promise<void> {
  const answers = projectPath(`fixtures/${fixture}/answers.jsonl`);
  const args = ["-c", 'cat -- "$1" >"$2"', "fill", answers, `${folder}/answers.jsonl`];
  await new Deno.Command("bash", { args }).output();
}

const PLAYED = {
  n1: "synthetic-one-gpu",
  n2: "synthetic-eight-gpus",
  n3: "synthetic-mig",
  n4: "synthetic-lost-gpu",
  n5: "synthetic-bare-a40",
};

const NEVER: ReturnType<typeof ended> = Promise.resolve({ code: NaN, text: "it did not begin" });

Deno.test("bench --on slurm measures a cluster", async (t) => {
  await using cluster = await TestCluster.start({ nodes: 5 });
  const work = await Deno.makeTempDir();

  const [live, damaged] = [`${work}/live`, `${work}/damaged`];
  /** Fleets that run beside the first one. */
  const beside = { live: NEVER, damaged: NEVER };

  await t.step("names each node that gave nothing, and why, and judges the rest", async () => {
    const out = `${work}/faulty`;
    const replay = await fixtures(`${work}/a`, PLAYED, ["n2"]);
    await cluster.drain("n3", "fan broken");
    const free = await occupy(cluster, "n4");
    const process = coordinator(cluster, [replay, "--wait=20s", "--out", out]);
    beside.damaged = ended(coordinator(cluster, ["--nodes=n4", "--out", damaged]));
    await until("both have begun", () => ["n1", "n2"].every((node) => hasUnpacked(out, node)));
    const args = ["--nodes=n1", "--budget=1m", "--out", live, "03.1.2/connection"];
    beside.live = ended(coordinator(cluster, args));
    await cluster.killNode("n2");
    const { code, text } = await ended(process);
    assertEquals(code, 100, text);
    assertEquals(states(await fleetIn(out)), {
      n1: "measured",
      n2: "died dead-node left-files",
      n3: "unavailable unavailable-node",
      n4: "waited waited",
      n5: "measured",
    });
    assertMatch(text, /n3[^]*fan broken/);
    await Deno.writeTextFile(`${damaged}/${HARNESS_FILE}`, "damage", { append: true });
    await free();
    await cluster.resume("n3");
    await cluster.startNode("n2");
  });

  await t.step("names a harness that was damaged on its way", async () => {
    const { code, text } = await beside.damaged;
    assertEquals(code, 2, text);
    assertEquals(states(await fleetIn(damaged)), { n4: "nothing damaged-harness" });
    assertStringIncludes(text, "is not what was packed");
  });

  await t.step("runs for real on one node, beside other fleets", async () => {
    const { code, text } = await beside.live;
    assert([0, 100, 101].includes(code), text);
    const { hosts, common, request } = await fleetIn(live);
    assertEquals(hosts.map(({ name, state }) => [name, state]), [["n1", "measured"]]);
    assertEquals([common?.kind, request?.partition], ["live", "gpu"]);
    assertEquals(await jobs(cluster), "");
  });

  await t.step("reports a fleet whose coordinator was killed before it had", async () => {
    const history = `${work}/history.sqlite`;
    for (const name of [NONCE_FILE, HARNESS_FILE]) await Deno.writeTextFile(`${live}/${name}`, "");
    await Deno.remove(`${live}/${FLEET_PAGE_FILE}`);
    const args = ["--nodes=n1", "--budget=60s", "--out", live, "--history", history];
    const { code, text } = await ended(coordinator(cluster, [...args, "03.1.2/connection"]));
    assert([0, 100, 101].includes(code), text);
    assertMatch(text, /^reporting the fleet [^]*^1 result is kept in /m);
    assert(isThere(`${live}/${FLEET_PAGE_FILE}`));
    for (const name of [NONCE_FILE, HARNESS_FILE]) assert(!isThere(`${live}/${name}`), name);
  });

  await t.step("goes on with the jobs of a coordinator that was killed, once", async () => {
    const out = `${work}/killed`;
    const replay = await fixtures(`${work}/b`, PLAYED, ["n1"]);
    const args = [replay, "--nodes=n1,n5", "--out", out];
    const first = coordinator(cluster, args);
    await until("n1 has begun", () => isThere(`${out}/nodes/n1/started.json`));
    const refusal = await ended(coordinator(cluster, args));
    assertEquals(refusal.code, 2);
    assertStringIncludes(refusal.text, "another coordinator is at work there");
    first.kill("SIGKILL");
    await first.output();
    const second = coordinator(cluster, args);
    await letGo(PLAYED.n1, `${work}/b/n1`);
    const { code, text } = await ended(second);
    assertEquals(code, 100, text);
    assertMatch(text, /^going on with the fleet .*\n2 nodes are asked, as job array \d+ /m);
    assertEquals(states(await fleetIn(out)), { n1: "measured", n5: "measured" });
    const late = await ended(coordinator(cluster, args));
    assertEquals(late.code, 1);
    assertStringIncludes(late.text, "it came to its end");
    const left = Array.from(Deno.readDirSync(out), ({ name }) => name);
    assertEquals(left.filter((name) => name.startsWith(".") || name === HARNESS_FILE), []);
  });

  await t.step("leaves no job and no file behind after Ctrl-C", async () => {
    const out = `${work}/cancelled`;
    const replay = await fixtures(`${work}/c`, PLAYED, ["n1", "n5"]);
    const process = coordinator(cluster, [replay, "--nodes=n1,n5", "--out", out]);
    const haveBegun = () => ["n1", "n5"].every((node) => hasUnpacked(out, node));
    await until("both have begun", haveBegun);
    process.kill("SIGINT");
    const { code, text } = await ended(process);
    assertEquals(code, 130, text);
    assertEquals(states(await fleetIn(out)), {
      n1: "cancelled cancelled",
      n5: "cancelled cancelled",
    });
    assertMatch(text, /\d\d:\d\d fleet: 0 of 2 done, .*n1/);
    assertStringIncludes(text, "start another fleet with --nodes 'n[1,5]' and another --out");
    assertEquals(await jobs(cluster), "");
  });

  await t.step("begins nothing after a Ctrl-C while it packs", async () => {
    const out = `${work}/packing`;
    const process = coordinator(cluster, ["--nodes=n1,n5", "--out", out]);
    await until("it packs", () => isThere(out));
    process.kill("SIGINT");
    const { code, text } = await ended(process);
    assertEquals(code, 130, text);
    assertEquals(states(await fleetIn(out)), {
      n1: "cancelled cancelled",
      n5: "cancelled cancelled",
    });
    assertEquals(await jobs(cluster), "");
  });

  await t.step({
    name: "ends a fleet whose folder no node sees, and leaves nothing",
    ignore: !await runs([...APART, "true"]),
    fn: async () => {
      const out = `${work}/unshared`;
      await Deno.mkdir(out);
      const mount = ["bash", "-c", 'mount -t tmpfs -o mode=755 none "$0" && exec "$@"', out];
      const args = ["--nodes=n1,n5", "--out", out];
      const { code, text } = await ended(coordinator(cluster, args, [...APART, ...mount]));
      assertEquals(code, 2, text);
      assertMatch(
        text,
        /node n[15] does not see the folder .*\/unshared, or cannot write to it, and no other node did/,
      );
      assertStringIncludes(text, "Name a folder that every node sees under the same path");
      assertEquals([await jobs(cluster), [...Deno.readDirSync(out)]], ["", []]);
    },
  });

  await t.step("refuses what cannot be, and submits nothing", async () => {
    const refused = async ([option, words]: readonly [string, string], index: number) => {
      const out = `${work}/refused-${index}`;
      const { code, text } = await ended(coordinator(cluster, [option, "--out", out]));
      assertEquals(code, 1, text);
      assertStringIncludes(text, words);
      assert(!text.includes("packing"), text);
      assert(!isThere(out), `${option} left its folder`);
    };
    await Promise.all(REFUSED.map(refused));
    assertEquals(await jobs(cluster), "");
  });

  // That of the dead node alone, on which nobody can clean up.
  const left = runFolders(work);
  assertEquals(left.length, 1, left.join(" "));
  for (const folder of [work, ...left]) await Deno.remove(folder, { recursive: true });
});
