import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { agreementSentence, toldOf } from "./agreement.ts";
import { ATTACKS, hostileResult } from "./testing/hostile_result.ts";
import { sampleAgreement } from "./testing/sample_agreement.ts";
import { sampleResult } from "./testing/sample_result.ts";

Deno.test("toldOf() tells what flipped first, then what is no longer decided, then the rest", () => {
  const told = toldOf(sampleAgreement(sampleResult()));
  assertEquals(told.map(({ weight, title }) => `${weight}: ${title}`), [
    "error: 11.3/latency/sandbox has flipped: refuted, expected confirmed",
    "warning: 11.3/io-performance/vm is no longer decided: inconclusive, expected refuted",
    "warning: 11.3/latency/vm is no longer decided: inconclusive, expected confirmed",
    "warning: 11.3/io-performance/vm: its waiver expired on 2025-01-01",
    "notice: 11.3/io-performance/sandbox is waived: refuted, expected confirmed",
    "notice: 03.2.1/fact/nic-device-node is newly decided: refuted, expected untested",
    "notice: 05.2.1/fact/virtio-faster is open in another way: error, expected untested",
    "notice: 11.3/io-performance/sandbox: its waiver ends on 2025-01-09, 7 days after this one",
  ]);
});

Deno.test("toldOf() gives the reason of a waiver, and of a verdict", () => {
  const told = toldOf(sampleAgreement(sampleResult()));
  const text = (start: string) => told.find(({ title }) => title.startsWith(start))?.text ?? "";
  const waived = text("11.3/io-performance/sandbox is waived");
  assertStringIncludes(waived, "Waived until 2025-01-09: the disk is worn");
  assertStringIncludes(waived, "kept 0.87 of native");
  assertStringIncludes(text("11.3/io-performance/vm: its waiver"), "the old disk");
  assertStringIncludes(text("11.3/io-performance/vm is no"), "Its waiver expired on 2025-01-01");
});

Deno.test("toldOf() tells nothing where all is as expected", () => {
  const { claims, waivers } = sampleAgreement(sampleResult(), { others: {} });
  assertEquals(toldOf({ ...sampleAgreement(sampleResult()), claims, waivers: [] }), []);
  assertEquals(waivers.length, 3);
});

Deno.test("agreementSentence() counts, and says how to keep what is newly decided", () => {
  const agreement = sampleAgreement(sampleResult());
  const counted = "1 flipped, 2 no longer decided, 1 newly decided, 1 open in another way, " +
    "1 waived, 253 as expected.";
  const sentence = agreementSentence(agreement);
  assertStringIncludes(sentence, `verdicts of test-data, 2025-01-01 03:00 UTC: ${counted} Run`);
  const kept = sampleAgreement(sampleResult(), { others: {} });
  assert(!agreementSentence(kept).includes("deno task expect"));
});

Deno.test("toldOf() lets no control character through, and no text without an end", () => {
  for (const reason of [...ATTACKS, "x".repeat(1_000_000)]) {
    const agreement = sampleAgreement(hostileResult(() => reason), { reason });
    const told = [...toldOf(agreement).map(({ text }) => text), agreementSentence(agreement)];
    // deno-lint-ignore no-control-regex -- control characters are what is looked for
    assertEquals(told.filter((text) => /[\u0000-\u001f\u202e]/.test(text)), []);
    assert(told.every((text) => text.length < 2000));
  }
});
