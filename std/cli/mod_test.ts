import { parseArgs } from "@std/cli";
import { assertEquals } from "@std/assert";

const OPTIONS = { boolean: ["setup"], string: ["_", "out"] };
const CASES: [string[], Record<string, unknown>][] = [
  [["11.3", "--setup", "05.4.1"], { setup: true, _: ["11.3", "05.4.1"] }],
  [["--setup=false"], { setup: false, _: [] }],
  [["--setup=true"], { setup: true, _: [] }],
  [["--out", "a", "--out=b=c"], { setup: false, out: "b=c", _: [] }],
  [["--out", "--setup"], { setup: true, out: "", _: [] }],
  [["--out"], { setup: false, out: "", _: [] }],
  [["--", "--out", "x"], { setup: false, _: ["--out", "x"] }],
];
for (const [args, expected] of CASES) {
  Deno.test(`parseArgs() reads "${args.join(" ")}"`, () => {
    assertEquals<Record<string, unknown>>(parseArgs(args, OPTIONS), expected);
  });
}

Deno.test("parseArgs() lists the values of a repeated option", () => {
  const options = { string: ["_", "device"], collect: ["device"] };
  assertEquals<unknown>(parseArgs([], options)["device"], []);
  const args = ["--device", "a", "x", "--device=b"];
  assertEquals<unknown>(parseArgs(args, options), { device: ["a", "b"], _: ["x"] });
});

Deno.test("parseArgs() drops what `unknown` refuses", () => {
  const seen: (string | undefined)[] = [];
  const unknown = (_: string, key?: string) => seen.push(key) > 1;
  parseArgs(["11.3", "--strange"], { ...OPTIONS, unknown });
  assertEquals(seen, [undefined, "strange"]);
});
