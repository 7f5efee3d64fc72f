import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { Problem, UsageProblem } from "../../problem.ts";
import { assertFixture, fleetCommand } from "./order.ts";

const GIVEN = { _: ["11.3", "02.1.2/gpu-count"], on: "slurm", setup: false, json: false };

Deno.test("fleetCommand() is null where no fleet is asked for", () => {
  assertEquals(fleetCommand({ _: [], mig: true }), null);
});

Deno.test("fleetCommand() gives each node its options, then the ids", () => {
  const args = {
    ...GIVEN,
    "dry-run": "",
    budget: "90s",
    mig: true,
    "allow-no-reset": false,
    passthrough: ["0000:01:00.0", "0000:02:00.0"],
    baseline: "/metal/%N",
    partition: "gpu",
    nodes: "n[1-3]",
    gres: "gpu:8",
    wait: "2h",
  };
  assertEquals(fleetCommand(args), {
    partition: "gpu",
    nodes: "n[1-3]",
    order: {
      gres: "gpu:8",
      budgetSeconds: 90,
      waitSeconds: 7200,
      arguments: [
        "--dry-run=",
        "--budget=90s",
        "--passthrough=0000:01:00.0",
        "--passthrough=0000:02:00.0",
        "--mig",
        "--baseline=/metal/%N",
        "11.3",
        "02.1.2/gpu-count",
      ],
    },
    out: null,
    history: null,
    json: false,
  });
});

Deno.test("fleetCommand() names files and folders as every node sees them, but no fixture", () => {
  const given = (args: Record<string, string>) => fleetCommand({ ...GIVEN, _: [], ...args });
  for (const name of ["target", "cuda-samples", "baseline"]) {
    const words = given({ [name]: "here" })?.order.arguments;
    assertEquals(words, [`--${name}=${Deno.cwd()}/here`]);
  }
  assertEquals(given({ "dry-run": "lab-vfio" })?.order.arguments, ["--dry-run=lab-vfio"]);
  assertEquals(given({ "dry-run": "./x" })?.order.arguments, [`--dry-run=${Deno.cwd()}/x`]);
});

const REFUSED = [
  [{ setup: true }, "run --setup once on this host for what travels in .cache/"],
  [{ expect: "x.json" }, "deno task expect and --expect are for one host's runs"],
] as const;

Deno.test("fleetCommand() says what to do instead of what a fleet cannot take", () => {
  for (const [option, words] of REFUSED) {
    const refusal = assertThrows(() => fleetCommand({ ...GIVEN, ...option }), UsageProblem);
    assertStringIncludes(refusal.message, words);
  }
});

Deno.test("fleetCommand() refuses what does not go together", () => {
  const wrong = [
    { _: [], partition: "gpu" },
    { _: [], on: "pbs" },
    { ...GIVEN, setup: true },
    { ...GIVEN, expect: "expect.json" },
    { ...GIVEN, record: "here" },
    { ...GIVEN, confirm: true },
    { ...GIVEN, wait: "soon" },
  ];
  for (const args of wrong) assertThrows(() => fleetCommand(args), UsageProblem);
});

Deno.test("assertFixture() refuses a name that no fixture has, and what each node sees for itself never", async () => {
  await assertRejects(() => assertFixture("nope"), Problem, "nope/fixture.json: there is no such");
  for (const dryRun of [null, "synthetic-one-gpu", "/shared/nope", "synthetic-%N"]) {
    await assertFixture(dryRun);
  }
});
