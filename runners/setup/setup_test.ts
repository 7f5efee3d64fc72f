import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { aptCommandLine, aptInstall, isDebianKin } from "./apt.ts";
import type { CommandRequest, CommandResult, Host } from "../host.ts";
import { Problem } from "../../problem.ts";
import { describePlan, planSetup, runSetup } from "./setup.ts";

/** A machine that has nothing but what `answers` says, by the words of a command. */
interface Bare {
  readonly host: Host;
  /** The commands that were run, as one line each. */
  readonly asked: string[];
}

const ROOT = { "id -u": "0\n", "apt-get": "", "apt-cache show": "" };

Deno.test("planSetup() installs everything with apt-get as root on Debian", async () => {
  const { host } = bare("ID=debian\n", ROOT);
  const plan = await planSetup(host, "/cache");
  assertEquals(plan.steps.map(({ kind }) => kind), ["packages", "wasmtime", "guest kernel"]);
  const text = describePlan(plan);
  for (const part of ["fio, which measures storage", "apt-get: fio", "into /cache"]) {
    assertStringIncludes(text, part);
  }
});

Deno.test("planSetup() tells the sudo line to a user on Ubuntu", async () => {
  const { host } = bare('ID=ubuntu\nID_LIKE="debian"\n', { ...ROOT, "id -u": "1000\n" });
  const text = describePlan(await planSetup(host, "/cache"));
  assertStringIncludes(text, "sudo apt-get update && sudo apt-get install --yes");
});

Deno.test("planSetup() names each tool where there is no apt-get", async () => {
  const { host, asked } = bare("ID=fedora\n", {});
  const plan = await planSetup(host, "/cache");
  assertStringIncludes(describePlan(plan), "Install fio, which measures storage");
  assertEquals(asked.filter((line) => line.startsWith("apt")), []);
});

Deno.test("planSetup() builds CUDA programs only where a compiler and a driver are", async () => {
  const probe = "nvcc /opt/cuda/bin/nvcc\nCuda compilation tools, release 12.8, V12.8.93\n" +
    "lacks boost/program_options.hpp\n";
  const { host } = bare("ID=debian\n", { ...ROOT, "bash -c type -P nvidia-smi": probe });
  const { steps } = await planSetup(host, "/cache");
  assertEquals(steps.at(-1)?.kind, "cuda programs");
  const text = describePlan({ cacheFolder: "/cache", missing: [], steps });
  assertStringIncludes(text, "libboost-program-options-dev");
  assertStringIncludes(text, "Build deviceQuery, ");
});

Deno.test("runSetup() goes on after a failed step, and returns what failed", async () => {
  const { host } = bare("ID=debian\n", ROOT);
  const said: string[] = [];
  const steps = [{ kind: "wasmtime" }, { kind: "packages", packages: ["fio"] }] as const;
  const plan = { cacheFolder: "/cache", missing: [], steps };
  const failures = await runSetup(host, plan, (text) => said.push(text));
  assertEquals(failures.length, 1);
  assertStringIncludes(failures[0]?.message ?? "", "wasmtime.dev");
  assertStringIncludes(said.at(-1) ?? "", "apt-get: fio");
});

Deno.test("describePlan() says that nothing is missing", () => {
  assertEquals(
    describePlan({ cacheFolder: "/cache", missing: [], steps: [] }),
    "Nothing is missing.",
  );
});

Deno.test("aptInstall() takes the first package that the release has", async () => {
  const { host, asked } = bare("ID=debian\n", {
    "apt-get": "",
    "apt-cache show --no-all-versions b": "",
  });
  await aptInstall(host, ["a|b"]);
  assertEquals(asked.at(-1)?.endsWith("DPkg::Lock::Timeout=120 b"), true);
  await assertRejects(() => aptInstall(host, ["x|y"]), Problem, "no package x or y");
});

Deno.test("isDebianKin() reads os-release of many distributions", () => {
  for (
    const text of ["ID=debian\n", "NAME=x\nID=ubuntu", 'ID=linuxmint\nID_LIKE="ubuntu debian"\n']
  ) {
    assertEquals(isDebianKin(text), true);
  }
  const others = ["", "ID=fedora\n", "ID=arch\n", 'ID=rocky\nID_LIKE="rhel centos fedora"\n'];
  for (const text of [...others, "VARIANT_ID=debian\n", "ID=debianish\n"]) {
    assertEquals(isDebianKin(text), false);
  }
});

Deno.test("aptCommandLine() shows one name for each package", () => {
  assertStringIncludes(
    aptCommandLine(["fio", "docker-cli|docker.io"]),
    "recommends fio docker-cli",
  );
});

function bare(osRelease: string, answers: Readonly<Record<string, string>>): Bare {
  const asked: string[] = [];
  const run = ({ argv }: CommandRequest): Promise<CommandResult> => {
    const line = argv.join(" ");
    asked.push(line);
    const key = Object.keys(answers).find((prefix) => line.startsWith(prefix));
    const ended = key === undefined ? "not-found" : "exited";
    const [status, stdout] = key === undefined ? [null, ""] : [0, answers[key] ?? ""];
    return Promise.resolve({ ended, status, stdout, stderr: "", ...TIMES });
  };
  const host: Host = {
    run,
    start: () => Promise.reject(new Error("nothing is started")),
    readText: (path) => Promise.resolve(path === "/etc/os-release" ? osRelease : null),
    readFolder: () => Promise.resolve(null),
    writeText: () => Promise.resolve(),
    temporaryFolder: () => Promise.resolve("/tmp/x"),
    now: () => new Date(0),
    monotonicSeconds: () => 0,
    close: () => Promise.resolve(),
  };
  return { host, asked };
}

const TIMES = { startedAt: "1970-01-01T00:00:00.000Z", durationSeconds: 0 };
