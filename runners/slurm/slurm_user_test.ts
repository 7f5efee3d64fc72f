import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Host } from "../host.ts";
import { Problem } from "../../problem.ts";
import { isOwnJob, thisUser } from "./slurm_user.ts";

const ALICE = { id: 1000, name: "alice" };

Deno.test("isOwnJob() goes by the number, whatever the name is", () => {
  for (const userName of ["alice", "bob", null]) {
    assert(isOwnJob({ userId: 1000, userName }, ALICE));
    assert(!isOwnJob({ userId: 0, userName }, ALICE));
  }
});

Deno.test("isOwnJob() goes by the name where no number is told, and takes nobody's for none's", () => {
  assert(isOwnJob({ userId: null, userName: "alice" }, ALICE));
  assert(!isOwnJob({ userId: null, userName: "bob" }, ALICE));
  assert(!isOwnJob({ userId: null, userName: null }, ALICE));
  assert(!isOwnJob({ userId: null, userName: null }, { id: 1000, name: null }));
});

Deno.test("thisUser() has no name where the system knows none", async () => {
  assertEquals(await thisUser(telling({ "-u": "1000\n", "-un": "alice\n" })), ALICE);
  assertEquals(await thisUser(telling({ "-u": "1000\n" })), { id: 1000, name: null });
});

Deno.test("thisUser() guesses nobody where the host does not tell", async () => {
  await assertRejects(() => thisUser(telling({})), Problem, "does not tell who");
  await assertRejects(() => thisUser(telling({ "-u": "root\n" })), Problem, "root");
});

/** A host whose `id` prints this for each option, and fails for any other. */
function telling(answers: Readonly<Record<string, string>>): Host {
  const run: Host["run"] = ({ argv }) => {
    const stdout = answers[argv[1] ?? ""];
    const times = { startedAt: "2026-01-01T00:00:00.000Z", durationSeconds: 0 };
    const status = stdout === undefined ? 1 : 0;
    return Promise.resolve({ ended: "exited", status, stdout: stdout ?? "", stderr: "", ...times });
  };
  return { run } as Pick<Host, "run"> as Host;
}
