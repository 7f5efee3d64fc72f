import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { parseAllDocuments } from "yaml";
import { UsageProblem } from "../problem.ts";
import { sampleFleet } from "../runners/kubernetes/testing/fleet.ts";
import type { Args } from "./command.ts";
import { inNewFolder, outFolder, readOrder, writeFleet } from "./fleet_manifest.ts";

const MAIN = new URL("../main.ts", import.meta.url).pathname;

/** What a user must say. */
const LEAST: Args = { _: [], nodes: "gpu01,gpu02", gpus: "8", image: "tools:1", claim: "fleet" };

/** Changes of a command line that is right, and what is said of them. */
const WRONG: readonly [Record<string, unknown>, string][] = [
  [{ nodes: undefined }, "--nodes is missing"],
  [{ nodes: " , " }, "the manifest of a fleet: --nodes is missing"],
  [{ nodes: "gpu01,gpu01" }, "the node gpu01 is named twice"],
  [{ nodes: "gpu[01-16]" }, "Cannot use --nodes: it is not a name of at most 253"],
  [{ nodes: "../../etc" }, '(seen: "../../etc")'],
  [{ gpus: undefined }, "--gpus is missing"],
  [{ gpus: "all" }, "Cannot use --gpus: it is not a whole number"],
  [{ image: "tools:1\nprivileged: true" }, "Cannot use --image"],
  [{ claim: "Fleet" }, "Cannot use --claim"],
  [{ namespace: "a/b" }, "Cannot use --namespace"],
  [{ "gpu-resource": "gpu" }, "Cannot use --gpu-resource: it is not a resource of a device plugin"],
  [{ budget: "long" }, "Cannot use --budget"],
  [{ _: ["99.9"] }, 'Cannot select "99.9"'],
];

Deno.test("readOrder() takes what is left out for the usual", async () => {
  const { name, ...order } = await readOrder(LEAST);
  assert(/^cellproof-[0-9a-f]{8}$/.test(name));
  assertEquals(order, {
    nodes: ["gpu01", "gpu02"],
    image: "tools:1",
    claim: "fleet",
    namespace: null,
    gpus: 8,
    gpuResource: "nvidia.com/gpu",
    privileged: false,
    budgetSeconds: 2700,
    waitSeconds: 3600,
    arguments: ["--budget=2700s"],
  });
});

Deno.test("readOrder() takes nodes as kubectl prints them", async () => {
  const { nodes } = await readOrder({ ...LEAST, nodes: "node/b.x\nnode/a\n" });
  assertEquals(nodes, ["b.x", "a"]);
});

Deno.test("readOrder() gives each pod the budget, and what follows the two dashes", async () => {
  const { arguments: given } = await readOrder({ ...LEAST, budget: "10m", _: ["11.3", "--mig"] });
  assertEquals(given, ["--budget=600s", "11.3", "--mig"]);
});

for (const [change, words] of WRONG) {
  Deno.test(`readOrder() refuses ${Object.keys(change)} where ${words}`, async () => {
    const { message } = await assertRejects(() => readOrder({ ...LEAST, ...change }), UsageProblem);
    assertStringIncludes(message, words);
  });
}

Deno.test("outFolder() is seen from the root, and one that kubectl cp can copy", () => {
  const out = (folder: string) => outFolder({ _: [], out: folder }, { name: "cellproof-1" });
  assertEquals(out("no such/folder"), `${Deno.cwd()}/no such/folder`);
  assertThrows(() => out("/tmp"), UsageProblem, "/tmp is there already");
  for (const folder of ["a:b", "a*", "a?", "a[1]", "a\\b", "a\nb: c"]) {
    assertThrows(() => out(folder), UsageProblem, "kubectl cp cannot copy");
  }
});

Deno.test("writeFleet() writes what the jobs look for", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await writeFleet(sampleFleet(), folder);
    const names = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
    assertEquals(names, ["copy.yaml", "jobs.yaml", "node.sh", "nodes", "nonce", "pod.sh"]);
    const asked = [...Deno.readDirSync(`${folder}/nodes`)].map(({ name }) => name);
    assertEquals(asked.sort(), sampleFleet().nodes);
    const jobs = parseAllDocuments(await Deno.readTextFile(`${folder}/jobs.yaml`));
    const [, script, , nonce] = jobs[0]?.toJS().spec.template.spec.containers[0].command ?? [];
    assertEquals(script, "/fleet/pod.sh");
    assertEquals((await Deno.readTextFile(`${folder}/nonce`)).trimEnd(), nonce);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("inNewFolder() leaves nothing where the disk is full", async () => {
  const base = await Deno.makeTempDir();
  const own = Deno.copyFileSync;
  Deno.copyFileSync = () => {
    throw new Error("No space left on device (os error 28)");
  };
  try {
    const fill = () => writeFleet(sampleFleet(), `${base}/fleet`);
    await assertRejects(() => inNewFolder(`${base}/fleet`, fill), Error, "os error 28");
    assertEquals([...Deno.readDirSync(base)], []);
  } finally {
    Deno.copyFileSync = own;
    await Deno.remove(base, { recursive: true });
  }
});

Deno.test("fleet-manifest says what is missing, and writes nothing", async () => {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--allow-read", "--allow-env", MAIN, "fleet-manifest"],
    env: { NO_COLOR: "1" },
  }).output();
  assertEquals(code, 1);
  assertStringIncludes(new TextDecoder().decode(stderr), "--nodes is missing. Try: deno task");
});
