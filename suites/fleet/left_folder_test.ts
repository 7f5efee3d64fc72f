import { assertEquals, assertStringIncludes } from "@std/assert";
import { faultOfLeft, faultOfUnseen } from "./left_folder.ts";

Deno.test("faultOfLeft() tells a host that is not put back from files that stay", () => {
  const folder = "/tmp/run";
  assertEquals(faultOfLeft({ folder, because: "journal" }).kind, "not-restored");
  assertEquals(faultOfLeft({ folder, because: "files" }).kind, "left-files");
});

Deno.test("faultOfUnseen() gives a command that runs nothing else, whatever the folder is called", () => {
  const cure = faultOfUnseen("/tmp/a'b; touch oops").cure ?? "";
  assertStringIncludes(cure, `run '/tmp/a'\\''b; touch oops/harness/deno' run --allow-all`);
});
