import { assertEquals, assertStringIncludes } from "@std/assert";
import type { PciFunction } from "../../runners/inventory/inventory.ts";
import { highAndAtMost32, linksOf, pointToPoint } from "./pcie.ts";
import type { Reading } from "./reading.ts";
import { inventoryOf, linkOf, pciFunction, usbDevice } from "./sample_inventory.ts";

const BRIDGE = { classCode: "060400" };
const PORT = "0000:00:01.0";
const SWITCH = `${PORT}/0000:01:00.0`;
const FAST = { currentLink: linkOf(32, 16), greatestLink: linkOf(32, 16) };

/** What stands in the tests' tables for a reading. */
function told(reading: Reading): string {
  return reading.value === null ? `open: ${reading.lacks}` : `${reading.value}`;
}

const PLACES: readonly (readonly [string, readonly PciFunction[], string])[] = [
  ["nothing", [], "open: pcie"],
  ["a function without a link", [pciFunction("0000:00:1f.0", { currentLink: null })], "open: pcie"],
  ["an empty port", [pciFunction(PORT, BRIDGE)], "open: pcie"],
  ["a port and a device", [pciFunction(PORT, BRIDGE), pciFunction(SWITCH)], "true"],
  [
    "a device of two functions",
    [pciFunction(SWITCH), pciFunction(`${PORT}/0000:01:00.1`)],
    "true",
  ],
  ["two devices on one port", [pciFunction(SWITCH), pciFunction(`${PORT}/0000:01:01.0`)], "false"],
  [
    "one device with function numbers past 7",
    [
      pciFunction(SWITCH, { manyFunctions: true }),
      pciFunction(`${PORT}/0000:01:01.2`, { manyFunctions: true }),
    ],
    "true",
  ],
  [
    "virtual functions, which have no link",
    [
      pciFunction(SWITCH),
      pciFunction(`${PORT}/0000:01:02.1`, { physicalFunction: "0000:01:00.0" }),
    ],
    "true",
  ],
  [
    "a switch of two downstream ports, with a device on each",
    [
      pciFunction(PORT, BRIDGE),
      pciFunction(SWITCH, BRIDGE),
      pciFunction(`${SWITCH}/0000:02:00.0`, BRIDGE),
      pciFunction(`${SWITCH}/0000:02:01.0`, BRIDGE),
      pciFunction(`${SWITCH}/0000:02:00.0/0000:03:00.0`),
      pciFunction(`${SWITCH}/0000:02:01.0/0000:04:00.0`),
    ],
    "true",
  ],
  ["a device without the port above it", [pciFunction("0000:00:05.0")], "open: bare-metal"],
];

for (const [what, pci, expected] of PLACES) {
  Deno.test(`pointToPoint() says ${expected} for ${what}`, () => {
    assertEquals(told(pointToPoint(inventoryOf({ pci }))), expected);
  });
}

Deno.test("linksOf() joins the lower end of a switch to the port above it", () => {
  const pci = [pciFunction(PORT, BRIDGE), pciFunction(SWITCH, BRIDGE)];
  const links = linksOf(inventoryOf({ pci }));
  assertEquals(links.map(({ port, device }) => [port, device.address]), [
    [PORT, "0000:01:00.0"],
  ]);
});

Deno.test("highAndAtMost32() refutes a link of 63 GB/s, with its figures", () => {
  const pci = [pciFunction(PORT, { ...BRIDGE, ...FAST }), pciFunction(SWITCH, FAST)];
  const reading = highAndAtMost32(inventoryOf({ pci }));
  assertEquals(reading, {
    value: false,
    seen: "The fastest link, at 0000:01:00.0, runs at 32 GT/s on 16 lanes: 63 GB/s",
  });
});

Deno.test("highAndAtMost32() takes 16 lanes of 16 GT/s", () => {
  const gen4 = { currentLink: linkOf(16, 16), greatestLink: linkOf(16, 16) };
  const reading = highAndAtMost32(inventoryOf({ pci: [pciFunction(SWITCH, gen4)] }));
  assertEquals(reading.value, true);
});

Deno.test("highAndAtMost32() is in doubt about a link that only saves power", () => {
  const idle = { currentLink: linkOf(2.5, 16), greatestLink: linkOf(32, 16) };
  const pci = [pciFunction(PORT, { ...BRIDGE, ...FAST }), pciFunction(SWITCH, idle)];
  const reading = highAndAtMost32(inventoryOf({ pci }));
  assertEquals(reading.value === null && reading.inDoubt, true);
  assertStringIncludes(reading.value === null ? reading.because : "", "4 GB/s now, and up to 63");
});

Deno.test("highAndAtMost32() takes the slower end for what a link can do", () => {
  const fast = { currentLink: linkOf(8, 8), greatestLink: linkOf(32, 16) };
  const slow = { ...BRIDGE, currentLink: linkOf(8, 8), greatestLink: linkOf(8, 8) };
  const [link] = linksOf(
    inventoryOf({ pci: [pciFunction(PORT, slow), pciFunction(SWITCH, fast)] }),
  );
  assertEquals(Math.round(link?.mostBytesPerSecond ?? 0), 7876923077);
});

Deno.test("highAndAtMost32() holds a slow link against the USB ports that are here", () => {
  const slow = { currentLink: linkOf(2.5, 1), greatestLink: linkOf(2.5, 1) };
  const pci = [pciFunction(SWITCH, slow)];
  const cases = [
    [[usbDevice("usb1", 480, null)], "true"],
    [[usbDevice("usb1", 480, null), usbDevice("usb2", 10_000, null)], "false"],
    [[], "open: usb"],
  ] as const;
  for (const [usb, expected] of cases) {
    assertEquals(told(highAndAtMost32(inventoryOf({ pci, usb }))), expected);
  }
});

Deno.test("highAndAtMost32() says that there is no PCI", () => {
  const reading = highAndAtMost32(inventoryOf({}));
  assertStringIncludes(reading.value === null ? reading.because : "", "There is no PCI here");
});
