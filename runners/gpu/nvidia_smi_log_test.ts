import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { Problem } from "../../problem.ts";
import { parseNvidiaSmiLog } from "./nvidia_smi_log.ts";
import type { GpuRecord } from "./nvidia_smi_records.ts";
import {
  sampleGpu,
  sampleLog,
  sampleLogXml,
  sampleMigDevices,
  USUAL_STYLE,
} from "./nvidia_smi_samples.ts";

const MIB = 2 ** 20;
const SCHEMAS = [10, 11, 12, 13] as const;
const SLOWDOWNS = ["gpu-idle", "sw-power-cap", "hw-thermal-slowdown"] as const;
const UNKNOWN_WORDS = [
  null,
  "N/A",
  "[N/A]",
  "[Not Supported]",
  "Insufficient Permissions",
  "",
];

const known = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: null });
const count = known(fc.nat(1_000_000));
const memory = known(fc.nat(200_000).map((mebibytes) => mebibytes * MIB));
const hertz = known(fc.nat(4000).map((megahertz) => megahertz * 1e6));
const watts = known(fc.nat(100_000).map((hundredths) => hundredths / 100));
const text = known(
  fc.string({ unit: "grapheme", minLength: 3 }).filter((word) => !/^[\s[(]|[\s\])]$/u.test(word))
    .map((word) => `GPU ${word}.`),
);
const hex = known(fc.nat(0xffff).map((value) => value.toString(16).padStart(4, "0")));
const clocks = fc.record({ smHertz: hertz, memoryHertz: hertz, graphicsHertz: hertz });
const process = fc.record({
  pid: known(fc.integer({ min: 1, max: 4_194_304 })),
  type: known(fc.constantFrom("C", "G", "C+G", "M+C")),
  name: text,
  usedMemoryBytes: memory,
  gpuInstanceId: count,
  computeInstanceId: count,
});
const migDevice = fc.record({
  index: count,
  gpuInstanceId: count,
  computeInstanceId: count,
  multiprocessors: count,
  copyEngines: count,
  memoryTotalBytes: memory,
  memoryUsedBytes: memory,
});
const generation = known(fc.integer({ min: 1, max: 7 }));
const width = known(fc.constantFrom(1, 2, 4, 8, 16));
const percent = known(fc.nat(100).map((value) => value / 100));
const gpu: fc.Arbitrary<GpuRecord> = fc.record({
  busId: known(fc.constantFrom("0000:65:00.0", "0001:ca:1f.7", "10000:01:00.0")),
  name: text,
  brand: text,
  architecture: text,
  uuid: text,
  minorNumber: count,
  mig: fc.record({ current: known(fc.boolean()), pending: known(fc.boolean()) }),
  migDevices: fc.array(migDevice, { maxLength: 7 }),
  virtualizationMode: known(
    fc.constantFrom("none", "pass-through", "vgpu", "host-vgpu", "host-vsga"),
  ),
  ids: hex,
  subsystemId: known(fc.constantFrom("10de:16c1", "1043:109f")),
  link: fc.record({
    generation: fc.record({
      current: generation,
      max: generation,
      deviceMax: generation,
      hostMax: generation,
    }),
    width: fc.record({ current: width, max: width }),
  }),
  memory: fc.record({
    totalBytes: memory,
    reservedBytes: memory,
    usedBytes: memory,
    freeBytes: memory,
  }),
  utilization: fc.record({ gpu: percent, memory: percent }),
  temperatureCelsius: known(fc.integer({ min: -20, max: 120 })),
  powerDrawWatts: watts,
  powerLimitWatts: watts,
  clocks,
  maxClocks: clocks,
  slowdowns: known(fc.subarray([...SLOWDOWNS])),
  computeMode: known(
    fc.constantFrom("default", "exclusive-process", "exclusive-thread", "prohibited"),
  ),
  persistenceMode: known(fc.boolean()),
  processes: known(fc.array(process, { maxLength: 3 })),
  lost: fc.constant(null),
  fabric: known(fc.record({
    state: fc.constantFrom("Completed", "In Progress", "N/A"),
    status: known(fc.constant("Success")),
    clusterUuid: known(fc.uuid()),
    cliqueId: count,
  })),
}).map(({ ids, ...rest }) => ({
  ...rest,
  vendorId: ids === null ? null : "10de",
  deviceId: ids,
}));

