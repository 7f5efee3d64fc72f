import { assertEquals, assertRejects } from "@std/assert";
import { UsageProblem } from "../problem.ts";
import { type Command, NONE } from "./command.ts";
import { parseArguments } from "./parse_arguments.ts";

const COMMAND: Command = {
  usage: "",
  boolean: ["json"],
  string: ["dry-run", "out"],
  positionals: { least: 0, most: 2 },
  run: () => Promise.resolve(0),
};

Deno.test("parseArguments() tells options from ids, which stay text", async () => {
  const args = await parseArguments("try", COMMAND, ["11.3", "--out", "x", "--dry-run", "02.10"]);
  assertEquals(args, { _: ["11.3", "02.10"], json: false, out: "x", "dry-run": "" });
});

Deno.test("parseArguments() takes what follows two dashes for no option", async () => {
  assertEquals((await parseArguments("try", COMMAND, ["--", "--what", "-x"]))._, ["--what", "-x"]);
});

Deno.test("parseArguments() refuses what the command does not take", async () => {
  const refused = async (command: Command, argv: string[], words: string) =>
    await assertRejects(() => parseArguments("try", command, argv), UsageProblem, words);
  await refused(
    COMMAND,
    ["--what"],
    'Cannot run "try": it has no option --what. Try: deno task try',
  );
  await refused(COMMAND, ["a", "b", "c"], "it takes 0 to 2 arguments, not 3");
  await refused({ ...COMMAND, positionals: NONE }, ["a"], "it takes no arguments, not 1");
});
