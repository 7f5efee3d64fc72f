import { dirname } from "node:path";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Problem, UsageProblem } from "../../problem.ts";
import { FLEET_FILE, writeFleet } from "../../reports/fleet/fleet_json.ts";
import { HARNESS_FILE, PLAN_FILE } from "../../runners/fleet/fleet_folder.ts";
import { NONCE_FILE } from "../../runners/fleet/node_job.ts";
import type { FleetResult } from "../../suites/fleet/fleet_result.ts";
import { mergeFleet } from "../../suites/fleet/merge.ts";
import type { FleetOrder, FleetPlan } from "../../suites/fleet/plan.ts";
import { ScriptedSlurm } from "../../suites/fleet/testing/scripted_slurm.ts";
import { DEFAULT_THRESHOLDS } from "../command.ts";
import { FleetStore } from "./store.ts";
import { requestOf } from "./node_arrivals.ts";

const PLAN: FleetPlan = new ScriptedSlurm(["n1", "n2"]).plan();
const NOW = new Date("2026-01-02T04:00:00.000Z");

async function withFolder(test: (folder: string) => Promise<void> | void): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** All that lies below a folder, without the folders that hold something. */
function filesIn(folder: string): string[] {
  const names = [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => {
    const below = isDirectory ? filesIn(`${folder}/${name}`) : [];
    return below.length === 0 ? [name] : below.map((file) => `${name}/${file}`);
  });
  return names.sort();
}

/** A folder in which a coordinator planned a fleet, and was killed. */
function abandoned(folder: string, plan = PLAN): void {
  using store = FleetStore.open(folder);
  store.keep(plan);
  Deno.writeTextFileSync(`${folder}/${HARNESS_FILE}`, "packed");
}

const ENDED: FleetResult = mergeFleet([], {
  own: { version: PLAN.version, thresholds: DEFAULT_THRESHOLDS },
  ...{ now: NOW, request: requestOf(PLAN, NOW), links: [] },
});

/** As a coordinator leaves it whose fleet came to its end. */
function ended(folder: string): void {
  using store = FleetStore.open(folder);
  writeFleet(folder, ENDED);
  store.tidy();
}

function refusalOf(folder: string): string {
  return assertThrows(() => FleetStore.open(folder), Problem).message;
}

Deno.test("FleetStore.open() makes the folder, and finds the plan of an earlier coordinator", async () => {
  await withFolder((base) => {
    const folder = `${base}/results/fleet`;
    abandoned(folder);
    using store = FleetStore.open(folder);
    assertEquals([store.path, store.earlier], [folder, PLAN]);
  });
});

Deno.test("FleetStore.open() refuses a folder that another one has, until that lets go", async () => {
  await withFolder((folder) => {
    {
      using _store = FleetStore.open(folder);
      assert(refusalOf(folder).includes("another coordinator is at work there"));
    }
    FleetStore.open(folder)[Symbol.dispose]();
    assertEquals(filesIn(folder), []);
  });
});

Deno.test("FleetStore.open() refuses a folder that another process has, until that is killed", async () => {
  await withFolder(async (folder) => {
    const module = new URL("./store.ts", import.meta.url).href;
    const code = `import { FleetStore } from "${module}";
      const store = FleetStore.open(Deno.args[0]);
      console.log(store.path);
      await new Promise((resolve) => setTimeout(resolve, 60_000));`;
    const args = ["eval", code, folder];
    const process = new Deno.Command(Deno.execPath(), { args, stdout: "piped" }).spawn();
    const reader = process.stdout.getReader();
    await reader.read();
    assert(refusalOf(folder).includes("another coordinator is at work there"));
    process.kill("SIGKILL");
    await process.status;
    await reader.cancel();
    FleetStore.open(folder)[Symbol.dispose]();
  });
});

Deno.test("FleetStore.open() says so where the file system refuses its lock", async () => {
  await withFolder((folder) => {
    const own = Deno.FsFile.prototype.tryLockSync;
    Deno.FsFile.prototype.tryLockSync = () => {
      throw new Error("Function not implemented (os error 38)");
    };
    try {
      const message = refusalOf(folder);
      assert(message.includes("refuses its lock") && message.includes("os error 38"), message);
    } finally {
      Deno.FsFile.prototype.tryLockSync = own;
    }
  });
});

for (const name of ["nodes/n1/started.json", "links/n1+n2/pair.json", FLEET_FILE, "result.json"]) {
  Deno.test(`FleetStore.open() refuses a folder with ${name} of an unknown fleet or run`, async () => {
    await withFolder((folder) => {
      Deno.mkdirSync(dirname(`${folder}/${name}`), { recursive: true });
      Deno.writeTextFileSync(`${folder}/${name}`, "{}");
      const refusal = assertThrows(() => FleetStore.open(folder), UsageProblem).message;
      assert(refusal.includes(`it holds ${name.split("/")[0]}`), refusal);
      assertEquals(filesIn(folder), [name]);
    });
  });
}

