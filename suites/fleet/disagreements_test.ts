import { assertEquals } from "@std/assert";
import type { Verdict } from "../result.ts";
import type { HostSoftware } from "./digest.ts";
import { disagreementsAmong } from "./disagreements.ts";
import type { DigestedHost } from "./duplicates.ts";
import type { Disagreement } from "./fleet_result.ts";
import { CLAIM, sampleDigest } from "./testing/sample_digests.ts";

const SOFTWARE: HostSoftware = {
  ...{ kernel: "6.1", os: "Example 12", firmware: "BIOS 1", gpuDriver: "550.54" },
  ...{ cpuGovernor: null, tools: { fio: "3.33" } },
};

interface Case {
  readonly verdict: Verdict;
  readonly model?: string;
  readonly software?: Partial<HostSoftware>;
}

function host(name: string, { verdict, model = "0123", software }: Case): DigestedHost {
  const digest = sampleDigest({
    hostname: name,
    claims: { [CLAIM]: verdict },
    told: { model },
    software: { ...SOFTWARE, ...software },
  });
  return { name, digest };
}

function between(confirmed: Partial<HostSoftware>[], refuted: Partial<HostSoftware>[]) {
  const side = (verdict: Verdict, all: Partial<HostSoftware>[]) =>
    all.map((software, index) => host(`${verdict}-${index}`, { verdict, software }));
  const hosts = [...side("confirmed", confirmed), ...side("refuted", refuted)];
  return disagreementsAmong(hosts, [CLAIM])[0];
}

Deno.test("disagreementsAmong() names both sides, and what tells them apart", () => {
  const expected: Disagreement = {
    id: CLAIM,
    modelName: "1 x X9000",
    confirmed: ["confirmed-0"],
    refuted: ["refuted-0", "refuted-1"],
    differ: ["kernel 6.2 where it is refuted, kernel 6.1 where it is confirmed"],
  };
  assertEquals(between([{}], [{ kernel: "6.2" }, { kernel: "6.2" }]), expected);
});

Deno.test("disagreementsAmong() tells of one side when the other is not alike", () => {
  const found = between([{ kernel: "6.2" }, { kernel: "6.3" }], [{}]);
  assertEquals(found?.differ, ["kernel 6.1 where it is refuted"]);
});

Deno.test("disagreementsAmong() tells of nothing that any host of the other side has", () => {
  assertEquals(between([{ kernel: "6.2" }, {}], [{}])?.differ, []);
  assertEquals(between([{}], [{}])?.differ, []);
});

Deno.test("disagreementsAmong() tells of tools, and of those that are missing", () => {
  const found = between([{ tools: { fio: "3.33", docker: null } }], [{
    tools: { fio: "3.34", docker: "28.0" },
  }]);
  assertEquals(found?.differ, [
    "docker 28.0 where it is refuted, no docker where it is confirmed",
    "fio 3.34 where it is refuted, fio 3.33 where it is confirmed",
  ]);
});

Deno.test("disagreementsAmong() concludes nothing from firmware that a host does not tell", () => {
  assertEquals(between([{ firmware: null }], [{}])?.differ, []);
});

Deno.test("disagreementsAmong() is empty when makes differ, or hosts decide nothing", () => {
  const makes = [
    host("a", { verdict: "confirmed" }),
    host("b", { verdict: "refuted", model: "4567" }),
    host("c", { verdict: "inconclusive" }),
  ];
  assertEquals(disagreementsAmong(makes, [CLAIM]), []);
});
