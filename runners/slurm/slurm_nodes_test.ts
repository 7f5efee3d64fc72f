import { assertEquals } from "@std/assert";
import { slurmNode } from "./slurm_nodes.ts";
import { DRAINED_NODES } from "./slurm_samples.ts";

Deno.test("slurmNode() reads a node of every version alike", () => {
  for (const [version, fields] of Object.entries(DRAINED_NODES)) {
    assertEquals(slurmNode(fields), {
      name: "n1",
      states: ["IDLE", "DRAIN"],
      partitions: ["gpu", "all"],
      gres: "gpu:h100:8(S:0-1)",
      reason: "bad fan",
    }, version);
  }
});

Deno.test("slurmNode() reads a node that has nothing and is in no partition", () => {
  assertEquals(slurmNode({ name: "n1", state: "unknown", gres: null, reason: "" }), {
    name: "n1",
    states: ["UNKNOWN"],
    partitions: [],
    gres: "",
    reason: null,
  });
});

Deno.test("slurmNode() is null where its name, its state or its partitions are not told", () => {
  const whole = DRAINED_NODES["22.05"] ?? {};
  for (
    const change of [
      { name: "" },
      { state: null },
      { state: [] },
      { state_flags: 7 },
      { partitions: [1] },
    ]
  ) assertEquals(slurmNode({ ...whole, ...change }), null);
});
