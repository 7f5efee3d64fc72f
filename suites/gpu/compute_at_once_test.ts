import { assertRejects } from "@std/assert";
import { MATRIX_MUL } from "../../runners/cuda/cuda_samples.ts";
import { Problem } from "../../problem.ts";
import {
  asksForProcesses,
  commandResult,
  printing,
  sampleSubject,
  scriptedHost,
  scriptedPlace,
} from "../testing/scripted_gpu.ts";
import { computeAtOnce } from "./compute_at_once.ts";

Deno.test("computeAtOnce() says why n-body ended when it was not there at the end", async () => {
  const lists = ["", "4242, 1\n", ""];
  const host = scriptedHost((request) =>
    asksForProcesses(request) ? { stdout: lists.shift() ?? "" } : {}
  );
  const subject = sampleSubject();
  const crashed = commandResult({ status: 134, stderr: "CUDA error at nbody.cu:12 code=719" });
  const cuda = {
    ...scriptedPlace(printing({ matrixMul: MATRIX_MUL })),
    start: () => Promise.resolve({ pid: 4242, stop: () => Promise.resolve(crashed) }),
  };
  const setting = { host, place: { cuda, subject }, neighbour: subject, seen: "computed" };
  await assertRejects(
    () => computeAtOnce("gpu-samples/two-processes-compute", setting),
    Problem,
    "was not there any more (seen: CUDA error at nbody.cu:12 code=719)",
  );
});
