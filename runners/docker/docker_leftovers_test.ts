import { assertEquals, assertStringIncludes } from "@std/assert";
import type { CommandResult, Host } from "../host.ts";
import { removeLeftovers } from "./docker.ts";

const FOLDER = "/tmp/cellproof-0a/cellproof-dockerd";
const MOUNTINFO = `30 25 0:27 / ${FOLDER}/data rw,relatime - tmpfs tmpfs rw\n`;

interface Answers {
  /** What the folder holds; null where it cannot be looked into. */
  readonly names: readonly string[] | null;
  readonly files?: Readonly<Record<string, string>>;
  /** The exit status of a command that begins with these words, 0 for any other one. */
  readonly failing?: string;
  readonly stdout?: Readonly<Record<string, string>>;
}

/** A host with a private daemon in {@linkcode FOLDER}; `commands` gets what is run. */
function hostWith(answers: Answers, commands: string[] = []): Host {
  const { names, files = {}, failing, stdout = {} } = answers;
  const of = <T>(table: Readonly<Record<string, T>>, line: string) =>
    Object.entries(table).find(([words]) => line.includes(words))?.[1];
  const host: Pick<Host, "run" | "readText" | "readFolder"> = {
    run({ argv }) {
      const line = argv.join(" ");
      commands.push(line);
      const status = failing !== undefined && line.includes(failing) ? 1 : 0;
      const times = { startedAt: "", durationSeconds: 0 };
      const result = { status, stdout: of(stdout, line) ?? "", stderr: "not permitted" };
      return Promise.resolve<CommandResult>({ ended: "exited", ...result, ...times });
    },
    readText: (path) =>
      Promise.resolve(path === "/proc/self/mountinfo" ? MOUNTINFO : files[path] ?? null),
    readFolder: () => Promise.resolve(names === null ? null : [...names]),
  };
  return host as Host;
}

const SWEEP = "cellproof-sweep";

for (
  const [words, names] of Object.entries({ "the folder": null, "the pid's file": ["docker.pid"] })
) {
  Deno.test(`removeLeftovers() sweeps no daemon where ${words} cannot be read`, async () => {
    const commands: string[] = [];
    const { sentences, restored } = await removeLeftovers(hostWith({ names }, commands));
    assertEquals([sentences.length, restored], [1, false]);
    assertStringIncludes(sentences[0] ?? "", `Cannot tell whether the run goes on`);
    assertEquals(commands.some((line) => line.includes(SWEEP)), false);
  });
}

Deno.test("removeLeftovers() says that a daemon was ended once it is gone, and not before", async () => {
  const ended = await removeLeftovers(hostWith({ names: [] }));
  assertEquals(ended, { sentences: [`Ended the Docker daemon in ${FOLDER}.`], restored: true });
  const { sentences, restored } = await removeLeftovers(hostWith({ names: [], failing: SWEEP }));
  assertStringIncludes(sentences.join(), `Cannot end the Docker daemon in ${FOLDER}`);
  assertEquals(restored, false);
});

Deno.test("removeLeftovers() leaves the daemon of a living run alone, and says nothing", async () => {
  const files = {
    [`${FOLDER}/docker.pid`]: "12\n",
    "/proc/12/status": "Name:\tdockerd\nPPid:\t11\n",
    "/proc/11/cmdline": ["bash", "-c", "x", "cellproof-dockerd", FOLDER].join("\0"),
  };
  const recovery = await removeLeftovers(hostWith({ names: ["docker.pid"], files }));
  assertEquals(recovery, { sentences: [], restored: true });
});

Deno.test("removeLeftovers() says that a container was removed only where Docker did", async () => {
  const id = "0123456789ab";
  const server = JSON.stringify({ Server: { Version: "28.0", KernelVersion: "6.1" } });
  const stdout = { "docker version": server, "docker ps": `${id}\n` };
  const removed = await removeLeftovers(hostWith({ names: [], stdout }));
  assertEquals(removed.sentences[0], `Removed the container ${id}.`);
  const left = await removeLeftovers(hostWith({ names: [], stdout, failing: "docker rm" }));
  assertEquals(left.sentences[0], `Cannot remove each container of ${id}: not permitted`);
  assertEquals(left.restored, false);
});