/** The text of a GPU of which everything is known, after a change. */
function changed(from: string | RegExp, to: string): GpuRecord | undefined {
  const xml = sampleLogXml(sampleLog([sampleGpu(3)]));
  if (xml.search(from) === -1) throw new Error(`there is no ${from}`);
  return parseNvidiaSmiLog(xml.replace(from, to)).gpus[0];
}

Deno.test("parseNvidiaSmiLog() gives back what was written, in every schema", () => {
  const logs = fc.record({
    driverVersion: known(fc.constantFrom("470.82.01", "580.65.06")),
    cudaVersion: known(fc.constant("12.4")),
    attachedGpus: known(fc.nat(16)),
    gpus: fc.array(gpu, { maxLength: 16 }),
  });
  const schemas = fc.constantFrom(...SCHEMAS);
  const words = fc.constantFrom(...UNKNOWN_WORDS);
  fc.assert(fc.property(logs, schemas, words, (log, schema, unknown) => {
    const style = { ...USUAL_STYLE, schema, unknown };
    // An empty list of processes says that there are none.
    const processes = unknown === "" ? [] : null;
    const gpus = log.gpus.map((gpu) => ({ ...gpu, processes: gpu.processes ?? processes }));
    const expected = structuredClone({ ...log, gpus });
    assertEquals(parseNvidiaSmiLog(sampleLogXml(log, style)), expected);
  }));
});

Deno.test("parseNvidiaSmiLog() refuses every part of a document that is not the whole", () => {
  const xml = sampleLogXml(sampleLog([sampleGpu(1, { migDevices: sampleMigDevices(1) })])).trim();
  assertEquals(parseNvidiaSmiLog(xml).gpus.length, 1);
  for (let length = 0; length < xml.length; length++) {
    assertThrows(() => parseNvidiaSmiLog(xml.slice(0, length)), Problem, "nvidia-smi's log");
  }
});

Deno.test("parseNvidiaSmiLog() refuses other documents, and expands no entity of a DTD", () => {
  const bomb = `<!DOCTYPE nvidia_smi_log [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>
    <nvidia_smi_log><driver_version>&b;</driver_version></nvidia_smi_log>`;
  const deep = `<nvidia_smi_log>${"<a>".repeat(100_000)}`;
  const texts = ["No devices were found", "<gpus/>", "<nvidia_smi_log/><nvidia_smi_log/>", "{}"];
  for (const text of [...texts, bomb, deep]) {
    assertThrows(() => parseNvidiaSmiLog(text), Problem, "nvidia-smi's log");
  }
  assertEquals(parseNvidiaSmiLog("<nvidia_smi_log/>").gpus, []);
});

Deno.test("parseNvidiaSmiLog() reads a log beside complaints about other things", () => {
  const xml = sampleLogXml(sampleLog([sampleGpu(3)]));
  const complaints = [
    `\n${xml}WARNING: infoROM is corrupted at gpu 0000:65:00.0\n`,
    `Unable to determine the device handle for GPU1: 0000:44:00.0: Unknown Error\n${xml}`,
  ];
  for (const text of complaints) assertEquals(parseNvidiaSmiLog(text).gpus, [sampleGpu(3)]);
});

Deno.test("parseNvidiaSmiLog() reads names of processes that are no XML", () => {
  for (const name of ["a & b <c>", "\ufffd\ufffd\u0001", "&lt;d&gt; && e"]) {
    const processes = `<processes><process_info><pid>7</pid>
      <process_name>${name}</process_name></process_info></processes>`;
    const read = changed(/<processes>[^]*<\/processes>/, processes)?.processes;
    const expected = name.replace("\u0001", "\ufffd").replace("&lt;d&gt;", "<d>");
    assertEquals(read?.map((process) => process.name), [expected]);
  }
});

