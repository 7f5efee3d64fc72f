import { assertEquals } from "@std/assert";
import { ProgressLines } from "./progress.ts";

Deno.test("ProgressLines goes on when nobody listens any more", () => {
  const { writeSync } = Deno.stderr;
  let calls = 0;
  Deno.stderr.writeSync = () => {
    calls++;
    throw new Deno.errors.BrokenPipe("test");
  };
  try {
    const progress = new ProgressLines();
    progress.say("one");
    progress.end();
  } finally {
    Deno.stderr.writeSync = writeSync;
  }
  assertEquals(calls >= 1, true);
});
