import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { writeResult } from "../reports/json.ts";
import { sampleResult } from "../reports/testing/sample_result.ts";

const MAIN = new URL("../main.ts", import.meta.url).pathname;

async function compare(...args: string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--allow-read", "--allow-write", MAIN, "compare", ...args],
    env: { NO_COLOR: "1" },
  }).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, out: out ?? "", err: err ?? "" };
}

Deno.test("compare shows two results, writes the page, and exits with 0", async () => {
  const folder = await Deno.makeTempDir();
  try {
    writeResult(folder, sampleResult());
    const { code, out } = await compare(folder, `${folder}/result.json`, "--out", `${folder}/x`);
    assertEquals(code, 0);
    assertStringIncludes(out, "A and B are one run");
    assertMatch(out, /Verdicts: 0 differ, \d+ are decided alike, \d+ are open in both/);
    const page = await Deno.readTextFile(`${folder}/x/compare.html`);
    assert(page.startsWith("<!DOCTYPE html>"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("compare says in a sentence which result cannot be read", async () => {
  const { code, err } = await compare("/nowhere/a", "/nowhere/b");
  assertEquals(code, 1);
  assertStringIncludes(err, "Cannot read the result /nowhere/a");
});
