import { assertEquals } from "@std/assert";
import { CELLS, CLAIMS } from "../suites/claims/claims.ts";
import { paradigmOf, PARADIGMS } from "./paradigm.ts";

Deno.test("paradigmOf() gives each claim one paradigm, and each paradigm a claim", () => {
  const found = new Set(CLAIMS.map(paradigmOf));
  assertEquals([...found].sort(), Object.keys(PARADIGMS).sort());
});

Deno.test("paradigmOf() follows the ids of the matrices that have a column for each paradigm", () => {
  const ends = { vm: "virtualization", container: "container", sandbox: "sandbox" };
  for (const [end, paradigm] of Object.entries(ends)) {
    const cells = CELLS.filter(({ id }) => id.endsWith(`/${end}`));
    assertEquals(new Set(cells.map(paradigmOf)), new Set([paradigm]));
  }
});
