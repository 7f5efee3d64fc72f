import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { FLEET_FILE, parseFleet } from "../reports/fleet/fleet_json.ts";
import { TestCluster } from "../runners/slurm/testing/cluster.ts";
import type { FleetResult } from "../suites/fleet/fleet_result.ts";
import config from "../deno.json" with { type: "json" };
import { projectPath } from "./project.ts";

/** A fleet's coordinator, as a user starts it. */
function coordinator(cluster: TestCluster, args: readonly string[]): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    // `deno task` would stay between a signal and the run.
    args: [...config.tasks.bench.split(" ").slice(1), "--on", "slurm", ...args],
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

/** The folders that runs have on this machine now. */
function runFolders(): string[] {
  const temporary = Deno.env.get("TMPDIR") ?? "/tmp";
  return [...Deno.readDirSync(temporary)].map(({ name }) => name)
    .filter((name) => name.startsWith("cellproof-fleet-"));
}

async function jobs(cluster: TestCluster): Promise<string> {
  const argv = ["squeue", "--noheader", "--format=%j %T"] as const;
  return (await cluster.host.run({ argv, timeoutSeconds: 10 })).stdout.trim();
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

/** Waits until something is so. */
async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; i < 300; i++) {
    if (await isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`waited in vain until ${what}`);
}

function hasBegun(folder: string, node: string): boolean {
  try {
    return Deno.statSync(`${folder}/nodes/${node}/started.json`).isFile;
  } catch {
    return false;
  }
}

const PLAYED = {
  n1: "synthetic-one-gpu",
  n2: "synthetic-eight-gpus",
  n3: "synthetic-mig",
  n4: "synthetic-lost-gpu",
  n5: "synthetic-bare-a40",
};

Deno.test("bench --on slurm measures a cluster", async (t) => {
  await using cluster = await TestCluster.start({ nodes: 5 });
  const work = await Deno.makeTempDir();
  const before = runFolders();

  await t.step(
    "names the node that died, the drained and the busy one, and judges the rest",
    async () => {
      const out = `${work}/faulty`;
      const replay = await fixtures(`${work}/a`, PLAYED, ["n2"]);
      await cluster.drain("n3", "fan broken");
      const busy = [
        "sbatch",
        "--parsable",
        "-w",
        "n4",
        "--exclusive",
        "--output=/dev/null",
        "--wrap=sleep 600",
      ];
      const foreign = await cluster.host.run({
        argv: busy as [string, ...string[]],
        timeoutSeconds: 10,
      });
      const process = coordinator(cluster, [replay, "--wait=20s", "--out", out]);
      await until("n2 has begun", () => hasBegun(out, "n2"));
      await cluster.killNode("n2");
      const { code, text } = await ended(process);
      assertEquals(code, 100, text);
      const fleet = await fleetIn(out);
      assertEquals(states(fleet), {
        n1: "measured",
        n2: "died dead-node left-files",
        n3: "unavailable unavailable-node",
        n4: "waited waited",
        n5: "measured",
      });
      assertMatch(text, /n3[^]*fan broken/);
      assertEquals(await jobs(cluster), "wrap RUNNING");
      await cluster.host.run({ argv: ["scancel", foreign.stdout.trim()], timeoutSeconds: 10 });
      await cluster.resume("n3");
      await cluster.startNode("n2");
    },
  );

  await t.step("runs for real on one node, which leaves nothing there", async () => {
    const out = `${work}/live`;
    const args = ["--nodes=n1", "--budget=1m", "--out", out, "03.1.2/connection"];
    const { code, text } = await ended(coordinator(cluster, args));
    assert([0, 100, 101].includes(code), text);
    const { hosts, common, request } = await fleetIn(out);
    assertEquals(hosts.map(({ name, state }) => [name, state]), [["n1", "measured"]]);
    assertEquals([common?.kind, request?.partition], ["live", "gpu"]);
  });

  await t.step("goes on with the jobs of a coordinator that was killed", async () => {
    const out = `${work}/killed`;
    const replay = await fixtures(`${work}/b`, PLAYED, ["n1"]);
    const args = [replay, "--nodes=n1,n5", "--out", out];
    const first = coordinator(cluster, args);
    await until("n1 has begun", () => hasBegun(out, "n1"));
    first.kill("SIGKILL");
    await first.output();
    const second = coordinator(cluster, args);
    const answers = projectPath(`fixtures/${PLAYED.n1}/answers.jsonl`);
    const fill = ["-c", 'cat -- "$1" >"$2"', "fill", answers, `${work}/b/n1/answers.jsonl`];
    await new Deno.Command("bash", { args: fill }).output();
    const { code, text } = await ended(second);
    assertEquals(code, 100, text);
    assertEquals(states(await fleetIn(out)), { n1: "measured", n5: "measured" });
  });

  await t.step("leaves no job and no file behind after Ctrl-C", async () => {
    const out = `${work}/cancelled`;
    const replay = await fixtures(`${work}/c`, PLAYED, ["n1", "n5"]);
    const process = coordinator(cluster, [replay, "--nodes=n1,n5", "--out", out]);
    await until("both have begun", () => hasBegun(out, "n1") && hasBegun(out, "n5"));
    process.kill("SIGINT");
    const { code, text } = await ended(process);
    assertEquals(code, 130, text);
    assertEquals(states(await fleetIn(out)), {
      n1: "cancelled cancelled",
      n5: "cancelled cancelled",
    });
    assertEquals(await jobs(cluster), "");
  });

  await t.step("lets two fleets run at once", async () => {
    const replay = await fixtures(`${work}/d`, PLAYED);
    const outs = ["one", "two"].map((name) => `${work}/${name}`);
    const nodes = "--nodes=n1,n5";
    const both = outs.map((out) => ended(coordinator(cluster, [replay, nodes, "--out", out])));
    for (const { code, text } of await Promise.all(both)) assertEquals(code, 100, text);
    const [one, two] = await Promise.all(outs.map(fleetIn));
    assert(one?.request?.id !== two?.request?.id);
    for (const fleet of [one, two]) {
      assertEquals(fleet?.hosts.map(({ state }) => state), ["measured", "measured"]);
    }
  });

  await t.step("refuses what cannot be, and submits nothing", async () => {
    const out = `${work}/refused`;
    const refused = async (args: readonly string[], words: string) => {
      const { code, text } = await ended(coordinator(cluster, [...args, "--out", out]));
      assert(code === 1 || code === 2, text);
      assertStringIncludes(text, words);
      assertEquals(await jobs(cluster), "");
    };
    await refused(["--partition=nope"], "gpu");
    await refused(["--nodes=n9"], "n9");
    await refused(["--gres=gpu:9"], "gpu:9");
    await refused(["--budget=100h"], "partition");
    assert(!(await Array.fromAsync(Deno.readDir(work))).some(({ name }) => name === "refused"));
  });

  assertEquals(runFolders().filter((name) => !before.includes(name)).length, 1, "the dead node's");
  await Deno.remove(work, { recursive: true });
});
