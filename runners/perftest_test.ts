import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { parseWriteBandwidth, writeBandwidthArgv } from "./perftest.ts";

const LINE = `${"-".repeat(87)}\n`;
const HEADING =
  " #bytes     #iterations    BW peak[Gb/sec]    BW average[Gb/sec]   MsgRate[Mpps]\n";

/** What clients print: the parameters of a version, and a table. */
function printed(parameters: string, table: string): string {
  return `${LINE}                    RDMA_Write BW Test\n${parameters}${LINE} local address: LID 0x02 QPN ` +
    `0x0032 PSN 0x5f2841 RKey 0x002440 VAddr 0x007f2e5f64b000\n${LINE}${table}${LINE}`;
}

const V5 = ` Dual-port       : OFF\t\tDevice         : mlx5_0
 Number of qps   : 1\t\tTransport type : IB
 Connection type : RC\t\tUsing SRQ      : OFF
 PCIe relax order: ON
 ibv_wr* API     : ON
 TX depth        : 128
 CQ Moderation   : 100
 Mtu             : 4096[B]
 Link type       : IB
 Max inline data : 0[B]
 rdma_cm QPs\t : OFF
 Data ex. method : Ethernet
`;
const V6 = ` Dual-port       : OFF          Device         : mlx5_0
 Number of qps   : 1            Transport type : IB
 Connection type : RC           Using SRQ      : OFF
 PCIe relax order: ON           Lock-free      : OFF
 ibv_wr* API     : ON           Using Enhanced Reorder      : OFF
 CQE Poll Batch  : Dynamic
 Mtu             : 4096[B]
 Link type       : Ethernet
 GID index       : 4
`;

/** Rows as they were published of real adapters, and what was measured. */
const ROWS: Record<string, [parameters: string, row: string, gigabits: number, link: string]> = {
  "perftest 5 over InfiniBand": [
    V5,
    " 65536      5000             51.05              51.04              0.097356\n",
    51.04,
    "IB",
  ],
  "perftest 6 for some seconds, and a warning in the table": [
    ` WARNING: BW peak won't be measured in this run.\n${V6}`,
    "Conflicting CPU frequency values detected: 1500.000000 != 3300.016000. CPU Frequency is not " +
    "max.\n 65536      560845           0.00               98.02                0.186950\n",
    98.02,
    "Ethernet",
  ],
  "a figure far below its peak": [
    V5,
    " 65536      5000             47.22              18.58             0.035434\n",
    18.58,
    "IB",
  ],
};
for (const [name, [parameters, row, gigabits, linkType]] of Object.entries(ROWS)) {
  Deno.test(`parseWriteBandwidth() reads ${name}`, () => {
    const expected = { bytesPerSecond: gigabits * 1e9 / 8, linkType };
    assertEquals(parseWriteBandwidth(printed(parameters, HEADING + row)), expected);
  });
}

Deno.test("parseWriteBandwidth() reads a table without a rate of messages", () => {
  const heading = HEADING.replace("   MsgRate[Mpps]", "");
  const read = parseWriteBandwidth(printed(V5, `${heading} 1048576    5000    394.28    393.98\n`));
  assertEquals("bytesPerSecond" in read && Math.round(read.bytesPerSecond), 49.2475e9);
});

const FAILURES: Record<string, [text: string, part: string]> = {
  "there is no adapter": [
    " Did not detect devices \n If device exists, check if driver is up\n Unable to find the " +
    "Infiniband/RoCE device\n",
    "Unable to find the Infiniband/RoCE device",
  ],
  "nobody waits": [
    "Couldn't connect to 192.0.2.7:18515\nUnable to open file descriptor for socket connection " +
    "Unable to init the socket connection\n",
    "Unable to open file descriptor",
  ],
  "it printed MB": [
    printed(
      V5,
      " #bytes     #iterations    BW peak[MB/sec]    BW average[MB/sec]   MsgRate[Mpps]\n" +
        " 8388608    20000            24056.74            24056.72\t\t   0.003007\n",
    ),
    "it printed MB/sec",
  ],
  "the table is empty": [printed(V5, HEADING), "0 lines"],
  "the table is of many sizes": [
    printed(V5, `${HEADING} 2   5000   0.04   0.04   2.63\n 4   5000   0.08   0.08   2.63\n`),
    "2 lines",
  ],
  "the average is negative": [
    printed(V5, `${HEADING} 65536   5000   0.00   -3.25   0.186950\n`),
    "-3.25 Gb/s",
  ],
  "the average is no number": [printed(V5, `${HEADING} 65536   5000   0.00   nan   0.1\n`), "nan"],
  "the messages make another rate": [
    printed(V5, `${HEADING} 65536   5000   98.02   47.00   0.186950\n`),
    "0.186950 million messages",
  ],
  "there is nothing": [LINE, "nothing"],
};
for (const [name, [text, part]] of Object.entries(FAILURES)) {
  Deno.test(`parseWriteBandwidth() gives no figure where ${name}`, () => {
    const read = parseWriteBandwidth(text);
    assert("failure" in read);
    assertStringIncludes(read.failure, part);
  });
}

Deno.test("parseWriteBandwidth() gives no figure for a part of what was printed", () => {
  const row = " 65536      5000             51.05              51.04              0.097356";
  const whole = printed(V5, `${HEADING}${row}\n`);
  const cut = fc.nat(whole.indexOf("0.097356") + 7);
  fc.assert(fc.property(cut, (length) => "failure" in parseWriteBandwidth(whole.slice(0, length))));
});

Deno.test("writeBandwidthArgv() asks for the port, and for bits", () => {
  const argv = writeBandwidthArgv({ device: "mlx5_2", port: "1" });
  assertEquals(argv.slice(0, 5), ["ib_write_bw", "-d", "mlx5_2", "-i", "1"]);
  assert(argv.includes("--report_gbits"));
});
