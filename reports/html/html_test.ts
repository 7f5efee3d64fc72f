import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { html, jsonScript } from "./html.ts";

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

Deno.test("jsonScript() keeps the data, and no text of it ends the script", () => {
  fc.assert(fc.property(fc.json(), fc.string(), (json, text) => {
    const data = { json, text: `</script><!--${text}\u2028` };
    const page = jsonScript("x", data).text;
    const inside = page.slice(page.indexOf(">") + 1, page.lastIndexOf("</script>"));
    assert(!/[<\u2028\u2029]/.test(inside));
    assertEquals(JSON.parse(inside), data);
  }));
});
