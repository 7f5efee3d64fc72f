import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { implausibleIperf3, iperf3Arguments, type Iperf3Record, parseIperf3 } from "./iperf3.ts";
import { Problem } from "../../problem.ts";

const REQUEST = { address: "198.18.10.2", seconds: 1 };

/** What versions print; the newer ones name the sides of sums, streams and congestion control too. */
function output(
  { version = "iperf 3.12", sum = {}, more = {} }: {
    version?: string;
    sum?: Record<string, unknown>;
    more?: Record<string, unknown>;
  } = {},
): string {
  const counts = { start: 0, end: 1.0004, seconds: 1.0004, bytes: 125_000_000 };
  const received = { ...counts, bits_per_second: 999_600_159.9, ...sum };
  const sent = { ...received, seconds: 1.0001, bytes: 125_100_000, retransmits: 4 };
  const start = { connected: [{ socket: 5 }], version, system_info: 'Linux "x" {6.1}' };
  return JSON.stringify(
    { start, intervals: [], end: { sum_sent: sent, sum_received: received }, ...more },
    null,
    "\t",
  );
}

Deno.test("parseIperf3() reads outputs of 3.1 to 3.17, and text around the JSON", () => {
  for (const version of ["3.1.3", "3.7", "3.9", "3.12", "3.17.1+"]) {
    const record = parseIperf3(output({ version: `iperf ${version}` }));
    assertEquals([record.version, record.receivedBytes, record.retransmits], [version, 125e6, 4]);
    assertEquals(Math.round(record.bytesPerSecond), 124_950_020);
  }
  const warned = `warning: Ignoring nonsense\nWARNING: {odd}\n${output()}\niperf Done.\n`;
  assertEquals(parseIperf3(warned).seconds, 1.0004);
});

Deno.test("parseIperf3() gives iperf3's own words where the test failed", () => {
  const error = "unable to connect to server: Connection refused";
  const failed = JSON.stringify({
    start: { version: "iperf 3.12" },
    intervals: [],
    end: {},
    error,
  });
  const problem = assertThrows(() => parseIperf3(failed), Problem);
  assertStringIncludes(problem.message, "Connection refused");
  const busy = output({ more: { error: "the server is busy running a test" } });
  assertStringIncludes(assertThrows(() => parseIperf3(busy), Problem).message, "busy");
});

Deno.test("parseIperf3() refuses what is cut off, empty, of another shape or no number", () => {
  const whole = output();
  const odd = ["", "null", "[]", "iperf3: error - x", "{}", `{"end":[]}`, '{"end":{"sum_sent":3}}'];
  odd.push(whole.slice(0, -30), whole.slice(0, 200), output({ sum: { bytes: "12" } }));
  odd.push(output({ sum: { seconds: -1 } }), output({ sum: { bits_per_second: null } }));
  for (const text of odd) assertThrows(() => parseIperf3(text), Problem);
});

Deno.test("implausibleIperf3() doubts what no network did", () => {
  const record = parseIperf3(output());
  const doubt = (change: Partial<Iperf3Record>, wall = 1.1) =>
    implausibleIperf3({ ...record, ...change }, REQUEST, wall) !== null;
  assertEquals(doubt({}), false);
  assertEquals([doubt({}, 0.9), doubt({}, 0.7)], [false, true]);
  for (
    const change of [
      { receivedBytes: 0 },
      { bytesPerSecond: 0 },
      { receivedBytes: record.sentBytes + 1 },
      { seconds: 0.5 },
      { bytesPerSecond: 2 * record.bytesPerSecond },
      { receivedBytes: 2e12, sentBytes: 2e12, bytesPerSecond: 2e12, seconds: 1 },
    ]
  ) assertEquals(doubt(change), true);
});

Deno.test("iperf3Arguments() asks for one TCP stream and JSON", () => {
  assertEquals(iperf3Arguments(REQUEST).join(" "), "-c 198.18.10.2 -t 1 -P 1 -C reno -J");
});
