import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { liveHost } from "../seam/live.ts";
import { MissingTool, Problem } from "../../problem.ts";
import { parseSeccomp, parseSummary, readStrace, straceLauncher } from "./strace.ts";

const OLD = `strace: Process 812 attached
% time     seconds  usecs/call     calls    errors syscall
------ ----------- ----------- --------- --------- ----------------
 61.10    0.002011           7       281         3 futex
 38.90    0.001280          21        60           ppoll
------ ----------- ----------- --------- --------- ----------------
100.00    0.003291                   341         3 total
`;
const NEW = `% time     seconds  usecs/call     calls    errors syscall
------ ----------- ----------- --------- --------- ------------------
  0.00    0.000000           0         1           read
  0.00    0.000000           0        12         1 clock_nanosleep_time64
------ ----------- ----------- --------- --------- ------------------
100.00    0.000000           0        13         1 total
System call usage summary for 32 bit mode:
`;
const ODD = ["", "garbage", "------ -----\n", "% time\n--- ---\n 1 2 3\n a b c d e\n1 2 3 -4 x\n"];

Deno.test("parseSummary() reads the tables of several versions", () => {
  assertEquals([...parseSummary(OLD)], [["futex", 281], ["ppoll", 60]]);
  assertEquals([...parseSummary(NEW)], [["read", 1], ["clock_nanosleep_time64", 12]]);
  for (const text of ODD) assertEquals(parseSummary(text).size, 0, text);
});

Deno.test("parseSeccomp() names the mode", () => {
  assertEquals(parseSeccomp("Name:\tx\nSeccomp:\t2\nSeccomp_filters:\t1\n"), "filter");
  assertEquals(parseSeccomp("Seccomp:\t0\n"), "disabled");
  assertEquals(["", "Seccomp:\t7", "Seccomp_filters:\t1"].map(parseSeccomp), [null, null, null]);
});

Deno.test("readStrace() says what is lacking when strace is missing or may not trace", () => {
  const read = (stderr: string) => () => readStrace({ stderr }, { summary: null, seccomp: null });
  const missing = assertThrows(read("bash: line 3: strace: command not found"), MissingTool);
  assertEquals(missing.lacks, "tools");
  const refused = "strace: attach: ptrace(PTRACE_SEIZE, 9): Operation not permitted";
  assertEquals(assertThrows(read(refused), MissingTool).lacks, "root");
  assertStringIncludes(assertThrows(read("oops"), Problem).message, "no summary");
});

Deno.test("straceLauncher() counts a command's calls and keeps what it prints", async () => {
  const host = await liveHost();
  try {
    const summary = `${await host.temporaryFolder()}/summary`;
    const [first = "", ...rest] = straceLauncher(summary);
    const argv = [first, ...rest, "sh", "-c", "echo 'a  b'; sleep 0.5; exit 3"] as const;
    const command = await host.run({ argv, timeoutSeconds: 20 });
    assertEquals([command.stdout, command.status], ["a  b\n", 3]);
    const texts = {
      summary: await host.readText(summary),
      seccomp: await host.readText(`${summary}.seccomp`),
    };
    const { calls, seccomp } = readStrace(command, texts);
    assert((calls.get("execve") ?? 0) >= 1 && (calls.get("write") ?? 0) >= 1);
    assert(!calls.has("total") && !calls.has("ptrace"));
    assert(seccomp !== null);
  } finally {
    await host.close();
  }
});
