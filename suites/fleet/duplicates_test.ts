import { assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Hardware } from "../machine_identity.ts";
import { type Contender, duplicatesAmong, machinesAmong, namesakesAmong } from "./duplicates.ts";
import { type DigestCase, sampleDigest } from "./testing/sample_digests.ts";

interface Case extends Omit<DigestCase, "hostname" | "hardware"> {
  readonly hostname?: string;
  readonly hardware?: Partial<Hardware>;
  readonly day?: number;
  readonly node?: string | null;
  readonly isInDoubt?: boolean;
}

/** A whole result of a day, in a boot of its own, of a host with a GPU of its own. */
function result(name: string, { hardware, day = 1, node = null, ...rest }: Case = {}): Contender {
  const { hostname = "x", isInDoubt = false, told, ...changes } = rest;
  const environment = told?.environment ?? "bare metal";
  const own = { hostname, environment, cpuModel: "Example 9", cpuCount: 64, pci: ["10de:1"] };
  const all = { ...own, gpus: [name], ...hardware };
  const times = {
    startedAt: `2026-01-0${day}T03:00:00Z`,
    endedAt: `2026-01-0${day}T03:10:00Z`,
  };
  const digest = sampleDigest({
    ...{ hostname, bootId: `boot of ${name}`, gpus: [], hardware: all },
    told: { machine: JSON.stringify(all), ...times, ...told },
    ...changes,
  });
  return { name, digest, node, isInDoubt };
}

/** The results of each machine, what counts more first; a machine that may be another one after a "?". */
function machines(...results: readonly Contender[]): string[] {
  return machinesAmong(results).map(({ results, namesake }) =>
    `${namesake === null ? "" : `${namesake.results[0].name}? `}${
      results.map(({ name }) => name).join(" ")
    }`
  );
}

function gpu(uuidHash: string) {
  return { name: null, uuidHash, virtualizationMode: null, lost: null, fabric: null };
}

const SILENT: Record<string, Partial<Hardware>> = {
  "could not tell its GPUs": { gpus: null },
  "could not list its PCI functions": { gpus: ["a"], pci: null },
  "had a GPU that told no UUID": { gpus: ["unknown"] },
};
for (const [words, hardware] of Object.entries(SILENT)) {
  Deno.test(`machinesAmong() finds one machine when a run ${words}`, () => {
    const whole = result("a", { day: 2 });
    assertEquals(machines(whole, result("b", { hardware })), ["a b"]);
    assertEquals(machines(whole, result("b", { hardware, day: 3 })), ["b a"]);
  });
}

Deno.test("machinesAmong() finds no machine twice in a run that may be of either", () => {
  const silent = result("s", { day: 3, hardware: { gpus: null } });
  assertEquals(machines(silent, result("a", { day: 2 }), result("b")), ["s a", "s? b"]);
});

Deno.test("machinesAmong() takes hosts of one name for two when their runs went on at once", () => {
  assertEquals(machines(result("a"), result("b", { day: 2 })), ["b", "b? a"]);
  assertEquals(machines(result("a"), result("b")), ["a", "b"]);
  assertEquals(machines(result("a"), result("b", { isInDoubt: true })), ["a", "a? b"]);
  const ground = { ...result("a").digest.ground, kind: "dry-run" } as const;
  assertEquals(machines(result("a", { ground }), result("b", { ground })), ["a", "a? b"]);
});

Deno.test("machinesAmong() takes two nodes of schedulers for two machines, whatever they are called", () => {
  const alike = { hardware: { gpus: [] } };
  const of = (...nodes: readonly (string | null)[]) =>
    machines(...nodes.map((node, index) => result(`${index}`, { ...alike, node, day: index + 1 })));
  assertEquals(of("n1", "n2"), ["1", "0"]);
  assertEquals(of("n1", null), ["1 0"]);
  const others = [result("a", { node: "n1" }), result("b", { node: "n2", day: 2 })];
  assertEquals(machines(...others), ["b", "a"]);
});

Deno.test("machinesAmong() finds a node again whose GPUs were replaced", () => {
  const nights = [1, 2].map((day) => result(`of ${day}`, { day, node: "n1" }));
  assertEquals(machines(...nights), ["of 2 of 1"]);
  assertEquals(duplicatesAmong(machinesAmong(nights)).get("of 1"), {
    ...{ of: "of 2", sign: "the same node of one cluster", reason: "is the later one" },
  });
});

const INSIDE = { environment: "in a container", bareMetal: false };

Deno.test("machinesAmong() lets the host stand for a container on it, whichever is later", () => {
  for (const day of [1, 3]) {
    const host = result("host", { day: 2, bootId: "1", gpus: [gpu("1")] });
    const inside = { hostname: "c0ffee", day, told: INSIDE };
    for (const sign of [{ bootId: "1" }, { gpus: [gpu("1")] }]) {
      const found = machinesAmong([result("inside", { ...inside, ...sign }), host]);
      assertEquals(found.map(({ results }) => results.map(({ name }) => name)), [
        ["host", "inside"],
      ]);
      const { reason } = duplicatesAmong(found).get("inside") ?? {};
      assertEquals(reason, "is that of the host around the container");
    }
  }
});

Deno.test("machinesAmong() takes a guest for no machine of the host that gave it the GPU", () => {
  const told = { environment: "in a container, inside a KVM guest", bareMetal: false };
  const guest = result("guest", { hostname: "guest", gpus: [gpu("1")], told });
  assertEquals(machines(result("host", { gpus: [gpu("1")] }), guest), ["host", "guest"]);
});

Deno.test("namesakesAmong() names the host whose name a result has", () => {
  const found = machinesAmong([result("a"), result("b", { day: 2 }), result("c", { day: 3 })]);
  assertEquals([...namesakesAmong(found)], [["b", "c"], ["a", "c"]]);
  assertEquals(duplicatesAmong(found).size, 0);
});

Deno.test("machinesAmong() puts every result into one machine, in whichever order they come", () => {
  const some = fc.record({
    day: fc.integer({ min: 1, max: 3 }),
    node: fc.constantFrom(null, "n1", "n2"),
    hardware: fc.record({
      gpus: fc.constantFrom(null, [], ["a"], ["unknown"]),
      pci: fc.constantFrom(null, [], ["10de:1"]),
    }),
    told: fc.constantFrom({}, INSIDE),
    bootId: fc.constantFrom("unknown", "1", "2", "3"),
  });
  fc.assert(fc.property(fc.array(some, { maxLength: 6 }), (cases) => {
    const results = cases.map((one, index) => result(`${index}`, one));
    const found = machinesAmong(results);
    const names = found.flatMap(({ results }) => results.map(({ name }) => name));
    assertEquals(names.toSorted(), results.map(({ name }) => name));
    assertEquals(machines(...results.toReversed()), machines(...results));
    assertEquals(found.filter(({ namesake }) => (namesake?.namesake ?? null) !== null), []);
  }));
});
