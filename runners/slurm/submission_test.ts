import { assertEquals, assertThrows } from "@std/assert";
import { Problem } from "../../problem.ts";
import {
  parseSubmitted,
  requireSensible,
  type SlurmSubmission,
  submitCommand,
} from "./submission.ts";

const SUBMISSION: SlurmSubmission = {
  name: "cellproof-1",
  partition: "gpu",
  tasks: 3,
  script: "/shared/node.sh",
  args: ["--hold", "a b"],
  timeLimitSeconds: null,
  deadlineSeconds: null,
  gres: null,
};

Deno.test("submitCommand() counts tasks from 0, and leaves the script its own arguments", () => {
  const argv = submitCommand(SUBMISSION);
  assertEquals(argv.includes("--array=0-2"), true);
  assertEquals(argv.slice(-3), ["/shared/node.sh", "--hold", "a b"]);
});

Deno.test("submitCommand() rounds the time limit up to minutes, which Slurm counts in", () => {
  const times = [60, 61, 0.5].map((timeLimitSeconds) =>
    submitCommand({ ...SUBMISSION, timeLimitSeconds }).find((word) => word.startsWith("--time="))
  );
  assertEquals(times, ["--time=1", "--time=2", "--time=1"]);
});

Deno.test("submitCommand() asks for a deadline and for gres only where there is one", () => {
  const words = (submission: SlurmSubmission) =>
    submitCommand(submission).filter((word) => /^--(time|deadline|gres)=/.test(word));
  assertEquals(words(SUBMISSION), []);
  assertEquals(words({ ...SUBMISSION, deadlineSeconds: 90.2, gres: "gpu:8" }), [
    "--deadline=now+91seconds",
    "--gres=gpu:8",
  ]);
});

Deno.test("requireSensible() refuses what no cluster could run", () => {
  requireSensible(SUBMISSION);
  for (
    const change of [
      { tasks: 0 },
      { tasks: 1.5 },
      { name: "a,b" },
      { name: "" },
      { timeLimitSeconds: 0 },
      { timeLimitSeconds: NaN },
      { script: "node.sh" },
    ]
  ) assertThrows(() => requireSensible({ ...SUBMISSION, ...change }), Problem);
});

Deno.test("parseSubmitted() reads the job id, with the name of the cluster or without", () => {
  assertEquals(parseSubmitted("4242\n"), 4242);
  assertEquals(parseSubmitted("4242;lab\n"), 4242);
  for (const text of ["", "0\n", "Submitted batch job 4242\n"]) {
    assertEquals(parseSubmitted(text), null);
  }
});
