import { assertEquals } from "@std/assert";
import type { ClaimVerdict, Control, Observation } from "../suites/result.ts";
import { certainty, holdsInWords, thresholdInWords } from "./certainty.ts";

const CLAIM: ClaimVerdict = {
  id: "11.3/latency/container",
  verdict: "refuted",
  because: "",
  reading: "",
  evidence: [],
};
const control = (held: boolean): Control => ({ kind: "positive", what: "", held, seen: "" });
const observation = (controls: readonly Control[]): Observation => ({
  ...{ name: "container-view/own-kernel" as Observation["name"], value: true, seen: "" },
  ...{ controls, absence: null },
});
const nothing = () => null;

Deno.test("certainty() tells the blocks and how far the thresholds could move", () => {
  const any = { above: null, atMost: null };
  const holds = { high: { above: 0.843, atMost: null }, medium: any };
  assertEquals(
    certainty({ ...CLAIM, n: 11, holds }, nothing)?.en,
    "11 blocks; the same with a high threshold above 0.843",
  );
});

Deno.test("certainty() says where no threshold moves a verdict", () => {
  const any = { above: null, atMost: null };
  const moved = certainty({ ...CLAIM, n: 5, holds: { high: any, medium: any } }, nothing);
  assertEquals(moved?.en, "5 blocks; neither threshold alone moves it");
});

Deno.test("certainty() counts the controls of what decided, held or not", () => {
  const parts = [
    { name: "one", verdict: "refuted", because: "" },
    { name: "other", verdict: "confirmed", because: "" },
  ] as const;
  const find = (name: string) => observation([control(name === "one"), control(false)]);
  assertEquals(certainty({ ...CLAIM, parts }, find)?.en, "1 of 2 controls held");
  const twice = { ...CLAIM, parts: [...parts, ...parts] };
  assertEquals(certainty(twice, find)?.en, "1 of 2 controls held");
});

Deno.test("certainty() claims none for a verdict that is open, or that rests on nothing shown", () => {
  assertEquals(certainty(CLAIM, nothing), null);
  const find = () => observation([control(true)]);
  const parts = [{ name: "one", verdict: "inconclusive", because: "" }] as const;
  assertEquals(certainty({ ...CLAIM, verdict: "inconclusive", parts }, find), null);
});

Deno.test("thresholdInWords() names the bounds that there are", () => {
  assertEquals(
    [[null, null], [0.8, null], [null, 0.9], [0.8, 0.9]].map(([above = null, atMost = null]) =>
      thresholdInWords("high", { above, atMost }).en
    ),
    ["any above the medium one", "above 0.8", "up to 0.9", "above 0.8, up to 0.9"],
  );
});

Deno.test("thresholdInWords() rounds towards what keeps the verdict", () => {
  const words = thresholdInWords("medium", { above: 0.84211, atMost: 0.96899 }).en;
  assertEquals(words, "above 0.843, up to 0.968");
});

Deno.test("holdsInWords() is silent where no threshold moves the verdict", () => {
  assertEquals(holdsInWords({}, { high: 0.95, medium: 0.5 }), null);
});
