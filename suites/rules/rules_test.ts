import { assertEquals } from "@std/assert";
import { CELLS, CLAIMS, FACTS } from "../claims/claims.ts";
import { CHECKS } from "../checks.ts";
import { checksOf } from "./rule.ts";
import { ruledIds, ruleOf } from "./rules.ts";

Deno.test("the document makes 227 + 32 claims in 14 matrices, each with its own id", () => {
  assertEquals([CELLS.length, FACTS.length], [227, 32]);
  assertEquals(new Set(CELLS.map(({ matrix }) => matrix)).size, 14);
  assertEquals(new Set(CLAIMS.map(({ id }) => id)).size, 259);
});

Deno.test("ruleOf() knows exactly one rule for every claim, and no others", () => {
  assertEquals(ruledIds().sort(), CLAIMS.map(({ id }) => id).sort());
  assertEquals(CLAIMS.filter(({ id }) => ruleOf(id) === undefined), []);
  assertEquals(ruleOf("11.3/latency/bare-metal"), undefined);
});

Deno.test("ruleOf() calls only the 16 typical-use cells editorial", () => {
  const editorial = CLAIMS.filter(({ id }) => ruleOf(id)?.kind === "editorial");
  assertEquals(editorial.length, 16);
  assertEquals(editorial.filter(({ id }) => !id.includes("/typical-use/")), []);
});

Deno.test("checksOf() names only checks that exist, and at least one for what is not editorial", () => {
  for (const { id } of CLAIMS) {
    const rule = ruleOf(id);
    if (rule === undefined || rule.kind === "editorial") continue;
    const checks = checksOf(rule);
    assertEquals(checks.length > 0, true, id);
    assertEquals(checks.filter((check) => !(check in CHECKS)), [], id);
  }
});
