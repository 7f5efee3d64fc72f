import { assertEquals, assertRejects } from "@std/assert";
import { liveHost } from "./seam/live.ts";
import { MissingTool, Problem } from "../problem.ts";
import { runStep } from "./run_step.ts";

const WORDS = { action: "do it", cure: "Do it otherwise.", timeoutSeconds: 1 };

Deno.test("runStep() returns the output, and turns every other end into a Problem", async () => {
  const host = await liveHost();
  try {
    assertEquals(await runStep(host, { ...WORDS, argv: ["echo", "a  b"] }), "a  b\n");
    const run = (...argv: [string, ...string[]]) => () => runStep(host, { ...WORDS, argv });
    await assertRejects(run("ls", "/absent"), Problem, "No such file");
    await assertRejects(run("sleep", "9"), Problem, "timed-out");
    await assertRejects(run("cellproof-absent"), MissingTool, "there is no cellproof-absent");
  } finally {
    await host.close();
  }
});
