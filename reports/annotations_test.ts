import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import type { Result, Verdict } from "../suites/result.ts";
import { annotations, MOST_OF_A_KIND } from "./annotations.ts";
import { sampleAgreement } from "./testing/sample_agreement.ts";
import { sampleResult } from "./testing/sample_result.ts";

interface Command {
  readonly name: string;
  readonly title: string;
  readonly message: string;
}

/** Reads a line as GitHub's runner does (actions/runner, `ActionCommand.TryParseV2`). */
function parseCommand(line: string): Command {
  const [, name = "", properties = "", data = ""] = /^::(\w+) (.*?)::(.*)$/.exec(line) ?? [];
  const pairs = properties.split(",").map((pair) => pair.split(/=(.*)/s));
  const unescaped = (text: string) =>
    text.replaceAll("%0D", "\r").replaceAll("%0A", "\n")
      .replaceAll("%3A", ":").replaceAll("%2C", ",").replaceAll("%25", "%");
  assertEquals(pairs.length, 1, `more than a title: ${line}`);
  assertEquals(pairs[0]?.[0], "title");
  return { name, title: unescaped(pairs[0]?.[1] ?? ""), message: unescaped(data) };
}

function commands(text: string): Command[] {
  assert(text === "" || text.endsWith("\n"));
  return text.split("\n").slice(0, -1).map(parseCommand);
}

function countOf(name: string, all: readonly Command[]): number {
  return all.filter((command) => command.name === name).length;
}

/** The first `many` claims of the sample with this verdict. */
function withMany(many: number, verdict: Verdict): Result {
  const { claims, ...rest } = sampleResult();
  return {
    ...rest,
    claims: claims.map((claim, index) => index < many ? { ...claim, verdict } : claim),
  };
}

/** The sample with one sentence for every verdict. */
function withBecause(because: string, { claims, ...rest } = sampleResult()): Result {
  return { ...rest, claims: claims.map((claim) => ({ ...claim, because })) };
}

Deno.test("annotations() makes an error of a flip, and warnings of what is no longer decided", () => {
  const result = sampleResult();
  const found = commands(annotations(result, sampleAgreement(result)));
  assertEquals(found.map(({ name }) => name), [
    "error",
    ...["warning", "warning", "warning"],
    ...["notice", "notice", "notice", "notice"],
  ]);
  const flip = "11.3/latency/sandbox has flipped: refuted, expected confirmed";
  assertEquals(found[0]?.title, flip);
});

Deno.test("annotations() makes no more than notices of refuted claims where nothing is expected", () => {
  const found = commands(annotations(sampleResult()));
  assertEquals(found.length, 6);
  assertEquals(countOf("notice", found), 6);
  assertStringIncludes(found[0]?.title ?? "", "is refuted");
});

Deno.test("annotations() is empty where there is nothing to tell", () => {
  assertEquals(annotations({ ...sampleResult(), claims: [] }), "");
});

for (const many of [MOST_OF_A_KIND, MOST_OF_A_KIND + 1, 200]) {
  Deno.test(`annotations() shows no more than GitHub does of ${many} flips and losses`, () => {
    const expected = Object.fromEntries(
      sampleResult().claims.slice(0, 2 * many).map(({ id }) => [id, "confirmed" as const]),
    );
    const refuted = withMany(many, "refuted");
    const found = commands(annotations(refuted, sampleAgreement(refuted, { others: expected })));
    for (const name of ["error", "warning", "notice"]) {
      assert(countOf(name, found) <= MOST_OF_A_KIND, name);
    }
    const [, more = "0"] = /^(\d+) more error/.exec(found.at(-1)?.message ?? "") ?? [];
    assertEquals(countOf("error", found), MOST_OF_A_KIND);
    // The sample has refuted claims of its own among those that are expected to be confirmed.
    assert(Number(more) >= many - MOST_OF_A_KIND && Number(more) < many, more);
  });
}

Deno.test("annotations() counts the notices that there is no room for", () => {
  const found = commands(annotations(withMany(60, "refuted")));
  assertEquals(countOf("notice", found), MOST_OF_A_KIND);
  assert(/^\d+ more notices: summary\.md/.test(found.at(-1)?.message ?? ""));
});

Deno.test("annotations() lets no text begin a command, end its line or add a property", () => {
  const nasty = fc.constantFrom(
    "::error::x",
    "\n::add-mask::",
    ",file=a",
    "%0A",
    "a::b",
    "\r",
    "]",
  );
  const anything = fc.nat(0x10ffff).map((point) => String.fromCodePoint(point));
  const sample = sampleResult();
  fc.assert(
    fc.property(fc.array(fc.oneof(nasty, anything)), (parts) => {
      const text = parts.join("");
      const result = withBecause(text, sample);
      const agreement = sampleAgreement(result, { reason: text });
      for (const { name } of commands(annotations(result, agreement))) {
        assert(["error", "warning", "notice"].includes(name));
      }
    }),
    { numRuns: 50 },
  );
});

Deno.test("annotations() keeps the percent signs of a text", () => {
  const because = "5%0A of 100% :: a, b";
  const found = commands(annotations(withBecause(because)));
  assert(found.every(({ message }) => message.endsWith(because)));
});
