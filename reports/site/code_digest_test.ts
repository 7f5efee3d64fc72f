import { assertEquals, assertNotEquals } from "@std/assert";
import { codeDigest } from "./code_digest.ts";

Deno.test("codeDigest() changes with a source or a style sheet, and not with a test", () => {
  const folder = Deno.makeTempDirSync();
  const write = (name: string, text: string) => Deno.writeTextFileSync(`${folder}/${name}`, text);
  try {
    for (const name of ["reports/html", "suites/testing"]) {
      Deno.mkdirSync(`${folder}/${name}`, { recursive: true });
    }
    for (const name of ["deno.lock", "problem.ts", "requirements.ts"]) write(name, name);
    const digest = () => codeDigest(`${folder}/`);
    const first = digest();
    write("reports/html/page_test.ts", "test");
    write("suites/testing/sample.ts", "sample");
    assertEquals(digest(), first);
    for (const name of ["reports/html/page.ts", "reports/html/page.css", "deno.lock"]) {
      const before = digest();
      write(name, "changed");
      assertNotEquals(digest(), before);
    }
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
