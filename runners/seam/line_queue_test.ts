import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { LineQueue } from "./line_queue.ts";

Deno.test("next() gives the same lines however the stream is cut", async () => {
  const piece = fc.string({ unit: fc.constantFrom("a", "é", "\n"), maxLength: 6 });
  await fc.assert(fc.asyncProperty(fc.array(piece), async (pieces) => {
    const queue = new LineQueue();
    for (const text of pieces) queue.add(new TextEncoder().encode(text));
    queue.end();
    const lines: string[] = [];
    for (let line = await queue.next(1); line !== null; line = await queue.next(1)) {
      lines.push(line);
    }
    const expected = pieces.join("").split("\n");
    if (expected.at(-1) === "") expected.pop();
    assertEquals(lines, expected);
  }));
});

Deno.test("next() waits for a line that comes later, and no longer than asked", async () => {
  const queue = new LineQueue();
  assertEquals(await queue.next(0.01), null);
  const waiting = queue.next(10);
  queue.add(new TextEncoder().encode("par"));
  queue.add(new TextEncoder().encode("t\n"));
  assertEquals(await waiting, "part");
});
