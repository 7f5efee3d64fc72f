import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { GpuLink } from "../../runners/gpu/nvidia_smi_records.ts";
import {
  linkBytesPerSecond,
  negotiatedBytesPerSecond,
  nvlinkCapacity,
  pcieBytesPerSecond,
  pcieGeneration,
} from "./physics.ts";

const LINK: GpuLink = {
  generation: { current: 1, max: 4, deviceMax: 4, hostMax: 5 },
  width: { current: 16, max: 16 },
};
const GEN4_X16 = 16e9 * 16 * (128 / 130) / 8;

function nvlinks(...rates: readonly (number | null)[]) {
  const links = rates.map((rate, index) => ({ index, bandwidthBytesPerSecond: rate }));
  return { gpuIndex: 0, uuid: null, links };
}

Deno.test("pcieBytesPerSecond() grows with the generation and in proportion to the lanes", () => {
  const lanes = fc.constantFrom(1, 2, 4, 8, 16);
  fc.assert(fc.property(fc.integer({ min: 1, max: 5 }), lanes, (generation, width) => {
    const rate = pcieBytesPerSecond(generation, width) ?? NaN;
    assert((pcieBytesPerSecond(generation + 1, width) ?? NaN) > rate);
    assertEquals(pcieBytesPerSecond(generation, width * 2), rate * 2);
  }));
  assertEquals(pcieBytesPerSecond(4, 16), GEN4_X16);
});

Deno.test("pcieBytesPerSecond() is null for what is not known", () => {
  const unknown = [[null, 16], [4, null], [0, 16], [7, 16], [4, 0]] as const;
  for (const [generation, lanes] of unknown) {
    assertEquals(pcieBytesPerSecond(generation, lanes), null);
  }
});

Deno.test("pcieGeneration() names the rates of PCI Express alone", () => {
  const rates = [2.5e9, 8e9, 64e9, 10e9];
  const link = { lanes: 16, bytesPerSecond: 1 };
  assertEquals(
    rates.map((transfersPerSecond) => pcieGeneration({ ...link, transfersPerSecond })),
    [1, 3, 6, null],
  );
});

Deno.test("linkBytesPerSecond() is not lowered by lanes that an idle GPU has let go", () => {
  assertEquals(linkBytesPerSecond({ ...LINK, width: { current: 4, max: 16 } }), GEN4_X16);
});

Deno.test("negotiatedBytesPerSecond() takes the link right after a run", () => {
  const negotiated = (run: Parameters<typeof negotiatedBytesPerSecond>[1]) =>
    negotiatedBytesPerSecond({ link: LINK }, run);
  assertEquals(negotiated({ generation: 4, figure: 13e9 }), GEN4_X16);
  assertEquals(negotiated({ generation: 4, width: 8, figure: 13e9 }), GEN4_X16 / 2);
  // It has fallen back since, as it was faster than that.
  assertEquals(negotiated({ generation: 1, figure: 13e9 }), GEN4_X16);
});

Deno.test("negotiatedBytesPerSecond() is null where a slow link may have been faster", () => {
  for (const generation of [1, null]) {
    assertEquals(negotiatedBytesPerSecond({ link: LINK }, { generation, figure: 3e9 }), null);
  }
});

Deno.test("nvlinkCapacity() turns the rates of signals into what the links are sold for", () => {
  const cases = [
    [19.531e9, 20e9],
    [20e9, 20e9],
    [25e9, 25e9],
    [25.781e9, 25e9],
    [26.562e9, 25e9],
    [
      14.062e9,
      14.0625e9,
    ],
    [50e9, 50e9],
    [53.125e9, 50e9],
  ] as const;
  for (const [told, carries] of cases) {
    assertEquals(nvlinkCapacity(nvlinks(told, null, told)), {
      bytesPerSecond: carries * 2,
      known: true,
    });
  }
  assertEquals(nvlinkCapacity(nvlinks(null)), null);
});

Deno.test("nvlinkCapacity() counts a rate that is not known whole, and says so", () => {
  assertEquals(nvlinkCapacity(nvlinks(25e9, 106.25e9)), { bytesPerSecond: 131.25e9, known: false });
});
