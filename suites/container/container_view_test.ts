import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { openDocker } from "../../runners/docker/docker.ts";
import type { Host } from "../../runners/host.ts";
import { liveHost } from "../../runners/seam/live.ts";
import { Problem } from "../../problem.ts";
import { probeTools } from "../../runners/setup/tools.ts";
import { observationsOf } from "../observations.ts";
import { Places } from "../places.ts";
import { playScene } from "./scene.ts";
import { collectContainerView } from "./container_view.ts";
import { attachLoopDisk } from "./loop_disk.ts";
import { watchedHost } from "../testing/watched_host.ts";

Deno.test("collectContainerView() observes everything in real containers, and leaves nothing", async () => {
  const host = await liveHost();
  const places = await placesOf(host);
  const { observations, readings } = await collectContainerView(places);
  await places.close((cleanup) => cleanup());
  assertEquals(
    observations.map(({ name }) => name).sort(),
    observationsOf("container-view").sort(),
  );
  for (const { name, value, controls, seen } of observations) {
    if (value === null) continue;
    assertEquals(value, true, `${name}: ${seen}`);
    const kinds = new Set(controls.map(({ kind }) => kind));
    assertEquals([...kinds].sort(), ["negative", "positive"], name);
    for (const { what, held, seen } of controls) assertEquals(held, true, `${what}: ${seen}`);
  }
  assertEquals(Object.keys(readings).sort(), [
    "container-devices.json",
    "container-facts.txt",
    "container-inventory.txt",
    "host-inventory.txt",
  ]);
  assertEquals(await loopsLeft(host), "");
  await host.close();
});

Deno.test("collectContainerView() leaves everything untested when there is no Docker", async () => {
  const host = await liveHost();
  const without = watchedHost(
    host,
    (request) => host.run({ ...request, argv: hidden(request.argv) }),
  );
  const { observations } = await collectContainerView(await placesOf(without));
  assertEquals(observations.length, observationsOf("container-view").length);
  for (const { value, absence } of observations) {
    assertEquals([value, absence?.verdict, absence?.lacks], [null, "untested", "tools"]);
    assertStringIncludes(absence?.because ?? "", "Install Docker");
  }
  await host.close();
});

Deno.test("playScene() says what docker said when a container does not start", async () => {
  const host = await liveHost();
  const docker = await openDocker(host, await host.temporaryFolder());
  const { node, detach } = await attachLoopDisk(host);
  const subject = { disk: node, count: 1, step: 1, devices: [node], driven: null };
  const played = playScene(host, { docker, image: "cellproof-absent:1" }, subject);
  await assertRejects(() => played, Problem, "No such image");
  await detach();
  await docker.close();
  await host.close();
});

async function placesOf(host: Host): Promise<Places> {
  return new Places({
    host,
    tools: (await probeTools(host, ".cache")).filter(({ name }) => name === "ping"),
    cacheFolder: ".cache",
    target: ".",
    image: null,
    bootId: "",
    environment: "",
    cpuModel: "a processor",
    bareMetal: false,
    say: () => {},
  });
}

/** No docker of any kind is on this host. */
function hidden(
  [program, ...args]: readonly [string, ...string[]],
): readonly [string, ...string[]] {
  return [program.startsWith("docker") ? "/nonexistent/docker" : program, ...args];
}

/** Loop devices whose file is gone. */
async function loopsLeft(host: Host): Promise<string> {
  const script = "losetup --list --noheadings | grep -F '(deleted)'";
  return (await host.run({ argv: ["bash", "-c", script], timeoutSeconds: 10 })).stdout;
}
