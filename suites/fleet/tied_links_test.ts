import { assertEquals } from "@std/assert";
import fc from "fast-check";
import type { HostArrival } from "./arrival.ts";
import { ALL_TRUE } from "./control_fleets.ts";
import type { HostLink } from "./fleet_result.ts";
import { nameHosts } from "./host_names.ts";
import { sampleArrival } from "./testing/sample_digests.ts";
import { arrivalsByName, nameLinks, tieLinks } from "./tied_links.ts";

/** What came of two nodes of these names, in a fleet's folder of its own. */
function nightIn(folder: string, names = ["gpu-0", "gpu-1"]): HostArrival[] {
  return names.map((name) =>
    sampleArrival({ hostname: name }, { name, source: `${folder}/${name}` })
  );
}

function linkOf(from: string, to: string): HostLink[] {
  return ALL_TRUE.links.map((link) => ({ ...link, from, to }));
}

function endsOf(links: readonly HostLink[]): string[] {
  return links.map(({ from, to }) => `${from} > ${to}`);
}

Deno.test("nameLinks() calls the ends of a link as its hosts are called", () => {
  const night = nightIn("a");
  const tied = tieLinks(linkOf("gpu-1", "gpu-0"), arrivalsByName(night));
  assertEquals(endsOf(nameLinks(tied, nameHosts(night))), ["gpu-1 > gpu-0"]);
});

Deno.test("nameLinks() keeps the links of two nights apart, whose hosts have the same names", () => {
  const nights = ["a", "b"].map((folder) => nightIn(folder));
  const tied = nights.flatMap((night) => tieLinks(linkOf("gpu-0", "gpu-1"), arrivalsByName(night)));
  assertEquals(endsOf(nameLinks(tied, nameHosts(nights.flat()))), [
    "gpu-0 (a/gpu-0) > gpu-1 (a/gpu-1)",
    "gpu-0 (b/gpu-0) > gpu-1 (b/gpu-1)",
  ]);
});

Deno.test("nameLinks() sorts links by the names of their hosts, and by what they carried", () => {
  const night = nightIn("a", ["gpu-2", "gpu-10", "gpu-1"]);
  const between = [["gpu-10", "gpu-1"], ["gpu-2", "gpu-10"], ["gpu-2", "gpu-1"]];
  const links = between.flatMap(([from = "", to = ""]) => linkOf(from, to));
  const other = links.map((link) => ({ ...link, failure: "It failed." }));
  const tied = tieLinks([...links, ...other], arrivalsByName(night));
  const named = nameLinks(tied, nameHosts(night));
  assertEquals([...new Set(endsOf(named))], ["gpu-2 > gpu-1", "gpu-2 > gpu-10", "gpu-10 > gpu-1"]);
  assertEquals(nameLinks(tied.toReversed(), nameHosts(night)), named);
});

Deno.test("nameLinks() gives no link to a foreign host of a node's name", () => {
  const night = nightIn("a");
  const tied = tieLinks(linkOf("gpu-0", "gpu-1"), arrivalsByName(night));
  const foreign = sampleArrival({ hostname: "gpu-0" }, { source: "elsewhere" });
  const named = nameLinks(tied, nameHosts([foreign, ...night]));
  assertEquals(endsOf(named), ["gpu-0 (a/gpu-0) > gpu-1"]);
});

Deno.test("tieLinks() leaves out a link to a host of which its fleet does not tell", () => {
  assertEquals(tieLinks(linkOf("gpu-0", "gpu-7"), arrivalsByName(nightIn("a"))), []);
});

Deno.test("nameLinks() names the hosts of the link's own fleet, however many there are", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string(), { maxLength: 6 }), fc.nat(3), (folders, other) => {
      const nights = folders.map((folder) => nightIn(folder, ["gpu-0", `gpu-${other + 1}`]));
      const tied = nights.flatMap((night) =>
        tieLinks(linkOf("gpu-0", `gpu-${other + 1}`), arrivalsByName(night))
      );
      const hosts = nameHosts(nights.flat());
      const sources = new Map(hosts.map(({ name, source }) => [name, source]));
      const ends = nameLinks(tied, hosts).map((
        { from, to },
      ) => [sources.get(from), sources.get(to)]);
      const expected = folders.map((one) => [`${one}/gpu-0`, `${one}/gpu-${other + 1}`]);
      assertEquals(ends.toSorted(), expected.toSorted());
    }),
  );
});
