import { assertEquals, assertRejects } from "@std/assert";
import config from "../deno.json" with { type: "json" };
import { UsageProblem } from "../problem.ts";
import { projectPath } from "./project.ts";
import { readStored } from "./stored_result.ts";

Deno.test("readStored() takes a result that is not there for a wrong name", async () => {
  await assertRejects(() => readStored("/nonexistent"), UsageProblem, "there is no /nonexistent/r");
});

Deno.test("report passes on no advice of Deno's where Deno itself reads nothing", async () => {
  const [, ...task] = config.tasks.report.split(" ");
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...task, "/proc"],
    cwd: projectPath(""),
  }).output();
  assertEquals(
    [code, new TextDecoder().decode(stderr)],
    [
      2,
      "Cannot read the result /proc: it lies in /dev, /proc or /sys. " +
      "Name the folder of a run, such as results/TIME-HOST.\n",
    ],
  );
});
