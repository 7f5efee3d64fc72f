import { assertEquals, assertStringIncludes } from "@std/assert";
import { addNights } from "../reports/site/testing/made_history.ts";

const MAIN = new URL("../main.ts", import.meta.url).pathname;

async function site(...args: string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--allow-read", "--allow-write", MAIN, "site", ...args],
    env: { NO_COLOR: "1" },
  }).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, out: out ?? "", err: err ?? "" };
}

Deno.test("site builds pages with no permission but for files, and the second time nothing", async () => {
  const folder = await Deno.makeTempDir();
  try {
    addNights(`${folder}/db`, [{ night: 0 }]);
    const args = ["--db", `${folder}/db`, "--out", `${folder}/site`, "--reports", "5"];
    const first = await site(...args);
    assertEquals([first.code, first.err], [0, ""]);
    assertStringIncludes(first.out, `Site: ${folder}/site/index.html`);
    assertStringIncludes((await site(...args)).out, "0 files written");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

const REFUSED: readonly (readonly [string, readonly string[], number])[] = [
  ["--out DIR is missing", [], 1],
  ["there is none", ["--db", "/nowhere/history.sqlite", "--out", "/nowhere/site"], 2],
  ["it is not a whole number", ["--out", "/nowhere/site", "--reports", "none"], 1],
];
for (const [condition, args, status] of REFUSED) {
  Deno.test(`site says in a sentence that ${condition}`, async () => {
    const { code, err } = await site(...args);
    assertEquals(code, status);
    assertStringIncludes(err, condition);
  });
}
