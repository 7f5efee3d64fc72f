import { assertEquals, assertThrows } from "@std/assert";
import { assertNoPrefixPasses } from "./assert_no_prefix_passes.ts";
import { ended, NO_DEVICE, P2P_BANDWIDTH } from "./cuda_samples.ts";
import { parseP2pBandwidth } from "./p2p_bandwidth.ts";
import { MissingTool, Problem } from "../../problem.ts";

Deno.test("parseP2pBandwidth() reads every table, from the row's device to the column's", () => {
  const record = parseP2pBandwidth(ended(P2P_BANDWIDTH));
  assertEquals(record.devices.map(({ name }) => name), ["NVIDIA Q200 80GB", "NVIDIA Q200 80GB"]);
  assertEquals(record.connectivity, [[true, true], [false, true]]);
  assertEquals(record.unidirectional.enabled[0]?.[1], 370e9);
  assertEquals(record.unidirectional.disabled[1]?.[0], 37.5e9);
  assertEquals(record.bidirectional.enabled[1]?.[0], 739e9);
  assertEquals(record.latency.enabled.gpuSeconds[0]?.[1], 2.5 * 1e-6);
  assertEquals(record.latency.disabled.cpuSeconds?.[1]?.[0], 5 * 1e-6);
});

Deno.test("parseP2pBandwidth() reads one GPU, and reads of peers beside writes", () => {
  const one = P2P_BANDWIDTH.split("\n")
    .filter((line) => !/^Device: 1|^Device=|^ +1[ \t]/.test(line))
    .map((line) => line.replace(/^(\s+(?:D\\D|GPU|CPU|0)\s+\S+).*$/, "$1")).join("\n");
  assertEquals(parseP2pBandwidth(ended(one)).unidirectional.enabled, [[2403.2 * 1e9]]);
  const reads = P2P_BANDWIDTH.replace(
    "Bidirectional P2P=Disabled",
    "Unidirectional P2P=Enabled Bandwidth (P2P Reads) Matrix (GB/s)\n   D\\D     0      1 \n" +
      "     0   1.00   1.00 \n     1   1.00   1.00 \nBidirectional P2P=Disabled",
  );
  assertEquals(parseP2pBandwidth(ended(reads)), parseP2pBandwidth(ended(P2P_BANDWIDTH)));
});

Deno.test("parseP2pBandwidth() reads version 8, which tells one latency", () => {
  const old = P2P_BANDWIDTH.replace(/\n {3}CPU(.*\n){3}/g, "").replaceAll("   GPU ", "   D\\D ")
    .replaceAll(" (P2P Writes)", "");
  const { latency } = parseP2pBandwidth(ended(old));
  assertEquals([latency.enabled.gpuSeconds[0]?.[1], latency.enabled.cpuSeconds], [
    2.5 * 1e-6,
    null,
  ]);
});

Deno.test("parseP2pBandwidth() knows no figure where none was measured", () => {
  for (const cell of ["nan", "-nan", "inf", "-1.00", "0.00"]) {
    const record = parseP2pBandwidth(ended(P2P_BANDWIDTH.replace("370.00", cell)));
    assertEquals(record.unidirectional.enabled[0], [2403.2 * 1e9, null]);
  }
});

Deno.test("parseP2pBandwidth() refuses tables that are missing or not whole", () => {
  const odd = [
    "",
    P2P_BANDWIDTH.replace("370.00", ""),
    P2P_BANDWIDTH.replace("Bidirectional P2P=Enabled", "Other"),
    P2P_BANDWIDTH.replace(/^Device: .*\n/gm, ""),
  ];
  for (const text of odd) assertThrows(() => parseP2pBandwidth(ended(text)), Problem);
  assertThrows(() => parseP2pBandwidth(ended(P2P_BANDWIDTH, "", 1)), Problem);
  assertThrows(() => parseP2pBandwidth(NO_DEVICE), MissingTool);
});

Deno.test("parseP2pBandwidth() takes no part of an output for the whole", () => {
  const passes = (run: ReturnType<typeof ended>) => parseP2pBandwidth(run).devices.length === 2;
  assertNoPrefixPasses(P2P_BANDWIDTH, "     1   5.10   1.95 ", passes);
});
