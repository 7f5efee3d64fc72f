import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { assertSnapshot } from "@std/testing/snapshot";
import { escapeMarkdown, resultMarkdown } from "./markdown.ts";
import { hostileResult } from "./testing/hostile_result.ts";
import { sampleAgreement } from "./testing/sample_agreement.ts";
import { sampleResult } from "./testing/sample_result.ts";

Deno.test("resultMarkdown() summarizes the sample", async (t) => {
  await assertSnapshot(t, resultMarkdown(sampleResult()));
});

Deno.test("resultMarkdown() escapes the texts of a hostile result", () => {
  const text = resultMarkdown(hostileResult());
  assert(!/(?<!\\)</.test(text));
  // deno-lint-ignore no-control-regex -- control characters are what is looked for
  assert(!/[\u202a-\u202e\u0000\u001b]/.test(text));
});

Deno.test("escapeMarkdown() leaves no markup, link or mention", () => {
  assertEquals(escapeMarkdown("[a](b) <i> `c` @me #1"), "\\[a\\](b) \\<i\\> \\`c\\` \\@me \\#1");
  assertEquals(escapeMarkdown("http://x www.x"), "http\\://x www\\.x");
});

Deno.test("resultMarkdown() tells loudly what flipped, and of a waiver that has expired", () => {
  const text = resultMarkdown(sampleResult(), sampleAgreement(sampleResult()));
  const loud = [
    "❌ **11.3/latency/sandbox has flipped: refuted, expected confirmed**",
    "⚠️ **11.3/io-performance/vm: its waiver expired on 2025-01-01**",
  ];
  for (const line of loud) assertStringIncludes(text, `\n- ${line}`);
});

Deno.test("resultMarkdown() escapes the reasons of waivers", () => {
  const reason = "<img src=x> [a](https://example.org) **b** @owner";
  const text = resultMarkdown(sampleResult(), sampleAgreement(sampleResult(), { reason }));
  const escaped = escapeMarkdown(reason);
  assert(text.includes(escaped) && !text.includes(reason));
});