Deno.test("FleetStore.open() refuses a folder in which a file of a user has a name that it writes", async () => {
  await withFolder((folder) => {
    for (const name of [NONCE_FILE, HARNESS_FILE, PLAN_FILE]) {
      Deno.writeTextFileSync(`${folder}/${name}`, "a user's");
      assert(refusalOf(folder).includes(name));
      assertEquals(filesIn(folder), [name]);
      Deno.removeSync(`${folder}/${name}`);
    }
  });
});

Deno.test("FleetStore.open() goes on where a coordinator was killed while it packed", async () => {
  await withFolder((folder) => {
    for (const name of [".coordinator", HARNESS_FILE]) {
      Deno.writeTextFileSync(`${folder}/${name}`, "");
    }
    using store = FleetStore.open(folder);
    assertEquals(store.earlier, null);
  });
});

/** All that changes a folder. */
const CHANGES = ["mkdirSync", "writeTextFileSync", "renameSync", "removeSync"] as const;

/** Lets a coordinator work that is killed after so many changes of its folder; whether it came to that. */
function killedAfter(changes: number, store: FleetStore, work: () => void): boolean {
  let left = changes;
  const own = CHANGES.map((name) => [name, Deno[name]] as const);
  const killed = own.map(([name, change]) => [name, (...args: unknown[]) => {
    if (left-- <= 0) throw new Error("killed");
    return Reflect.apply(change, Deno, args);
  }]);
  Object.assign(Deno, Object.fromEntries(killed));
  try {
    work();
  } catch {
    // What it was about to do is not done.
  } finally {
    // It lets go of its lock, whose file stays.
    store[Symbol.dispose]();
    Object.assign(Deno, Object.fromEntries(own));
  }
  return left < 0;
}

for (const work of ["keep", "forget"] as const) {
  Deno.test(`FleetStore.open() takes the folder of a coordinator that was killed in ${work}()`, async () => {
    let wasKilled = true;
    for (let changes = 0; wasKilled; changes++) {
      await withFolder((base) => {
        const store = FleetStore.open(`${base}/fleet`);
        if (work === "forget") {
          store.keep(PLAN);
          store.markSubmitted();
        }
        wasKilled = killedAfter(changes, store, () => store[work](PLAN));
        using other = FleetStore.open(`${base}/fleet`);
        assert(other.earlier !== null || !other.isSubmitted, `${changes} changes`);
      });
    }
  });
}

Deno.test("FleetStore.assertResumable() goes on with the same order", async () => {
  await withFolder(async (folder) => {
    abandoned(folder);
    using store = FleetStore.open(folder);
    assertEquals(await store.assertResumable(PLAN.order, PLAN.version), null);
  });
});

const OTHER_ORDERS: readonly Partial<FleetOrder>[] = [
  { partition: "other" },
  { nodes: ["n1"] },
  { gres: "gpu:8" },
  { budgetSeconds: 60 },
  { waitSeconds: 60 },
  { arguments: ["--mig"] },
];

Deno.test("FleetStore.assertResumable() refuses other options, and another version", async () => {
  await withFolder(async (folder) => {
    abandoned(folder);
    using store = FleetStore.open(folder);
    for (const change of OTHER_ORDERS) {
      const order = { ...PLAN.order, ...change };
      const refused = () => store.assertResumable(order, PLAN.version);
      const { message } = await assertRejects(refused, UsageProblem);
      assert(message.includes("other options") && / was .*, is .* now/.test(message), message);
      assert(!message.includes("{"), message);
    }
    const refused = () => store.assertResumable(PLAN.order, "9.9.9");
    assert((await assertRejects(refused, UsageProblem)).message.includes("another version"));
  });
});

Deno.test("FleetStore.assertResumable() refuses a fleet that came to its end, which stays as it is", async () => {
  await withFolder(async (folder) => {
    abandoned(folder);
    ended(folder);
    {
      using store = FleetStore.open(folder);
      const refused = () => store.assertResumable(PLAN.order, PLAN.version);
      const { message } = await assertRejects(refused, UsageProblem);
      assert(message.includes("it came to its end"), message);
    }
    assertEquals(filesIn(folder), [FLEET_FILE, "nodes", PLAN_FILE]);
  });
});

Deno.test("FleetStore.assertResumable() gives the fleet whose coordinator was killed while it reported", async () => {
  await withFolder(async (folder) => {
    abandoned(folder);
    writeFleet(folder, ENDED);
    {
      using store = FleetStore.open(folder);
      const refused = () => store.assertResumable({ ...PLAN.order, gres: "gpu:8" }, PLAN.version);
      await assertRejects(refused, UsageProblem);
      assertEquals(await store.assertResumable(PLAN.order, PLAN.version), ENDED);
      store.tidy();
    }
    using store = FleetStore.open(folder);
    const refused = () => store.assertResumable(PLAN.order, PLAN.version);
    assert((await assertRejects(refused, UsageProblem)).message.includes("it came to its end"));
  });
});

