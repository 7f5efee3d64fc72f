import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { Placeholders, placesHere } from "./placeholders.ts";

const HERE = { home: "/root", project: "/root/src/cellproof", deno: "/root/.deno/bin/deno" };

function made(places: Partial<typeof HERE> = {}): Placeholders {
  const placeholders = new Placeholders({ ...HERE, ...places });
  placeholders.set("tmp1", "/tmp/cellproof-ab12");
  return placeholders;
}

Deno.test("toFixture() replaces whole paths, the longest first", () => {
  const cases = [
    ["/root/src/cellproof/x", "{project}/x"],
    ["/root/src", "{home}/src"],
    ["/root/.deno/bin/deno run", "{deno} run"],
    ["/root/.deno/bin/denort /root/.deno", "{home}/.deno/bin/denort {home}/.deno"],
    ["a=/root:/root", "a={home}:{home}"],
    ["-v/tmp/cellproof-ab12/f", "-v{tmp1}/f"],
    ["/tmp/cellproof-ab123", "/tmp/cellproof-ab123"],
    ["/rootfs /mnt/root /root.bak", "/rootfs /mnt/root /root.bak"],
    ["ends in /root.", "ends in {home}."],
    ["{home} {{tmp7} {x}", "{{home} {{{tmp7} {x}"],
  ];
  for (const [here, fixture] of cases) assertEquals(made().toFixture(here ?? ""), fixture);
});

Deno.test("fromFixture() gives another machine's paths", () => {
  const there = made({ home: "/home/ann", project: "/opt/cellproof", deno: "/usr/bin/deno" });
  assertEquals(
    there.fromFixture("{deno} {project}/x {home} {{home}"),
    "/usr/bin/deno /opt/cellproof/x /home/ann {home}",
  );
  const unknown = there.fromFixture("{tmp9}/x");
  assertEquals(there.toFixture(unknown), "{tmp9}/x");
});

Deno.test("fromFixture() undoes toFixture()", () => {
  const part = fc.constantFrom(
    "{",
    "}",
    "/",
    "home",
    "tmp1",
    "project",
    "/root",
    "/src/cellproof",
    "/.deno/bin/deno",
  );
  const text = fc.array(fc.oneof(part, fc.string({ maxLength: 3 }))).map((parts) => parts.join(""));
  fc.assert(fc.property(text, (here) => {
    assertEquals(made().fromFixture(made().toFixture(here)), here);
  }));
});

Deno.test("set() leaves out a home folder that is the root", () => {
  assertEquals(made({ home: "/" }).toFixture("/ /etc"), "/ /etc");
});

Deno.test({
  name: "placesHere() needs no permission",
  permissions: "none",
  async fn() {
    const { home, deno } = await placesHere();
    assertEquals([home, deno], ["/home/user", Deno.execPath()]);
  },
});
