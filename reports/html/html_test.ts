import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Buffer } from "node:buffer";
import { inflateRawSync } from "node:zlib";
import { html, packed } from "./html.ts";

Deno.test("html`` escapes every text, and no markup of its own", () => {
  const inner = html`<b>${"<i>"}</b>`;
  assertEquals(
    html`<p title="${`"'`}">${inner}${null}${[1, "&"]}</p>`.text,
    [
      '<p title="&#34;&#39;"><b>&#60;i&#62;</b>1&#38;</p>',
    ].join(""),
  );
});

Deno.test("html`` lets no text end its element or attribute", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    assert(!/[<>"'`]/.test(html`${text}`.text));
  }));
});

Deno.test("packed() keeps a text, and nothing of it ends the script", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme" }), (text) => {
    const whole = `</script><!--${text}\u2028`;
    const [, inside = ""] = packed("x", whole).text.match(/^<script[^>]*>([\w+/=]*)<\/script>$/) ??
      [];
    assertEquals(inflateRawSync(Buffer.from(inside, "base64")).toString(), whole);
  }));
});
