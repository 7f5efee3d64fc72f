import { assertEquals, assertRejects } from "@std/assert";
import { Problem } from "../problem.ts";
import { readRegularEnd, readRegularFile } from "./regular_file.ts";

const KIND = { action: "read it", mostBytes: 4 };

async function withFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("readRegularFile() reads a file of at most so many bytes, readRegularEnd() the last ones", () =>
  withFolder(async (folder) => {
    const file = `${folder}/file`;
    await Deno.writeTextFile(file, "1234");
    assertEquals(await readRegularFile(file, KIND), "1234");
    await Deno.writeTextFile(file, "12345");
    await assertRejects(() => readRegularFile(file, KIND), Problem, "it has 5 bytes");
    assertEquals(await readRegularEnd(file, KIND), "2345");
  }));

Deno.test("readRegularFile() throws a Problem for whatever cannot be read, but for what is not there", () =>
  withFolder(async (folder) => {
    await Deno.symlink("loop", `${folder}/loop`);
    await assertRejects(() => readRegularFile(folder, KIND), Problem, "it is no regular file");
    await assertRejects(() => readRegularFile(`${folder}/loop`, KIND), Problem, "Cannot read it");
    await assertRejects(() => readRegularFile(`${folder}/none`, KIND), Deno.errors.NotFound);
  }));
