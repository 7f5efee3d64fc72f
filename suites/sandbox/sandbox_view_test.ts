import { assert, assertEquals } from "@std/assert";
import { dirname } from "node:path";
import type { Host } from "../../runners/host.ts";
import { liveHost } from "../../runners/seam/live.ts";
import { recordingHost } from "../../runners/seam/recording.ts";
import { replayHost } from "../../runners/seam/replay.ts";
import { probeTools } from "../../runners/setup/tools.ts";
import { observationsOf } from "../observations.ts";
import { Places } from "../places.ts";
import { collectSandboxView } from "./sandbox_view.ts";

const CACHE = `${dirname(dirname(import.meta.dirname ?? ""))}/.cache`;

/** Not every host has a device that it reads itself. */
const NEEDS_DEVICE = "sandbox-view/device-through-preopen";

Deno.test("collectSandboxView() observes everything, and the same in a replay", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const live = await liveHost();
    const details = { version: "0", options: {} };
    const recording = await recordingHost(live, `${folder}/fixture`, details);
    const recorded = await collect(recording).finally(() => recording.close());
    const names = recorded.observations.map(({ name }) => name).sort();
    assertEquals(names, observationsOf("sandbox-view").sort());
    for (const { name, value, absence, controls } of recorded.observations) {
      if (name === NEEDS_DEVICE && absence?.verdict === "untested") continue;
      assertEquals([name, absence], [name, null]);
      assert(value !== null, name);
      for (const kind of ["positive", "negative"]) {
        assert(controls.some((control) => control.kind === kind), `${name}: no ${kind} control`);
      }
      for (const { what, held, seen } of controls) assert(held, `${name}: ${what} (${seen})`);
    }
    const { host } = await replayHost(`${folder}/fixture`);
    const replayed = await collect(host).finally(() => host.close());
    assertEquals(replayed.observations, recorded.observations);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("collectSandboxView() leaves everything untested when there is no Wasmtime", async () => {
  const host = await liveHost();
  const { observations } = await collectSandboxView(placesOf(host, [])).finally(() => host.close());
  assertEquals(observations.length, observationsOf("sandbox-view").length);
  for (const { value, absence } of observations) {
    assertEquals([value, absence?.verdict, absence?.lacks], [null, "untested", "tools"]);
  }
});

async function collect(host: Host): ReturnType<typeof collectSandboxView> {
  return await collectSandboxView(placesOf(host, await probeTools(host, CACHE)));
}

function placesOf(host: Host, tools: Awaited<ReturnType<typeof probeTools>>): Places {
  return new Places({
    host,
    tools,
    cacheFolder: CACHE,
    target: "/tmp",
    image: null,
    bootId: "",
    environment: "",
    cpuModel: "a processor",
    bareMetal: false,
    say: () => {},
  });
}
