import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { UsageProblem } from "../problem.ts";
import { refuseUnwritable, wordOnSamples } from "./named_folders.ts";

Deno.test("refuseUnwritable() takes a folder that can be written to, and leaves it as it was", () => {
  const folder = Deno.makeTempDirSync();
  refuseUnwritable(folder);
  assertEquals([...Deno.readDirSync(folder)], []);
  Deno.removeSync(folder);
});

Deno.test("refuseUnwritable() refuses a file, nothing, and what takes no file", () => {
  const file = Deno.makeTempFileSync();
  for (const path of [file, `${file}/below`, "/nonexistent"]) {
    assertThrows(() => refuseUnwritable(path), UsageProblem, "there is no such folder");
  }
  assertThrows(() => refuseUnwritable("/proc/self"), UsageProblem, "cannot be written to");
  Deno.removeSync(file);
});

Deno.test("wordOnSamples() tells of a folder that is not there, and of no other", () => {
  assertEquals([wordOnSamples(null), wordOnSamples(".")], [null, null]);
  assertStringIncludes(
    wordOnSamples("/nonexistent") ?? "",
    "/nonexistent: there is no such folder",
  );
});