Deno.test("parseNvidiaSmiLog() takes no number that cannot be", () => {
  const clocks = ["-5 MHz", "1e400 MHz", `${"9".repeat(400)} MHz`, "1410", "1410 mhz", "∞ MHz"];
  for (const clock of clocks) {
    const gpu = changed(/(?<=<clocks>\s*<graphics_clock>)[^<]*/, clock);
    assertEquals(gpu?.clocks.graphicsHertz, null, clock);
    assertEquals(gpu?.clocks.memoryHertz, 2.6e9);
  }
  assertEquals(changed(/<gpu_util>[^<]*/, "<gpu_util>101 %")?.utilization.gpu, null);
  assertEquals(
    changed(/<current_link_gen>\d/, "<current_link_gen>0")?.link.generation.current,
    null,
  );
  assertEquals(changed("16x</current", "33x</current")?.link.width.current, null);
  assertEquals(changed(/<gpu_temp>[^<]*/, "<gpu_temp>6553 C")?.temperatureCelsius, null);
});

Deno.test("parseNvidiaSmiLog() tells a log without processes from one that does not tell", () => {
  const processes = /<processes>[^]*<\/processes>/;
  assertEquals(changed(processes, "<processes>\n\t</processes>")?.processes, []);
  assertEquals(changed(processes, "<processes>None</processes>")?.processes, []);
  assertEquals(changed(processes, "<processes>N/A</processes>")?.processes, null);
  assertEquals(changed(processes, "")?.processes, null);
});

Deno.test("parseNvidiaSmiLog() reads power as each driver tells it", () => {
  const draw = (readings: string) =>
    changed(/<gpu_power_readings>[^]*<\/gpu_power_readings>/, readings)?.powerDrawWatts;
  const power = (readings: string) => `<gpu_power_readings>${readings}</gpu_power_readings>`;
  const [average, instant] = ["average_power_draw", "instant_power_draw"].map((name) =>
    `<${name}>88.50 W</${name}>`
  );
  assertEquals(draw(power(`<power_draw>N/A</power_draw>${average}`)), 88.5);
  assertEquals(draw(power(`${instant}<average_power_draw>1 W</average_power_draw>`)), 88.5);
  assertEquals(draw(power("<power_draw>[Unknown Error]</power_draw>")), null);
  assertEquals(draw(power("<power_draw>ERR!</power_draw>")), null);
});

Deno.test("parseNvidiaSmiLog() tells of a GPU that is lost, and not of one instrument", () => {
  const failing = (words: string) =>
    parseNvidiaSmiLog(
      sampleLogXml(sampleLog([sampleGpu(3)]))
        .replace(/>[^<>]+ (?:MHz|MiB|C|%|W)</g, `>${words}<`)
        .replace(/(<\w+_link_gen>)\d/g, `$1${words}`),
    ).gpus[0];
  assertEquals(failing("GPU is lost")?.lost, "GPU is lost");
  assertEquals(failing("[Unknown Error]")?.lost, "[Unknown Error]");
  assertEquals(failing("[Unknown Error]")?.memory.totalBytes, null);
  assertEquals(failing("N/A")?.lost, null);
  assertEquals(changed(/<gpu_temp>[^<]*/, "<gpu_temp>ERR!")?.lost, null);
});

Deno.test("parseNvidiaSmiLog() tells a GPU on no fabric from a driver that knows of none", () => {
  const state = (words: string) => changed(/<state>[^<]*/, `<state>${words}`)?.fabric;
  assertEquals([state("N/A")?.state, state("In Progress")?.state], ["N/A", "In Progress"]);
  assertEquals(changed(/<fabric>[^]*<\/fabric>/, "")?.fabric, null);
  assertEquals([state("GPU is lost"), state("[Unknown Error]"), state(" ")], [null, null, null]);
});
