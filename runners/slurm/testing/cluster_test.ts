import { assertEquals } from "@std/assert";
import { until } from "../../testing/until.ts";
import { TestCluster } from "./cluster.ts";

/** Leaves a process in a session of its own, and says when it has. */
const SCRIPT = '#!/bin/bash\nsetsid sleep 600 &\nsleep 601 &\ntouch "$1"\nwait\n';

Deno.test("TestCluster.killNode() ends the node's own processes and those of its jobs", async () => {
  await using cluster = await TestCluster.start({ nodes: 2 });
  await begin(cluster, "n1");
  await begin(cluster, "n2");
  const [first, second] = [await count(cluster.name, "n1"), await count(cluster.name, "n2")];
  assertEquals([first, second], [3, 3]);
  await cluster.killNode("n1");
  assertEquals([await count(cluster.name, "n1"), await count(cluster.name, "n2")], [0, 3]);
});

Deno.test("TestCluster leaves nothing where the process that has it is killed", async () => {
  const module = new URL("./cluster.ts", import.meta.url).href;
  const code = `import { TestCluster } from "${module}";
    const cluster = await TestCluster.start({ nodes: 1 });
    await cluster.host.run({ argv: ["sbatch", "--wrap=sleep 600", "--output=/dev/null"], timeoutSeconds: 60 });
    console.log(cluster.name, cluster.folder);
    await new Promise((resolve) => setTimeout(resolve, 60_000));`;
  const args = ["eval", code];
  const process = new Deno.Command(Deno.execPath(), { args, stdout: "piped" }).spawn();
  const reader = process.stdout.getReader();
  const said = new TextDecoder().decode((await reader.read()).value);
  const [name = "", folder = ""] = said.trim().split(" ");
  process.kill("SIGKILL");
  await process.status;
  await reader.cancel();
  await until("its folder is gone", async () => await Deno.stat(folder).catch(() => null) === null);
  assertEquals(await count(name, "n1"), 0);
  assertEquals(
    await running('find /proc/[0-9]*/fd -lname "$1/*" 2>/dev/null | wc -l', folder),
    "0",
  );
});

/** Begins a job on a node, and waits until it has. */
async function begin({ host, folder }: TestCluster, node: string): Promise<void> {
  await host.writeText(`${folder}/script.sh`, SCRIPT);
  const begun = `${folder}/begun-${node}`;
  const options = [`--nodelist=${node}`, "--output=/dev/null", "--chdir=/"];
  const argv = ["sbatch", ...options, `${folder}/script.sh`, begun] as const;
  await host.run({ argv, timeoutSeconds: 60 });
  await until(`the job on ${node} has begun`, async () => await host.readText(begun) !== null);
}

/** How many processes there are of the jobs on a node. */
async function count(cluster: string, node: string): Promise<number> {
  const script = `grep -lsazxF "SLURM_CLUSTER_NAME=$1" /proc/[0-9]*/environ |
    xargs -r grep -lsazxF "SLURMD_NODENAME=$2" | wc -l`;
  return Number(await running(script, cluster, node));
}

async function running(script: string, ...args: string[]): Promise<string> {
  const command = new Deno.Command("bash", { args: ["-c", script, "bash", ...args] });
  return new TextDecoder().decode((await command.output()).stdout).trim();
}
