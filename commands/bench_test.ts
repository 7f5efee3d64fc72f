import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { parseResult } from "../reports/json.ts";
import { EXPERIMENTS, GPU_CHECKS, PROBES } from "../suites/checks.ts";

const PROJECT = new URL("..", import.meta.url).pathname;

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function cellproof(permissions: readonly string[], ...args: string[]): Promise<Outcome> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", ...permissions, `${PROJECT}main.ts`, ...args],
    env: { NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

const DRY = ["--allow-read", "--allow-write"];

async function withFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("bench --dry-run writes a whole result without the permission to run anything", async () => {
  await withFolder(async (folder) => {
    const { code, stdout } = await cellproof(DRY, "bench", "--dry-run", "--out", folder);
    const text = await Deno.readTextFile(`${folder}/result.json`);
    const { claims, run, probes, experiments } = await parseResult(text, folder);
    assertEquals(claims.length, 259);
    assertEquals(claims.filter(({ verdict }) => verdict === "error"), []);
    assertEquals(probes.map(({ name }) => name), [...PROBES]);
    // The recorded host gave no device away, and has no GPU.
    const others = EXPERIMENTS.filter((name) =>
      name !== "passthrough-storage" && !GPU_CHECKS.some((check) => check === name)
    );
    assertEquals(experiments.map(({ name }) => name), others);
    assertEquals(run.dryRun?.synthetic, false);
    const banner = "Dry run: nothing was executed";
    assertStringIncludes(stdout, banner);
    for (const name of ["report.html", "summary.md", "charts/storage-ratios.svg"]) {
      const report = await Deno.readTextFile(`${folder}/${name}`);
      assert(report.includes(banner), `${name} does not say that it is a dry run`);
    }
    assert([100, 101].includes(code), `exit status ${code}`);
  });
});

Deno.test("bench --dry-run gives the same result twice, and gives up permissions it was given", async () => {
  await withFolder(async (folder) => {
    await cellproof(DRY, "bench", "--dry-run", "--out", folder);
    const first = await Deno.readTextFile(`${folder}/result.json`);
    await cellproof(["--allow-all"], "bench", "--dry-run", "--out", folder);
    assertEquals(await Deno.readTextFile(`${folder}/result.json`), first);
  });
});

Deno.test("bench --dry-run judges a selection by the same evidence", async () => {
  await withFolder(async (folder) => {
    const id = "11.3/io-performance/sandbox";
    await cellproof(DRY, "bench", "--dry-run", "--out", `${folder}/all`);
    await cellproof(DRY, "bench", id, "--dry-run", "--out", `${folder}/one`);
    const verdicts = ["all", "one"].map((name) => {
      const { claims } = JSON.parse(Deno.readTextFileSync(`${folder}/${name}/result.json`));
      return claims.find((claim: { id: string }) => claim.id === id);
    });
    assertEquals(verdicts[1], verdicts[0]);
  });
});

Deno.test("judge under other thresholds changes verdicts and leaves the evidence as it was", async () => {
  await withFolder(async (folder) => {
    await cellproof(DRY, "bench", "--dry-run", "--out", `${folder}/a`);
    const threshold = "--threshold=high=0.3,medium=0.2";
    const { code } = await cellproof(
      DRY,
      "judge",
      `${folder}/a`,
      threshold,
      "--out",
      `${folder}/b`,
    );
    const [before, after] = ["a", "b"].map((name) =>
      JSON.parse(Deno.readTextFileSync(`${folder}/${name}/result.json`))
    );
    assertEquals(after.experiments, before.experiments);
    assertEquals(after.run.thresholds, { high: 0.3, medium: 0.2 });
    assert([100, 101].includes(code));
  });
});

const BAD_INPUT: [string, string[], number, string][] = [
  ["an unknown id", ["bench", "99.9"], 1, 'Cannot select "99.9"'],
  ["an unknown option", ["bench", "--fast"], 1, "it has no option --fast"],
  ["an unknown command", ["benchmark"], 1, "there is no such command"],
  ["a malformed budget", ["bench", "--budget", "soon"], 1, "--budget"],
  ["a malformed threshold", ["bench", "--threshold", "high=2"], 1, "--threshold"],
  ["options that clash", ["bench", "--dry-run", "--setup"], 1, "executes nothing"],
  ["a device without an address", ["bench", "--passthrough"], 1, "--passthrough: it needs a value"],
  ["an empty address", ["bench", "--passthrough="], 1, "--passthrough: it needs a value"],
  ["a malformed address", ["bench", "--passthrough", "65:0.0"], 1, "this is no PCI address"],
  ["an address of a shell", ["bench", "--passthrough", "$(id)"], 1, "seen: $(id)"],
  [
    "an address given twice",
    ["bench", "--passthrough", "0000:A5:00.0", "--passthrough=a5:00.0"],
    1,
    "0000:a5:00.0 was given twice (seen: 0000:A5:00.0 and a5:00.0)",
  ],
  [
    "a device in a dry run",
    ["bench", "--dry-run", "--passthrough", "65:00.0"],
    1,
    "a dry run has no device to give away",
  ],
  ["a GPU to divide in a dry run", ["bench", "--dry-run", "--mig"], 1, "no GPU to divide"],
  [
    "a folder of CUDA programs in a dry run",
    ["bench", "--dry-run", "--cuda-samples", "/opt"],
    1,
    "so it cannot take --cuda-samples",
  ],
  ["a baseline that is not there", ["bench", "--baseline", "/no/result"], 1, "/no/result"],
  ["leave to give nothing", ["bench", "--allow-no-reset"], 1, "that --passthrough names"],
  ["a device for the lab", ["lab", "--passthrough", "65:00.0"], 1, "no option --passthrough"],
  ["a dry run of the lab", ["lab", "--dry-run"], 1, "it has no option --dry-run"],
  ["an unknown id in the lab", ["lab", "99.9"], 1, 'Cannot select "99.9"'],
  ["a word too many to recover", ["recover", "all"], 1, "takes no arguments, not 1"],
  ["a missing fixture", ["bench", "--dry-run=nowhere"], 2, "no such file"],
  ["an unwritable folder", ["bench", "--dry-run", "--out", "/proc/x"], 2, "/proc/x"],
  ["a missing result", ["judge", "/nonexistent"], 1, "/nonexistent"],
  ["too many arguments", ["report", "a", "b"], 1, "takes 1 argument, not 2"],
  ["a word too many", ["doctor", "a"], 1, "takes no arguments, not 1"],
];
for (const [name, args, status, message] of BAD_INPUT) {
  Deno.test(`the command line answers ${name} with a sentence and status ${status}`, async () => {
    const { code, stderr } = await cellproof(DRY, ...args);
    assertEquals(code, status, stderr);
    assertStringIncludes(stderr, message);
    assert(!/\n\s+at /.test(stderr), `a stack trace:\n${stderr}`);
    assertEquals(stderr.trim().split("\n").length, 1);
  });
}

Deno.test("a fixture with a damaged answer is named with its line", async () => {
  await withFolder(async (folder) => {
    const fixture = `${PROJECT}fixtures/debian12-kvm-guest`;
    await Deno.copyFile(`${fixture}/fixture.json`, `${folder}/fixture.json`);
    await Deno.writeTextFile(`${folder}/answers.jsonl`, '{"request": broken\n');
    const out = `${folder}/out`;
    const { code, stderr } = await cellproof(DRY, "bench", `--dry-run=${folder}`, "--out", out);
    assertEquals(code, 2);
    assertStringIncludes(stderr, "answers.jsonl:1");
  });
});

Deno.test("a result of a newer schema is refused, not misread", async () => {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/result.json`, '{"schema": 99}');
    const { code, stderr } = await cellproof(DRY, "judge", folder);
    assertEquals(code, 2);
    assertStringIncludes(stderr, "newer");
  });
});
