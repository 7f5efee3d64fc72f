import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { CapturedOutput } from "./captured_output.ts";

Deno.test("text() gives the first or the last bytes up to the limit", () => {
  const texts = fc.array(fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 9 }));
  fc.assert(fc.property(texts, fc.integer({ min: 0, max: 20 }), (chunks, limit) => {
    const [first, last] = [new CapturedOutput(limit, "first"), new CapturedOutput(limit, "last")];
    for (const chunk of chunks) {
      const bytes = new TextEncoder().encode(chunk);
      first.add(bytes);
      last.add(bytes);
    }
    const all = chunks.join("");
    assertEquals(first.text(), all.slice(0, limit));
    assertEquals(last.text(), all.slice(Math.max(0, all.length - limit)));
  }));
});

Deno.test("add() tells when the limit is exceeded, not when it is reached", () => {
  const output = new CapturedOutput(2, "first");
  assertEquals([1, 2, 3].map((byte) => output.add(Uint8Array.of(byte))), [false, false, true]);
});

Deno.test("text() joins characters that arrive in pieces", () => {
  const output = new CapturedOutput(10, "first");
  for (const byte of new TextEncoder().encode("é界")) output.add(Uint8Array.of(byte));
  assertEquals(output.text(), "é界");
});
