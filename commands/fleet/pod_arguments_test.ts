import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { Problem } from "../../problem.ts";
import { podArguments } from "./pod_arguments.ts";

/** Command lines that every pod would fail with, and what is said of them. */
const WRONG: readonly [readonly string[], string][] = [
  [["99.9"], 'Cannot select "99.9": no claim has this id or prefix'],
  [["11.3", "--", "--mig"], 'Cannot select "--mig"'],
  [["--dry-run", "lab-vfio"], 'Cannot select "lab-vfio"'],
  [["--frob"], 'Cannot run "bench": it has no option --frob'],
  [
    ["--expect", "foo", "11.3"],
    "a fleet cannot take --expect: deno task expect and --expect are for one",
  ],
  [["--setup"], "a fleet cannot take --setup"],
  [["--record=/x"], "a fleet cannot take --record"],
  [["--confirm"], "a fleet cannot take --confirm"],
  [["--blocks=none"], "Cannot use --blocks: it is not a whole number"],
  [["--threshold", "high=2"], "Cannot use --threshold"],
  [["--target="], "Cannot use --target: it needs a value"],
  [["--dry-run", "--seed=1"], "so it cannot take --seed"],
  [["--dry-run=none"], "fixtures/none/fixture.json: there is no such file"],
  [["--dry-run=./x"], "a pod cannot take --dry-run ./x: it is in a folder of its own"],
  [["--target", "data"], "a pod cannot take --target data"],
  [["--baseline=metal/%N.json"], "a pod cannot take --baseline metal/%N.json"],
  [["--budget=1h"], "a pod cannot take --budget: say it before the two dashes"],
  [["--wait=1h"], "a pod cannot take --wait"],
  [["11.3", "--out", "/tmp"], "a pod cannot take --out"],
  [["--on=slurm"], "a pod cannot take --on"],
  [["--partition=gpu"], "a pod cannot take --partition"],
  [["--history=/x"], "a pod cannot take --history"],
  [["--json"], "a pod cannot take --json"],
];

Deno.test("podArguments() passes a node's options and ids on as they are, after the budget", async () => {
  for (
    const given of [
      [],
      ["11.3", "02.1.2/gpu-count"],
      ["--mig", "11.3", "--target", "/data/%N", "--threshold=high=0.9"],
      ["--passthrough=0000:01:00.0", "--passthrough", "0000:02:00.0", "--allow-no-reset"],
    ]
  ) {
    assertEquals(await podArguments(given, 600), ["--budget=600s", ...given]);
  }
});

Deno.test("podArguments() bounds no dry run, which takes no budget", async () => {
  for (const given of [["--dry-run"], ["--dry-run=lab-vfio", "11.3"], ["--dry-run=/fixtures/x"]]) {
    assertEquals(await podArguments(given, 600), given);
  }
});

for (const [given, words] of WRONG) {
  Deno.test(`podArguments() refuses ${given.join(" ")}`, async () => {
    const { message } = await assertRejects(() => podArguments(given, 600), Problem);
    assertStringIncludes(message, words);
  });
}
