import { assertEquals, assertThrows } from "@std/assert";
import { Problem } from "../../problem.ts";
import {
  type Facts,
  type HostFacts,
  observeKernel,
  observeNamespaces,
  parseFacts,
} from "./facts.ts";

const BOOT = "9eeced96-e459-4f49-95b4-0b267828b9a9";
const OTHER = "13aabb56-3ad7-4b5f-8ab0-dad7e470b4ee";

function facts(overrides: Partial<Facts> = {}, first = 1): Facts {
  const namespaces = ["cgroup", "ipc", "mnt", "net", "pid", "user", "uts"].map(
    (name, at): [string, string] => [name, `${name}:[${first + at}]`],
  );
  const uuid = crypto.randomUUID();
  return { release: "6.1.0", bootId: BOOT, uuid, namespaces: new Map(namespaces), ...overrides };
}

function hostFacts(): HostFacts {
  return { host: facts(), again: facts(), unshared: facts({}, 100) };
}

Deno.test("parseFacts() reads what the script prints", () => {
  const names = ["cgroup", "ipc", "mnt", "net", "pid", "user", "uts"];
  const lines = names.map((name, at) => `${name} ${name}:[${4026531835 + at}]`);
  const read = parseFacts(`6.1.0-odd kernel\n${BOOT}\n${OTHER}\n${lines.join("\n")}\n`);
  assertEquals([read.release, read.bootId, read.uuid], ["6.1.0-odd kernel", BOOT, OTHER]);
  assertEquals(read.namespaces.get("pid"), "pid:[4026531839]");
});

Deno.test("parseFacts() refuses what is not whole", () => {
  const cases = [
    "",
    "\n\n\n",
    `6.1\n${BOOT}\n`,
    `6.1\n${BOOT}\n${OTHER}\nmnt \nnet \n`,
    `6.1\nnot an id\n${OTHER}\n${
      ["ipc", "mnt", "net", "pid", "uts"].map((n) => `${n} ${n}:[1]`).join("\n")
    }`,
  ];
  for (const text of cases) assertThrows(() => parseFacts(text), Problem);
});

Deno.test("observeKernel() tells another kernel, and another boot of the same one", () => {
  const cases: [Partial<Facts>, boolean][] = [
    [{}, true],
    [{ release: "4.4.0" }, false],
    [{ bootId: OTHER }, false],
  ];
  for (const [inside, value] of cases) {
    assertEquals(observeKernel(facts(inside), hostFacts()).value, value);
  }
});

Deno.test("observeKernel() does not believe a reading that is always the same", () => {
  const host = hostFacts();
  const { controls } = observeKernel(facts({ uuid: host.host.uuid }), host);
  assertEquals(controls.map(({ held }) => held), [true, false]);
});

Deno.test("observeNamespaces() needs all five, and both controls", () => {
  assertEquals(observeNamespaces(facts({}, 50), hostFacts()).value, true);
  const shared = facts({}, 50);
  const pid = new Map([...shared.namespaces, ["pid", "pid:[5]"]] as [string, string][]);
  assertEquals(observeNamespaces(facts({ namespaces: pid }), hostFacts()).value, false);
  const { controls } = observeNamespaces(facts({}, 50), { ...hostFacts(), unshared: null });
  assertEquals(controls.map(({ held }) => held), [false, true]);
});
