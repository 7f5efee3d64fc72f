import { assertEquals, assertRejects } from "@std/assert";
import { MissingTool, Problem } from "../../problem.ts";
import { asksForProcesses, sampleSubject, scriptedHost, UUID } from "../testing/scripted_gpu.ts";
import { Cancelled, GpuGuard, unlessCancelled } from "./gpu_guard.ts";

const LISTED = `GPU 0: NVIDIA Q200 80GB (UUID: ${UUID})\n`;
const GONE = "Unable to determine the device handle for GPU0: GPU is lost.  Reboot the system\n";

/** A guard beside a list of processes that changes from look to look. */
function guardWith(...lists: string[]): GpuGuard {
  const host = scriptedHost((request) =>
    asksForProcesses(request) ? { stdout: lists.shift() ?? "" } : { stdout: LISTED }
  );
  return new GpuGuard(host, sampleSubject().gpu.uuid);
}

Deno.test("GpuGuard sets aside what was measured beside a stranger, before or afterwards", async () => {
  const work = () => Promise.resolve("done");
  assertEquals(await guardWith("", "").around(work), { outcome: "done", aside: {} });
  for (const lists of [["77, 512\n", ""], ["", "77, 512\n"], ["77, 512\n", "77, 512\n"]]) {
    const { aside } = await guardWith(...lists).around(work);
    assertEquals(aside, { setAside: "another process was on the GPU (process 77)" });
  }
});

Deno.test("GpuGuard refuses a GPU that others use", async () => {
  await guardWith("").refuseStrangers();
  const { lacks } = await assertRejects(
    () => guardWith("77, 512\n88, [N/A]\n").refuseStrangers(),
    MissingTool,
    "process 77, process 88",
  );
  assertEquals(lacks, "gpu");
});

Deno.test("GpuGuard goes on where the driver answers but tells of no processes", async () => {
  const { aside } = await guardWith("[Not Supported]\n", "[Not Supported]\n")
    .around(() => Promise.resolve());
  assertEquals(aside, {});
});

Deno.test("GpuGuard fails at once, with the driver's words, after the GPU was lost", async () => {
  const host = scriptedHost((request) =>
    asksForProcesses(request) ? { ended: "timed-out", status: null } : { status: 255, stdout: GONE }
  );
  const guard = new GpuGuard(host, UUID);
  const work = () => Promise.reject(new Error("must not run"));
  await assertRejects(() => guard.around(work), Problem, "GPU is lost");
  const { length } = host.asked;
  await assertRejects(() => guard.around(work), Problem, "GPU is lost");
  assertEquals(host.asked.length, length);
});

Deno.test("GpuGuard says that nvidia-smi hangs where it says nothing", async () => {
  const guard = new GpuGuard(scriptedHost(() => ({ ended: "timed-out", status: null })), UUID);
  const work = () => Promise.reject(new Error("must not run"));
  await assertRejects(() => guard.around(work), Problem, "nvidia-smi said nothing within 15 s");
});

Deno.test("GpuGuard keeps what was measured although the GPU was lost right after it", async () => {
  let isLost = false;
  const host = scriptedHost(() => isLost ? { status: 15, stdout: GONE } : { stdout: "" });
  const guard = new GpuGuard(host, UUID);
  const { outcome } = await guard.around(() => {
    isLost = true;
    return Promise.resolve(1);
  });
  assertEquals(outcome, 1);
  await assertRejects(() => guard.around(() => Promise.resolve(2)), Problem, "GPU is lost");
});

Deno.test("GpuGuard takes a run that was ended for no lost GPU", async () => {
  let cancelled = true;
  const host = scriptedHost(() => cancelled ? { ended: "cancelled", status: null } : {});
  const guard = new GpuGuard(host, null);
  assertEquals(await unlessCancelled(() => guard.around(() => Promise.resolve(1))), null);
  cancelled = false;
  assertEquals((await guard.around(() => Promise.resolve(1))).outcome, 1);
});

Deno.test("unlessCancelled() lets other problems through", async () => {
  const failing = (problem: Problem) => () => unlessCancelled(() => Promise.reject(problem));
  assertEquals(await failing(new Cancelled("x"))(), null);
  await assertRejects(failing(new Problem({ action: "x", condition: "y" })), Problem, "y");
});

Deno.test("GpuGuard asks once between two runs, unless there was something or time has passed", async () => {
  const lists = ["", "", "", "77, 512\n", "", ""];
  let seconds = 0;
  const scripted = scriptedHost(() => ({ stdout: lists.shift() ?? "" }));
  const guard = new GpuGuard({ ...scripted, monotonicSeconds: () => seconds }, UUID);
  const asides: (string | undefined)[] = [];
  const run = async () => asides.push((await guard.around(() => Promise.resolve())).aside.setAside);
  await run();
  await run();
  assertEquals([scripted.asked.length, asides], [3, [undefined, undefined]]);
  await run();
  assertEquals([scripted.asked.length, asides.length - asides.indexOf(undefined)], [4, 3]);
  seconds += 9;
  await run();
  assertEquals([scripted.asked.length, asides[2] === undefined, asides[3]], [6, false, undefined]);
});
