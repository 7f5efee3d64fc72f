import { assertEquals } from "@std/assert";
import { sampleGpu } from "../../suites/testing/gpus.ts";
import type { History } from "./history.ts";
import { addResult, type NightChanges, sampleNight, withHistory } from "./testing/nights.ts";

type Host = NightChanges["host"];

/** Adds a night of each host, and tells of which machine each is taken to be, counted from 0. */
function machinesOf(history: History, hosts: readonly Host[]): number[] {
  const keys = hosts.map((host = {}, night) =>
    addResult(history, sampleNight(night, { host })).run.machine
  );
  return keys.map((key) => [...new Set(keys)].indexOf(key));
}

const [A, B] = ["GPU-a", "GPU-b"].map((uuid) => sampleGpu({ uuid }));
const [WITH_A, WITH_B]: [Host, Host] = [{ gpus: A ? [A] : [] }, { gpus: B ? [B] : [] }];
const UNNAMED: Host = { ...WITH_A, environment: "inside a virtual guest (example)" };
const SILENT: Host = { gpus: [sampleGpu({ uuid: null })] };

const BELONGING: Record<string, [hosts: Host[], machines: number[]]> = {
  "the driver fails": [[WITH_A, { gpus: null, gpuDriver: null }, WITH_A], [0, 0, 0]],
  "a GPU hides its UUID": [[WITH_A, SILENT], [0, 0]],
  "PCI functions cannot be listed": [[WITH_A, { ...WITH_A, pci: null }], [0, 0]],
  "the GPUs were changed before": [[WITH_A, WITH_B, { gpus: null }], [0, 1, 1]],
  "the GPUs were changed and back": [[WITH_A, WITH_B, WITH_A, { gpus: null }], [0, 1, 0, 0]],
  "it knows of another processor": [[WITH_A, { gpus: null, cpuModel: "Other" }], [0, 1]],
  "a processor is offline": [[WITH_A, { ...WITH_A, cpuCount: 15 }, WITH_A], [0, 0, 0]],
  "the hypervisor's name could not be read": [[WITH_A, UNNAMED, WITH_A], [0, 0, 0]],
  "the hypervisor is another": [[WITH_A, { ...WITH_A, environment: "bare metal" }], [0, 1]],
  "a machine is known just so": [[WITH_A, SILENT, { pci: [], cpuCount: 15 }, WITH_A], [0, 0, 1, 0]],
  "none was ever known": [[{ gpus: null }, SILENT, WITH_A, { gpus: null }], [0, 0, 1, 1]],
};
for (const [words, [hosts, machines]] of Object.entries(BELONGING)) {
  Deno.test(`add() finds the machine of a run that does not tell all when ${words}`, () =>
    withHistory((history) => assertEquals(machinesOf(history, hosts), machines)));
}

Deno.test("add() and find() know a run again that does not tell all, whatever came in since", () =>
  withHistory((history) => {
    const blind = sampleNight(1, { host: { gpus: null } });
    const first = addResult(history, sampleNight(0, { host: WITH_A })).run;
    const { id } = addResult(history, blind).run;
    addResult(history, sampleNight(0.5, { host: WITH_B }));
    assertEquals([history.find(blind)?.id, addResult(history, blind).isNew], [id, false]);
    assertEquals(history.run(id)?.machine, first.machine);
    const again = sampleNight(1.1, { host: { gpus: null } });
    assertEquals(addResult(history, again, id).run.confirms, id);
  }));
