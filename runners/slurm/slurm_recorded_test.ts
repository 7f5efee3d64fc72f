import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Host } from "../host.ts";
import { MissingTool } from "../../problem.ts";
import { Slurm } from "./slurm.ts";
import { CONFIGURATION, FAILED_TASKS, listing } from "./slurm_samples.ts";

Deno.test("Slurm.nodes() asks scontrol where sinfo prints groups of nodes", async () => {
  for (const [version, program] of [["22.05.11", "sinfo"], ["23.02.0", "scontrol"]]) {
    const asked: string[] = [];
    const note = (command: string) => void asked.push(command);
    const known = await Slurm.open(recorded({ version: `slurm ${version}`, note }));
    await known.nodes();
    assertEquals(asked.at(-1)?.split(" ")[0], program);
  }
});

Deno.test("Slurm.jobs() takes nobody else's for this user's, whatever they are called", async () => {
  for (const own of Object.values(FAILED_TASKS)) {
    const jobs = [{ ...own, user_id: 1000, user_name: "root" }, own, { ...own, user_id: 1000 }];
    const known = await Slurm.open(recorded({ version: "slurm 22.05.8", jobs }));
    assertEquals((await known.jobs("fleet")).map(({ userId }) => userId), [0]);
  }
});

Deno.test("Slurm.open() refuses a Slurm that prints no JSON", async () => {
  const { message } = await assertRejects(
    () => Slurm.open(recorded({ version: "slurm 20.11.9" })),
    MissingTool,
  );
  assert(message.includes("20.11.9 is too old"), message);
});

/** A Slurm without nodes, used by root. */
function recorded({ version, jobs = [], note = () => {} }: {
  readonly version: string;
  readonly jobs?: readonly unknown[];
  readonly note?: (command: string) => void;
}): Host {
  const answers: Readonly<Record<string, string>> = {
    "sinfo --version": `${version}\n`,
    "scontrol show config": CONFIGURATION,
    "id -u": "0\n",
    "id -un": "root\n",
    "squeue --all --states=all --name=fleet --json": listing("jobs", jobs),
  };
  const run: Host["run"] = ({ argv }) => {
    const command = argv.slice(argv[0] === "bash" ? 3 : 0).join(" ");
    note(command);
    const stdout = answers[command] ?? listing("nodes", []);
    const times = { startedAt: "2026-01-01T00:00:00.000Z", durationSeconds: 0 };
    return Promise.resolve({ ended: "exited", status: 0, stdout, stderr: "", ...times });
  };
  return { run } as Pick<Host, "run"> as Host;
}
