import { assertEquals } from "@std/assert";
import { Problem } from "./problem.ts";

Deno.test("Problem is one sentence, with what was seen where anything was", () => {
  const message = (seen?: string) => {
    const parts = { action: "boot", condition: "it hangs", cure: "Wait." };
    return new Problem(seen === undefined ? parts : { ...parts, seen }).message;
  };
  assertEquals(message("a\n  b "), "Cannot boot: it hangs (seen: a b). Wait.");
  for (const nothing of [undefined, "", " \n"]) {
    assertEquals(message(nothing), "Cannot boot: it hangs. Wait.");
  }
});
