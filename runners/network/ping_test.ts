import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  implausiblePing,
  meanTurnSeconds,
  parsePing,
  pingArguments,
  type PingRecord,
} from "./ping.ts";
import { Problem } from "../../problem.ts";

const REQUEST = { address: "198.18.10.2", count: 300, mostSeconds: 2 };

function printed(counts: string, times: string): string {
  return `PING 198.18.10.2 (198.18.10.2) 56(84) bytes of data.\n\n` +
    `--- 198.18.10.2 ping statistics ---\n${counts}\n${times}\n`;
}
const COUNTS = "300 packets transmitted, 300 received, 0% packet loss, time 150ms";
const TIMES = "rtt min/avg/max/mdev = 0.004/0.250/0.717/0.040 ms";

Deno.test("parsePing() reads iputils' summary, of a flood and of older versions too", () => {
  for (const tail of ["", ", ipg/ewma 0.007/0.005 ms", ", pipe 4, ipg/ewma 0.007/0.005 ms"]) {
    const record = parsePing(printed(COUNTS, `${TIMES}${tail}`));
    assertEquals([record.transmitted, record.received, record.elapsedSeconds], [300, 300, 0.15]);
    assertEquals([record.minSeconds, record.meanSeconds], [0.000004, 0.00025]);
    assertEquals([record.maxSeconds, record.deviationSeconds], [0.000717, 0.00004]);
    assertEquals(meanTurnSeconds(record), 0.0005);
  }
});

Deno.test("parsePing() reads busybox's summary, which tells neither deviation nor duration", () => {
  const counts = "3 packets transmitted, 3 packets received, 0% packet loss";
  const record = parsePing(printed(counts, "round-trip min/avg/max = 0.042/0.057/0.070 ms"));
  assertEquals([record.received, record.meanSeconds], [3, 0.000057]);
  assertEquals([record.elapsedSeconds, record.deviationSeconds], [null, null]);
  assertThrows(() => meanTurnSeconds(record), Problem, "iputils");
  const inetutils = "round-trip min/avg/max/stddev = 0.042/0.057/0.070/0.001 ms";
  assertEquals(parsePing(printed(counts, inetutils)).deviationSeconds, 0.000001);
});

Deno.test("parsePing() refuses errors, duplicates and silence", () => {
  const cases = [
    ["5 packets transmitted, 0 received, +5 errors, 100% packet loss, time 4081ms", "+5 errors"],
    ["5 packets transmitted, 0 received, 100% packet loss, time 4081ms", "no answer"],
    ["5 packets transmitted, 5 received, +2 duplicates, 0% packet loss, time 9ms", "duplicates"],
  ];
  for (const [counts = "", words = ""] of cases) {
    const problem = assertThrows(() => parsePing(printed(counts, TIMES)), Problem);
    assertStringIncludes(problem.message, words);
  }
});

Deno.test("parsePing() refuses garbage and summaries without times", () => {
  const odd = ["", "ping: connect: Network is unreachable", printed(COUNTS, ""), TIMES];
  odd.push(printed(COUNTS, TIMES.replace("0.250", "")), printed(COUNTS, TIMES.replace(" ms", "")));
  odd.push(printed(COUNTS, "rtt min/avg/max/mdev = 1/2.3.4/5/6 ms"), printed("x", TIMES));
  odd.push(printed(COUNTS, "rtt min/avg/max/mdev = 1/2 ms"));
  for (const text of odd) assertThrows(() => parsePing(text), Problem);
});

Deno.test("implausiblePing() doubts what no network did", () => {
  const record = parsePing(printed(COUNTS, TIMES));
  const doubt = (change: Partial<PingRecord>, wall = 1) =>
    implausiblePing({ ...record, ...change }, REQUEST, wall) !== null;
  assertEquals(doubt({}), false);
  assertEquals(doubt({ transmitted: 200, received: 199 }), false);
  assertEquals([doubt({}, 0.1), doubt({ elapsedSeconds: 0.4 }, 0.1)], [false, true]);
  for (
    const change of [
      { received: 299 },
      { received: 301 },
      { transmitted: 301, received: 301 },
      { transmitted: 200, received: 198 },
      { meanSeconds: 0.1 },
      { meanSeconds: 0.000001 },
      { elapsedSeconds: 0 },
      { elapsedSeconds: 0.05 },
    ]
  ) assertEquals([change, doubt(change)], [change, true]);
});

Deno.test("pingArguments() sends each request when the last is answered, for a bounded time", () => {
  assertEquals(pingArguments(REQUEST).join(" "), "-n -q -f -c 300 -w 2 198.18.10.2");
});
