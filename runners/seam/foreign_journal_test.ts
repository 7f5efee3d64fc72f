import { assertEquals, assertStringIncludes } from "@std/assert";
import { FakePciHost, PLAIN } from "../testing/fake_pci_host.ts";
import { undoAbandoned } from "./abandoned.ts";
import { Journal } from "./journal.ts";

Deno.test("undoAbandoned() leaves another host's journal alone, and lets runs begin beside it", async () => {
  const folder = await Deno.makeTempDir();
  const fake = new FakePciHost();
  fake.state.drivers[PLAIN] = { driver: "vfio-pci", override: "vfio-pci" };
  const [id, bootId] = [crypto.randomUUID(), crypto.randomUUID()];
  const setting = { kind: "pci-driver", address: PLAIN };
  const changes = [{ setting, before: "nvme/", bootId, serial: null }];
  const text = JSON.stringify({ id, host: "another.example", folders: [], changes });
  await Deno.writeTextFile(`${folder}/${id}.json`, text);

  const { sentences, restored } = await undoAbandoned(folder, fake.host);
  assertStringIncludes(sentences.join(), "on the host another.example");
  assertEquals([restored, fake.commands], [true, []]);
  Journal.begin(folder).end();
  assertEquals(await Deno.readTextFile(`${folder}/${id}.json`), text);
  await Deno.remove(folder, { recursive: true });
});
