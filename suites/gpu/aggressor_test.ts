import { assertEquals, assertRejects } from "@std/assert";
import { MissingTool, Problem } from "../../problem.ts";
import type { Host } from "../../runners/host.ts";
import {
  asksForProcesses,
  sampleSubject,
  scriptedHost,
  scriptedPlace,
} from "../testing/scripted_gpu.ts";
import { besideBusy, isListed } from "./aggressor.ts";
import { Cancelled } from "./gpu_guard.ts";

const subject = sampleSubject();
/** So often is looked for the process itself before another one is taken for it. */
const PATIENCE = 15;

/** A host whose list of processes is the first of `lists`, then the next, and at last the last. */
function listing(...lists: string[]): Host {
  return scriptedHost((request) =>
    asksForProcesses(request) ? { stdout: (lists.length > 1 ? lists.shift() : lists[0]) ?? "" } : {}
  );
}

const nothing = scriptedPlace(() => ({}));

Deno.test("besideBusy() begins when the driver lists the process, by its own number", async () => {
  const host = listing("9, 1\n", "9, 1\n", "9, 1\n77, 1\n", "9, 1\n77, 1\n4242, 5\n");
  const place = scriptedPlace(() => ({}));
  const app = await besideBusy({ host, place, subject }, ({ app }) => Promise.resolve(app));
  assertEquals(app, { pid: 4242, usedMemoryBytes: 5 * 2 ** 20 });
  assertEquals(place.stopped.length, 1);
});

Deno.test("besideBusy() takes another number for its own only where it appears and ends with it", async () => {
  const early = Array.from({ length: PATIENCE + 1 }, () => "77, 1\n");
  const own = (...lists: string[]) =>
    besideBusy(
      { host: listing("", ...lists), place: nothing, subject },
      ({ app }) => Promise.resolve(app.pid),
    );
  assertEquals(await own(...early, ""), 77);
  await assertRejects(() => own(...early), Problem, "was not the one that was started");
  await assertRejects(
    () => own(...early.map((line) => `${line}88, 1\n`)),
    MissingTool,
    "beside it",
  );
});

Deno.test("besideBusy() ends the process whatever happens", async () => {
  const place = scriptedPlace(() => ({}));
  const host = listing("", "4242, 1\n");
  const failing = () =>
    besideBusy({ host, place, subject }, () => Promise.reject(new Error("work failed")));
  await assertRejects(failing, Error, "work failed");
  assertEquals(place.stopped.length, 1);
  await assertRejects(
    () => besideBusy({ host: listing(""), place, subject }, () => Promise.resolve()),
    MissingTool,
    "never listed",
  );
  assertEquals(place.stopped.length, 2);
});

Deno.test("besideBusy() is no failure where the run was ended meanwhile", async () => {
  let looks = 0;
  const host = scriptedHost((request) =>
    asksForProcesses(request) && looks++ === 0 ? {} : { ended: "cancelled", status: null }
  );
  const place = scriptedPlace(() => ({}));
  const cancelled = () => besideBusy({ host, place, subject }, () => Promise.resolve());
  await assertRejects(cancelled, Cancelled);
  assertEquals(place.stopped.length, 1);
  await assertRejects(cancelled, Cancelled);
});

Deno.test("isListed() does not take a silent driver for an end", async () => {
  const busy = { session: await nothing.start(NO_REQUEST), app: { pid: 1, usedMemoryBytes: null } };
  assertEquals(await isListed(listing("1, 5\n"), subject, busy), true);
  assertEquals(await isListed(listing(""), subject, busy), false);
  await assertRejects(() => isListed(listing("rubbish\n"), subject, busy), MissingTool);
});

const NO_REQUEST = { program: "nbody", args: [], gpus: [], timeoutSeconds: 1 } as const;
