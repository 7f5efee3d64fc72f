import { assertEquals } from "@std/assert";
import { CONFIGURATION, PARTITIONS } from "./slurm_samples.ts";
import { parseConfiguration, parsePartitions, parseSlurmVersion } from "./slurm_text.ts";

Deno.test("parsePartitions() reads the states and the longest time limits", () => {
  assertEquals(parsePartitions(PARTITIONS), [
    { name: "gpu", state: "UP", longestSeconds: 5400, jobsAtOnce: 1, isDefault: true },
    {
      ...{ name: "long", state: "DRAIN", longestSeconds: 2 * 86_400 + 10 },
      ...{ jobsAtOnce: 4, isDefault: false },
    },
    { name: "free", state: "INACTIVE", longestSeconds: null, jobsAtOnce: 1, isDefault: false },
  ]);
  assertEquals(parsePartitions("No partitions in the system\n"), []);
});

Deno.test("parsePartitions() takes a time limit that it does not understand for none of them", () => {
  for (const time of ["", "soon", "1:2:3:4", "-1:00:00"]) {
    assertEquals(parsePartitions(`PartitionName=a MaxTime=${time} State=UP`), null, time);
  }
  assertEquals(parsePartitions("PartitionName=a State=UP"), null);
});

Deno.test("parsePartitions() reads how many jobs share a node that one asks to have for itself", () => {
  const atOnce = (overSubscribe: string) =>
    parsePartitions(`PartitionName=a MaxTime=UNLIMITED OverSubscribe=${overSubscribe} State=UP`)
      ?.map(({ jobsAtOnce }) => jobsAtOnce);
  for (const [text, jobs] of [["FORCE", 4], ["FORCE:4", 4], ["FORCE:2", 2]] as const) {
    assertEquals(atOnce(text), [jobs], text);
  }
  for (const text of ["NO", "EXCLUSIVE", "YES:4", "FORCE:1"]) assertEquals(atOnce(text), [1], text);
});

Deno.test("parseConfiguration() reads what bears on arrays and on their end", () => {
  assertEquals(parseConfiguration(CONFIGURATION), {
    name: "lab",
    largestArray: 1001,
    killWaitSeconds: 10,
  });
});

Deno.test("parseConfiguration() takes the lesser one of two limits of an array", () => {
  const largest = (scheduler: string) =>
    parseConfiguration(CONFIGURATION.replace(/^(Sched.*= ).*$/m, `$1${scheduler}`))?.largestArray;
  assertEquals(largest("bf_interval=1,max_array_tasks=20"), 20);
  assertEquals(largest("max_array_tasks=2000,bf_interval=1"), 1001);
});

Deno.test("parseConfiguration() is null where a limit is missing", () => {
  for (const line of [/^KillWait.*\n/m, /^MaxArraySize.*\n/m]) {
    assertEquals(parseConfiguration(CONFIGURATION.replace(line, "")), null);
  }
  assertEquals(parseConfiguration(CONFIGURATION.replace("= lab", "= (null)"))?.name, null);
});

Deno.test("parseSlurmVersion() knows Debian's spelling and the others'", () => {
  assertEquals(parseSlurmVersion("slurm-wlm 22.05.8\n"), "22.05.8");
  assertEquals(parseSlurmVersion("slurm 23.02.6\n"), "23.02.6");
  assertEquals(parseSlurmVersion("slurm 24.11.0-0rc1\n"), "24.11.0-0rc1");
  assertEquals(parseSlurmVersion("command not found\n"), null);
});
