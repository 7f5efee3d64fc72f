import { assertEquals, assertThrows } from "@std/assert";
import { assertNoPrefixPasses } from "./assert_no_prefix_passes.ts";
import { bandwidthTestArguments, parseBandwidthTest } from "./bandwidth_sample.ts";
import { BANDWIDTH_TEST, ended, NO_DEVICE } from "./cuda_samples.ts";
import { MissingTool, Problem } from "../../problem.ts";

Deno.test("parseBandwidthTest() reads all three directions", () => {
  assertEquals(bandwidthTestArguments(), ["--memory=pinned", "--mode=quick"]);
  const record = parseBandwidthTest(ended(BANDWIDTH_TEST));
  const copies = [record.hostToDevice, record.deviceToHost, record.deviceToDevice];
  const bandwidths = copies.map(({ bandwidthBytesPerSecond }) => bandwidthBytesPerSecond);
  assertEquals(bandwidths, [55.3 * 1e9, 54.9 * 1e9, 2402.7 * 1e9]);
  assertEquals(record.hostToDevice.transferBytes, 32e6);
});

Deno.test("parseBandwidthTest() reads the megabytes of older versions", () => {
  const old = BANDWIDTH_TEST.replaceAll("(GB/s)", "(MB/s)").replace(
    "32000000\t\t\t55.3",
    "33554432\t\t\t12000.5",
  );
  const { hostToDevice } = parseBandwidthTest(ended(old));
  assertEquals(hostToDevice.transferBytes, 2 ** 25);
  assertEquals(hostToDevice.bandwidthBytesPerSecond, 12000.5 * 2 ** 20);
});

Deno.test("parseBandwidthTest() refuses what is not a whole pass", () => {
  const odd = [
    BANDWIDTH_TEST.replace("PASS", "FAIL"),
    BANDWIDTH_TEST.replace("55.3", "inf"),
    BANDWIDTH_TEST.replace("Device to Host", "Device to Hosts"),
    BANDWIDTH_TEST.replaceAll("1 Device(s)", "2 Device(s)"),
  ];
  for (const text of odd) assertThrows(() => parseBandwidthTest(ended(text)), Problem);
  assertThrows(() => parseBandwidthTest(NO_DEVICE), MissingTool);
});

Deno.test("parseBandwidthTest() takes no part of an output for a pass", () => {
  const passes = (run: ReturnType<typeof ended>) =>
    parseBandwidthTest(run).hostToDevice.transferBytes > 0;
  assertNoPrefixPasses(BANDWIDTH_TEST, "Result = PASS", passes);
});
