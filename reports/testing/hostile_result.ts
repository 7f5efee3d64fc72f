/**
 * A result in which every text that a tool or host could have written is an attack on the page.
 *
 * @module
 */
import { type Result, VERDICTS } from "../../suites/result.ts";
import { sampleResult } from "./sample_result.ts";

/** Markup, ends of scripts and comments, quotes, marks that reorder text, controls, half a pair. */
export const ATTACKS: readonly string[] = [
  `<script>document.title="pwned"</script>`,
  `</script><script>document.title="pwned"</script>`,
  `</style></title></svg><img src=x onerror='document.title="pwned"'>`,
  `" onmouseover="document.title='pwned'" x="`,
  `' onfocus='alert(1)' autofocus='`,
  "`${document.title='pwned'}`",
  `<!-- --> <![CDATA[ ]]> &lt;b&gt; &#x3c;`,
  `\u202egnp.exe\u202c \u200f\u2067abc\u2069`,
  `line\u2028separator\u2029 \u0000\u0007\u001b[31mred`,
  `\ud800 half a pair`,
  `=cmd|' /C calc'!A0`,
  `javascript:document.title='pwned'`,
  `datum['constructor']("return 1")()`,
];

const ENUMERATED = new Set<string>([
  ...VERDICTS,
  ...["B/s", "1/s", "s", "larger", "smaller", "positive", "negative"],
]);

/** The sample result with every free text replaced; `attack` gives the text for the n-th field. */
export function hostileResult(
  attack: (index: number) => string = (index) => ATTACKS[index % ATTACKS.length] ?? "",
): Result {
  let index = 0;
  const names = new Map<string, string>();
  const sample = sampleResult();
  const text = JSON.stringify({ ...sample, claims: [] });
  // Equal texts stay equal, so that samples still belong to their arms and workloads.
  const replaced = JSON.parse(text, (_, value: unknown) => {
    if (typeof value !== "string" || ENUMERATED.has(value)) return value;
    const name = names.get(value) ?? attack(index++);
    names.set(value, name);
    return name;
  }) as Result;
  return {
    ...replaced,
    claims: sample.claims.map((claim) => ({
      ...claim,
      because: attack(index++),
      reading: attack(index++),
      evidence: [attack(index++)],
      parts: (claim.parts ?? []).map((one) => ({
        ...one,
        name: attack(index++),
        because: attack(index++),
      })),
    })),
  };
}