Deno.test("FleetStore.open() refuses a fleet that anybody may have put there", async () => {
  await withFolder((folder) => {
    abandoned(folder);
    Deno.chmodSync(folder, 0o1777);
    assert(refusalOf(folder).includes("chmod go-w"));
  });
});

for (
  const name of [".coordinator", PLAN_FILE, FLEET_FILE, NONCE_FILE, HARNESS_FILE, "nodes", "links"]
) {
  Deno.test(`FleetStore.open() refuses a fleet whose ${name} is a link, or another user's`, async () => {
    await withFolder((folder) => {
      abandoned(folder);
      const path = `${folder}/${name}`;
      Deno.mkdirSync(`${folder}/links`, { recursive: true });
      const isFolder = name === "nodes" || name === "links";
      if (!isFolder) Deno.writeTextFileSync(path, "", { append: true });
      if (Deno.uid() === 0) {
        Deno.chownSync(path, 65534, 65534);
        assert(refusalOf(folder).includes(`its ${name} is another user's`));
        Deno.chownSync(path, 0, 0);
      }
      Deno.renameSync(path, `${folder}/elsewhere`);
      Deno.symlinkSync(`${folder}/elsewhere`, path);
      assert(refusalOf(folder).includes(`its ${name} is no plain`));
    });
  });
}

Deno.test("FleetStore.open() tells as a problem what cannot be read or written", async () => {
  await withFolder((folder) => {
    abandoned(folder);
    const own = Deno.readTextFileSync;
    Deno.readTextFileSync = () => {
      throw new Deno.errors.PermissionDenied("Permission denied (os error 13)");
    };
    try {
      assert(refusalOf(folder).includes("os error 13"));
    } finally {
      Deno.readTextFileSync = own;
    }
    Deno.removeSync(`${folder}/${PLAN_FILE}`);
    Deno.mkdirSync(`${folder}/${PLAN_FILE}`);
    assert(refusalOf(folder).includes(`its ${PLAN_FILE} is no plain file`));
    assert(refusalOf(`${folder}/${HARNESS_FILE}`).includes("it is a file"));
  });
});

Deno.test("FleetStore.isSubmitted is so as soon as that was noted, and for another one, too", async () => {
  await withFolder((folder) => {
    {
      using store = FleetStore.open(folder);
      store.keep(PLAN);
      assert(!store.isSubmitted);
      store.markSubmitted();
    }
    using store = FleetStore.open(folder);
    assert(store.isSubmitted);
  });
});

Deno.test("FleetStore.forget() leaves nothing, nor the folder", async () => {
  await withFolder((base) => {
    abandoned(`${base}/fleet`);
    using store = FleetStore.open(`${base}/fleet`);
    store.markSubmitted();
    // One that began before all was taken back.
    Deno.mkdirSync(`${base}/fleet/nodes/n1`);
    Deno.writeTextFileSync(`${base}/fleet/nodes/n1/log.txt`, "");
    store.forget();
    assertEquals(filesIn(base), []);
  });
});

Deno.test("FleetStore leaves a user's files as they are", async () => {
  await withFolder((folder) => {
    for (const name of ["notes.txt", "nodes.txt", ".hidden"]) {
      Deno.writeTextFileSync(`${folder}/${name}`, name);
    }
    abandoned(folder);
    ended(folder);
    const own = [".hidden", "nodes.txt", "notes.txt"];
    assertEquals(filesIn(folder).toSorted(), [...own, FLEET_FILE, "nodes", PLAN_FILE].sort());
    using store = FleetStore.open(folder);
    store.forget();
    assertEquals(filesIn(folder), [".hidden", FLEET_FILE, "nodes.txt", "notes.txt"].sort());
  });
});

Deno.test("FleetStore.forget() lets another one begin anew, and hold what is its own", async () => {
  await withFolder((base) => {
    using first = FleetStore.open(`${base}/fleet`);
    first.forget();
    using _second = FleetStore.open(`${base}/fleet`);
    first[Symbol.dispose]();
    assert(refusalOf(`${base}/fleet`).includes("another coordinator"));
  });
});

Deno.test("FleetStore.keepText() makes the folders above a text", async () => {
  await withFolder((folder) => {
    using store = FleetStore.open(folder);
    store.keepText("links/n1+n2/pair.json", "{}");
    assertEquals(Deno.readTextFileSync(`${folder}/links/n1+n2/pair.json`), "{}");
  });
});
