import { assert, assertEquals, assertRejects } from "@std/assert";
import type { CommandResult, Host } from "../host.ts";
import { Problem } from "../../problem.ts";
import { listSlurm } from "./slurm_listing.ts";
import { listing } from "./slurm_samples.ts";

const SILENT = {
  errors: [{ error: "Unspecified error", description: "Failed while looking for jobs" }],
  meta: { command: ["squeue", "--json"] },
};

Deno.test("listSlurm() reads every entry", async () => {
  const printed = listing("jobs", [{ job_id: 1 }, { job_id: 2 }]);
  assertEquals(await list({ stdout: printed }), [1, 2]);
});

Deno.test("listSlurm() goes by the errors that the document tells, not by the command line in it", async () => {
  for (const status of [0, 1]) {
    const { message } = await failure({ status, stdout: listing("jobs", [], SILENT) });
    assert(message.includes("the cluster's controller does not answer"), message);
    assert(!message.includes("--json"), message);
  }
});

Deno.test("listSlurm() has a problem where there is no list, or an entry is not understood", async () => {
  const known = listing("jobs", [{ job_id: "one" }]);
  for (const stdout of ["", "{}", known]) {
    assert((await failure({ stdout })).message.includes("is not understood"));
  }
  assert((await failure({ status: 1, stderr: "perplexed" })).message.includes("perplexed"));
});

function failure(result: Partial<CommandResult>): Promise<Problem> {
  return assertRejects(() => list(result), Problem);
}

function list(result: Partial<CommandResult>): Promise<readonly number[]> {
  const ended = { ended: "exited", status: 0, stdout: "", stderr: "" } as const;
  const times = { startedAt: "2026-01-01T00:00:00.000Z", durationSeconds: 0 };
  const run = () => Promise.resolve({ ...ended, ...times, ...result });
  return listSlurm({ run } as Pick<Host, "run"> as Host, {
    action: "list the jobs",
    argv: ["squeue", "--json"],
    name: "jobs",
    read: ({ job_id }) => typeof job_id === "number" ? job_id : null,
  });
}
