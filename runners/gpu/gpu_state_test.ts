import { assertEquals } from "@std/assert";
import type { CommandResult } from "../host.ts";
import { fakeNvidiaSmi } from "../testing/fake_nvidia_smi.ts";
import { type GpuState, readGpuState } from "./gpu_state.ts";

const QUERY = (reasons: string) =>
  "--query-gpu=clocks.sm,clocks.mem,temperature.gpu,power.draw," +
  `pcie.link.gen.current,pcie.link.width.current,${reasons} ` +
  "--format=csv,noheader,nounits -i GPU-0a";
const NEW = QUERY("clocks_event_reasons.active");
const OLD = QUERY("clocks_throttle_reasons.active");
const LINE = "1980, 2619, 45, 120.53, 5, 16, 0x0000000000000044\n";
const STATE: GpuState = {
  smClockHertz: 1.98e9,
  memoryClockHertz: 2.619e9,
  temperatureCelsius: 45,
  powerDrawWatts: 120.53,
  linkGeneration: 5,
  linkWidth: 16,
  slowdowns: ["sw-power-cap", "hw-thermal-slowdown"],
};

function read(answers: Record<string, Partial<CommandResult>>): Promise<GpuState | null> {
  return readGpuState(fakeNvidiaSmi(answers).host, "nvidia-smi", "GPU-0a");
}

Deno.test("readGpuState() reads one GPU's line", async () => {
  assertEquals(await read({ [NEW]: { stdout: LINE } }), STATE);
});

Deno.test("readGpuState() asks older drivers by the older name", async () => {
  const stdout = 'Field "clocks_event_reasons.active" is not a valid field to query.\n\n';
  assertEquals(await read({ [NEW]: { status: 2, stdout }, [OLD]: { stdout: LINE } }), STATE);
  assertEquals(await read({ [NEW]: { stdout }, [OLD]: { stdout: LINE } }), STATE);
  assertEquals(await read({ [NEW]: { status: 2, stdout }, [OLD]: { status: 2, stdout } }), null);
});

Deno.test("readGpuState() leaves unknown what is not told", async () => {
  const stdout = "[N/A], [Unknown Error], 45, ERR!, 0, N/A, [Not Supported]\n";
  const unknown = { smClockHertz: null, memoryClockHertz: null, powerDrawWatts: null };
  const link = { linkGeneration: null, linkWidth: null };
  const expected = { ...unknown, ...link, temperatureCelsius: 45, slowdowns: null };
  assertEquals(await read({ [NEW]: { stdout } }), expected);
});

Deno.test("readGpuState() knows no slowdowns from none that has no name", async () => {
  const slowdowns = async (mask: string) =>
    (await read({ [NEW]: { stdout: LINE.replace(/0x\S+/, mask) } }))?.slowdowns;
  assertEquals(await slowdowns("0x0000000000000000"), []);
  assertEquals(await slowdowns("0x1"), ["gpu-idle"]);
  assertEquals(await slowdowns("0x00000000000001ff").then((all) => all?.length), 9);
  assertEquals(await slowdowns("0x8000000000000000"), null);
  assertEquals(await slowdowns("0x8000000000000008"), ["hw-slowdown"]);
  assertEquals(await slowdowns("Active"), null);
});

Deno.test("readGpuState() is null, and never throws, where nothing is read", async () => {
  const answers: Partial<CommandResult>[] = [
    { ended: "timed-out", status: null },
    { ended: "not-found", status: null },
    { status: 15, stdout: "GPU is lost\n" },
    { stdout: "No devices were found\n" },
    { stdout: "[N/A], [N/A], [N/A], [N/A], [N/A], [N/A], [N/A]\n" },
    { stdout: LINE + LINE },
    { stdout: "1980, 2619\n" },
    { stdout: "" },
  ];
  for (const answer of answers) assertEquals(await read({ [NEW]: answer }), null);
});
