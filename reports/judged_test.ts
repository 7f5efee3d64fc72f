import { assertEquals } from "@std/assert";
import { CELLS } from "../suites/claims/claims.ts";
import { claimsWith, judgedFacts, matrices } from "./judged.ts";
import { sampleResult } from "./testing/sample_result.ts";

Deno.test("matrices() holds every cell once, each under its own row and column", () => {
  const all = matrices(sampleResult());
  assertEquals(all.length, 14);
  const cells = all.flatMap(({ rows, columns }) =>
    rows.flatMap((row) =>
      row.cells.map(({ claim }, index) => {
        assertEquals([claim.rowZh, claim.columnZh], [row.heading.zh, columns[index]?.zh ?? ""]);
        return claim.id;
      })
    )
  );
  assertEquals(cells, CELLS.map(({ id }) => id));
});

Deno.test("matrices() leaves the verdict open when the result has none", () => {
  const [first] = matrices({ ...sampleResult(), claims: [] });
  assertEquals(first?.rows[0]?.cells[0]?.verdict, null);
});

Deno.test("judgedFacts() and claimsWith() keep the document's order", () => {
  assertEquals(judgedFacts(sampleResult()).length, 32);
  const ids = claimsWith(sampleResult(), "refuted").map(({ claim }) => claim.id);
  assertEquals(ids.at(-1), "03.2.1/fact/nic-device-node");
});
