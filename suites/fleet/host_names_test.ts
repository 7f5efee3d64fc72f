import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { nameHosts } from "./host_names.ts";
import { sampleArrival } from "./testing/sample_digests.ts";

const names = (...arrivals: Parameters<typeof nameHosts>[0]) =>
  nameHosts(arrivals).map(({ name }) => name);

Deno.test("nameHosts() prefers the scheduler's name, then the hostname, then the place", () => {
  const node = sampleArrival({ hostname: "web-1" }, { name: "node-1" });
  const host = sampleArrival({ hostname: "web-2" });
  const unreadable = { kind: "unreadable", because: "", cure: null } as const;
  const place = sampleArrival({ hostname: "" }, { source: "results/x", outcome: unreadable });
  assertEquals(names(place, host, node), ["node-1", "results/x", "web-2"]);
});

Deno.test("nameHosts() sorts as people count", () => {
  const arrivals = ["gpu-10", "gpu-2", "gpu-1"].map((hostname) => sampleArrival({ hostname }));
  assertEquals(names(...arrivals), ["gpu-1", "gpu-2", "gpu-10"]);
});

Deno.test("nameHosts() adds where the result lies when several have one name", () => {
  const [one, other] = ["a", "b"].map((source) => sampleArrival({ hostname: "x" }, { source }));
  const none = sampleArrival({ hostname: "x" }, { source: null });
  if (one === undefined || other === undefined) throw new TypeError();
  assertEquals(names(other, none, one, none), [
    "x (a)",
    "x (b)",
    "x (no result)",
    "x (no result) 2",
  ]);
});

Deno.test("nameHosts() gives every host a name of its own, in whichever order they come", () => {
  const arrival = fc.record({
    hostname: fc.constantFrom("x", "x (a)", "x 2", "y"),
    source: fc.constantFrom(null, "a", "b"),
    bootId: fc.string(),
  }).map(({ source, ...digest }) => sampleArrival(digest, { source }));
  fc.assert(fc.property(fc.array(arrival), (arrivals) => {
    const named = nameHosts(arrivals);
    assertEquals(new Set(named.map(({ name }) => name)).size, arrivals.length);
    assertEquals(nameHosts(arrivals.toReversed()), named);
  }));
});

Deno.test("nameHosts() takes the place for a name that is blank", () => {
  const blank = ["", "  ", "\n"].map((hostname, index) =>
    sampleArrival({ hostname }, { source: `results/${index}` })
  );
  assertEquals(names(...blank), ["results/0", "results/1", "results/2"]);
});

Deno.test("nameHosts() tells apart names that differ in blanks alone", () => {
  const alike = ["h", " h"].map((hostname, index) =>
    sampleArrival({ hostname }, { source: `results/${index}` })
  );
  assertEquals(names(...alike), ["h (results/0)", "h (results/1)"]);
});
