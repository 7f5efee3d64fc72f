import { assert, assertEquals } from "@std/assert";
import { assertSnapshot } from "@std/testing/snapshot";
import { escapeMarkdown, resultMarkdown } from "./markdown.ts";
import { hostileResult } from "./testing/hostile_result.ts";
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
