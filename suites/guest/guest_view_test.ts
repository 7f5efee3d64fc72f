import { assert, assertEquals } from "@std/assert";
import { buildGuest, prepareGuestKernel } from "../../runners/guest/guest_image.ts";
import type { Host } from "../../runners/host.ts";
import { liveHost } from "../../runners/seam/live.ts";
import { OBSERVATIONS } from "../observations.ts";
import type { Places } from "../places.ts";
import type { Observation } from "../result.ts";
import { collectGuestView } from "./guest_view.ts";

const CACHE = new URL("../../.cache", import.meta.url).pathname;
const NAMES = Object.keys(OBSERVATIONS).filter((name) => name.startsWith("guest-view/"));
const WHY = "This is a test.";

Deno.test("collectGuestView() observes everything with controls that hold (slow)", async () => {
  const { observations, left } = await collect();
  assertEquals(left, "");
  assertEquals(observations.map(({ name }): string => name).sort(), NAMES.toSorted());
  for (const { name, value, controls, absence } of observations) {
    if (name === "guest-view/hardware-assisted") {
      assertEquals([value, absence?.lacks, absence?.because], [null, "kvm", WHY]);
      continue;
    }
    assertEquals([name, value], [name, name !== "guest-view/hotplug-ide-disk"]);
    assert(controls.every(({ held }) => held), JSON.stringify(controls));
    assertEquals(new Set(controls.map(({ kind }) => kind)).size, 2, name);
  }
});

Deno.test("collectGuestView() observes nothing, and leaves nothing, where guests do not come up", async () => {
  const { observations, left } = await collect({ withoutModules: true });
  assertEquals(left, "");
  assertEquals(observations.map(({ name }): string => name).sort(), NAMES.toSorted());
  for (const { value } of observations) assertEquals(value, null);
});

/** What the probe finds under TCG, and the processes that it leaves. */
async function collect({ withoutModules = false } = {}): Promise<
  { readonly observations: readonly Observation[]; readonly left: string }
> {
  const host = await liveHost();
  const folders: string[] = [];
  const makeFolder = host.temporaryFolder.bind(host);
  host.temporaryFolder = async () => {
    const folder = await makeFolder();
    folders.push(folder);
    return folder;
  };
  try {
    const { image, ...kernel } = await prepareGuestKernel(host, CACHE);
    const modules = withoutModules ? await emptyModules(host) : kernel.modules;
    const bootId = await host.readText("/proc/sys/kernel/random/boot_id") ?? "";
    const folder = await host.temporaryFolder();
    const payload = { programs: [], libraries: [] };
    const guest = await buildGuest(host, {
      kernel: { ...kernel, image, modules },
      payload,
      folder,
    });
    const place = { guest, accelerator: { name: "tcg", why: WHY } };
    const places = {
      host,
      options: { bootId: bootId.trim() },
      bareGuest: () => Promise.resolve(place),
    };
    const { observations } = await collectGuestView(places as unknown as Places);
    const pattern = folders.join("|");
    const left = await host.run({ argv: ["pgrep", "-f", pattern], timeoutSeconds: 10 });
    return { observations, left: left.stdout };
  } finally {
    await host.close();
  }
}

async function emptyModules(host: Host): Promise<string> {
  const folder = await host.temporaryFolder();
  await host.writeText(`${folder}/base`, "");
  return folder;
}
