import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { Problem } from "../../problem.ts";
import { parsePciAddress } from "../pci/pci_address.ts";
import type { HostChange } from "../settings/change.ts";
import { FakePciHost, PLAIN } from "../testing/fake_pci_host.ts";
import { undoAbandoned } from "./abandoned.ts";
import { Journal } from "./journal.ts";

function someChange(bootId: string): HostChange {
  const address = parsePciAddress(PLAIN);
  if (address === null) throw new Error(PLAIN);
  return { setting: { kind: "pci-driver", address }, before: "nvme/", bootId, serial: null };
}

/** Leaves the journal as a killed run does: nothing locks it any more. */
function copyAsAbandoned(folder: string): void {
  const [name = ""] = [...Deno.readDirSync(folder)].map((entry) => entry.name);
  const copy = Deno.readFileSync(`${folder}/${name}`);
  Deno.removeSync(`${folder}/${name}`);
  Deno.writeFileSync(`${folder}/${name}`, copy);
}

Deno.test("Journal.end() leaves no file", async () => {
  const folder = await Deno.makeTempDir();
  const journal = Journal.begin(folder, crypto.randomUUID());
  journal.add("/tmp/cellproof-1");
  journal.end();
  assertEquals([...Deno.readDirSync(folder)], []);
  await Deno.remove(folder);
});

Deno.test("Journal is locked after each change of it", async () => {
  const folder = await Deno.makeTempDir();
  const fake = new FakePciHost();
  const journal = Journal.begin(folder);
  for (const step of ["/tmp/cellproof-1", "/tmp/cellproof-2"]) {
    journal.add(step);
    journal.setChanges([...journal.changes, someChange(fake.bootId)]);
    assertEquals((await undoAbandoned(folder, fake.host)).sentences, []);
  }
  assertEquals(fake.commands, []);
  journal.setChanges([]);
  journal.end();
  await Deno.remove(folder);
});

Deno.test("Journal.end() keeps what is not put back for recover", async () => {
  const folder = await Deno.makeTempDir();
  const fake = new FakePciHost();
  const journal = Journal.begin(folder);
  journal.setChanges([someChange(fake.bootId)]);
  assertEquals(journal.end(), false);
  fake.state.drivers[PLAIN] = { driver: "", override: "" };
  assertEquals((await undoAbandoned(folder, fake.host)).restored, true);
  assertEquals(fake.state, new FakePciHost().state);
  await Deno.remove(folder);
});

Deno.test("Journal.begin() refuses to begin beside a run that is changing the host", async () => {
  const folder = await Deno.makeTempDir();
  const journal = Journal.begin(folder);
  Journal.begin(folder).end();
  journal.setChanges([someChange(crypto.randomUUID())]);
  const error = assertThrows(() => Journal.begin(folder), Problem);
  assertStringIncludes(error.message, "another run is changing this host");
  journal.setChanges([]);
  journal.end();
  await Deno.remove(folder);
});

Deno.test("Journal.begin() refuses to begin on a host that a killed run has changed", async () => {
  const folder = await Deno.makeTempDir();
  const journal = Journal.begin(folder);
  journal.setChanges([someChange(crypto.randomUUID())]);
  copyAsAbandoned(folder);
  const error = assertThrows(() => Journal.begin(folder), Problem);
  assertStringIncludes(error.message, "deno task recover");
  await Deno.remove(folder, { recursive: true });
});

Deno.test("Journal.setChanges() lets only one of two runs change the host", async () => {
  const folder = await Deno.makeTempDir();
  const [first, second] = [Journal.begin(folder), Journal.begin(folder)];
  const change = someChange(crypto.randomUUID());
  first.setChanges([change]);
  assertThrows(() => second.setChanges([change]), Problem, "another run is changing this host");
  assertEquals([second.changes, second.end()], [[], true]);
  first.setChanges([]);
  first.end();
  assertEquals([...Deno.readDirSync(folder)], []);
  await Deno.remove(folder);
});

Deno.test("Journal.setChanges() changes nothing beside a journal that cannot be read", async () => {
  const folder = await Deno.makeTempDir();
  Deno.writeTextFileSync(`${folder}/${crypto.randomUUID()}.json`, "{");
  const journal = Journal.begin(folder);
  const set = () => journal.setChanges([someChange(crypto.randomUUID())]);
  assertThrows(set, Problem, "is unreadable");
  journal.end();
  await Deno.remove(folder, { recursive: true });
});

Deno.test("Journal says where it cannot be kept", () => {
  assertThrows(() => Journal.begin("/proc/journal"), Problem, "keep the journal of the run");
});
