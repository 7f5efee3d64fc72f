import { assert } from "@std/assert";
import { hasGres } from "./gres.ts";

Deno.test("hasGres() finds what a node has enough of", () => {
  const had = "gpu:h100:4(S:0),gpu:a100:4(S:1),fpga:no_consume:1K";
  for (const asked of ["gpu", "gpu:8", "gpu:h100", "gpu:h100:4", "fpga:1024", "gpu:5,fpga"]) {
    assert(hasGres(had, asked), asked);
  }
});

Deno.test("hasGres() misses what a node has not, or too little of", () => {
  const had = "gpu:h100:4(S:0),gpu:a100:4(S:1)";
  for (const asked of ["gpu:9", "gpu:h100:5", "gpu:h200", "nic", "gpu:1,nic:1"]) {
    assert(!hasGres(had, asked), asked);
  }
  assert(!hasGres("", "gpu"));
});
