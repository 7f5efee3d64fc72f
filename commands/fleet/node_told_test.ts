import { assertEquals } from "@std/assert";
import { whatWasPrinted } from "./node_told.ts";

/** What is told of a node whose log has that text. */
async function printed(log: string): Promise<string | null> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/log.txt`, log);
    return await whatWasPrinted(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("whatWasPrinted() returns the last reason that a node's log has", async () => {
  const log =
    "Cannot a: b.\n3 of 9 done\nCannot measure storage in /x: it is missing.\r\nEnd: Cannot\n";
  assertEquals(await printed(log), "Cannot measure storage in /x: it is missing.");
  assertEquals(await printed("It Cannot\n"), null);
  assertEquals(await printed(""), null);
});

Deno.test("whatWasPrinted() makes what a node wrote fit to be shown, and reads no more than its end", async () => {
  assertEquals(await printed("Cannot \u001b[2J\u202ex"), "Cannot \ufffd[2J\ufffdx");
  assertEquals((await printed(`Cannot ${"x".repeat(5000)}`))?.length, 401);
  assertEquals(await printed(`Cannot a: b.\n${".\n".repeat(2 ** 16)}`), null);
});

Deno.test("whatWasPrinted() follows no link, and reads no folder", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/secret`, "Cannot be told");
  await Deno.symlink("secret", `${folder}/log.txt`);
  assertEquals(await whatWasPrinted(folder), null);
  await Deno.remove(`${folder}/log.txt`);
  await Deno.mkdir(`${folder}/log.txt`);
  assertEquals(await whatWasPrinted(folder), null);
  await Deno.remove(folder, { recursive: true });
  assertEquals(await whatWasPrinted(folder), null);
});
