/**
 * `deno task selfcheck`: known truth, measured live.
 *
 * @module
 */
import { MissingTool } from "../problem.ts";
import { liveHost } from "../runners/live.ts";
import { probeTools } from "../runners/tools.ts";
import type { Cleanup } from "../suites/arms.ts";
import { EXIT } from "../suites/exit_status.ts";
import { selfcheck, type SelfcheckRow } from "../suites/selfcheck.ts";
import { type Command, countOption, DEFAULT_THRESHOLDS, NONE, textOption } from "./command.ts";
import { CACHE_FOLDER, JOURNAL_FOLDER } from "./project.ts";

export const command: Command = {
  usage: `deno task selfcheck [--target DIR] [--seed N]
  Throttles containers and guests to known rates, and checks that they are measured within 5 % of
  them and judged into the right bands. Takes about ten minutes without KVM.`,
  boolean: [],
  string: ["target", "seed"],
  positionals: NONE,
  async run(args) {
    const seed = countOption(args, "seed", 0) ?? 1;
    const target = textOption(args, "target") ?? CACHE_FOLDER;
    const interruption = new AbortController();
    Deno.addSignalListener("SIGINT", () => interruption.abort());
    const host = await liveHost({ signal: interruption.signal, journalFolder: JOURNAL_FOLDER });
    const cleanups: Cleanup[] = [];
    try {
      const rows = await selfcheck(host, {
        fioPath: await fioOf(host),
        cacheFolder: CACHE_FOLDER,
        image: null,
        cleanups,
        say: (text) => console.error(text),
        target,
        seed,
        thresholds: DEFAULT_THRESHOLDS,
      });
      console.log(rows.map(line).join("\n"));
      return rows.every(({ passed }) => passed) ? EXIT.ok : EXIT.harnessFailed;
    } finally {
      for (const cleanup of cleanups.reverse()) await cleanup();
      await host.close();
    }
  },
};

async function fioOf(host: Parameters<typeof probeTools>[0]): Promise<string> {
  const fio = (await probeTools(host, CACHE_FOLDER)).find(({ name }) => name === "fio");
  if (fio?.path && !fio.tooOld) return fio.path;
  throw new MissingTool({
    action: "measure storage",
    condition: "there is no fio that is new enough",
    cure: "Run: deno task bench --setup",
  });
}

function line(
  { experiment, arm, known, ratio, expectedBand, judged, passed }: SelfcheckRow,
): string {
  const show = (value: number | null): string => value?.toFixed(3) ?? "none";
  return `${passed ? "passed" : "FAILED"}  ${experiment}  ${arm}: known ${
    known.toFixed(2)
  }, measured ${show(ratio.ratio)} [${show(ratio.low)}, ${
    show(ratio.high)
  }] in ${ratio.n} blocks; expected ${expectedBand}, judged ${judged}`;
}
