import { assertEquals } from "@std/assert";
import type { FleetOrder } from "../../suites/fleet/plan.ts";
import { orderChanges } from "./order_changes.ts";

const ORDER: FleetOrder = {
  partition: "gpu",
  nodes: null,
  gres: null,
  budgetSeconds: 60,
  waitSeconds: null,
  arguments: ["--budget=1m", "--passthrough=0000:01:00.0", "11.3"],
};

const CHANGES: readonly (readonly [Partial<FleetOrder>, string])[] = [
  [{ partition: "cpu" }, "--partition was gpu, is cpu now"],
  [{ nodes: ["n2", "n1"] }, "--nodes was not given, is n[1-2] now"],
  [{ gres: "gpu:8" }, "--gres was not given, is gpu:8 now"],
  [{ budgetSeconds: 120 }, "--budget was 1m, is 2m now"],
  [{ budgetSeconds: null }, "--budget was 1m, is not given now"],
  [{ waitSeconds: 7200 }, "--wait was not given, is 2h now"],
  [{ waitSeconds: 90 }, "--wait was not given, is 90s now"],
  [{ arguments: [...ORDER.arguments, "--mig"] }, "--mig was not given, is given now"],
  [{ arguments: [...ORDER.arguments, "12"] }, "the selection was 11.3, is 11.3, 12 now"],
  [
    { arguments: ["--passthrough=0000:01:00.0", "--passthrough=0000:02:00.0", "11.3"] },
    "--passthrough was 0000:01:00.0, is 0000:01:00.0, 0000:02:00.0 now",
  ],
];

Deno.test("orderChanges() says of each option what it was and what it is", () => {
  for (const [change, words] of CHANGES) {
    assertEquals(orderChanges(ORDER, { ...ORDER, ...change }), [words]);
  }
});

Deno.test("orderChanges() has none where the same is asked for in other words", () => {
  const nodes = ["n1", "n2"];
  const same = { ...ORDER, nodes: ["n2", "n1"], arguments: ["--budget=60s", "11.3"] };
  const then = { ...ORDER, nodes, arguments: ["--budget=1m", "11.3"] };
  assertEquals(orderChanges(then, same), []);
});
