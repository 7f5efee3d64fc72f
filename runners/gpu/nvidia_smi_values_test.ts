import { assertEquals } from "@std/assert";
import {
  bytes,
  celsius,
  count,
  enabled,
  failure,
  hertz,
  lanes,
  pciAddress,
  pciIds,
  share,
  told,
  watts,
} from "./nvidia_smi_values.ts";

type Row<T> = readonly [string | null, T | null];

function assertReads<T>(read: (text: string | null) => T | null, rows: readonly Row<T>[]): void {
  for (const [text, value] of [...rows, [null, null], ["", null], ["N/A", null]] as const) {
    assertEquals(read(text), value, `${text}`);
  }
}

Deno.test("quantities are read in base units, and only in those they can have", () => {
  assertReads(bytes, [
    ["40960 MiB", 40960 * 2 ** 20],
    ["16 GiB", 2 ** 34],
    ["512 MB", 2 ** 29],
    ["0 MiB", 0],
    ["-1 MiB", null],
    ["40960", null],
    ["40960 MHz", null],
    ["1 constructor", null],
    [`${2 ** 53} MiB`, null],
  ]);
  assertReads(hertz, [["1410 MHz", 1.41e9], ["1.5 GHz", 1.5e9], ["1e3 MHz", null]]);
  assertReads(watts, [["250.00 W", 250], ["1500 mW", 1.5], ["-3 W", null], ["ERR!", null]]);
  assertReads(share, [["57 %", 0.57], ["100%", 1], ["101 %", null]]);
  assertReads(celsius, [["45 C", 45], ["-5 C", -5], ["999 C", null], ["45 F", null]]);
});

Deno.test("counts and widths are whole numbers within their bounds", () => {
  assertReads(count, [["0", 0], [" 7 ", 7], ["1.5", null], ["-1", null], ["9".repeat(40), null]]);
  assertReads(lanes, [["16x", 16], ["8", 8], ["0x", null], ["33x", null], ["x", null]]);
});

Deno.test("told() is the text, unless that says that there is none", () => {
  assertReads(told, [
    [" NVIDIA [Sample] ", "NVIDIA [Sample]"],
    ["[N/A]", null],
    ["[Not Supported]", null],
    ["Insufficient Permissions", null],
    ["[Unknown Error]", null],
    ["ERR!", null],
  ]);
  assertReads(failure, [
    ["[GPU is lost]", "[GPU is lost]"],
    ["ERR!", "ERR!"],
    ["45 C", null],
    ["[Not Supported]", null],
  ]);
  assertReads(enabled, [["Enabled", true], ["Disabled", false], ["Yes", null]]);
});

Deno.test("PCI addresses and ids are read as the kernel writes them", () => {
  assertReads(pciAddress, [
    ["00000000:65:00.0", "0000:65:00.0"],
    ["0000:CA:1F.7", "0000:ca:1f.7"],
    ["00010000:01:00.0", "10000:01:00.0"],
    ["65:00.0", null],
    ["00000000:65:00.8", null],
  ]);
  assertReads(pciIds, [
    ["233010DE", { device: "2330", vendor: "10de" }],
    ["0x16C110DE", { device: "16c1", vendor: "10de" }],
    ["0x2330", null],
  ]);
});
