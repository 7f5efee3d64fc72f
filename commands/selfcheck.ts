/**
 * `deno task selfcheck`: known truth, measured live.
 *
 * @module
 */
import type { Host } from "../runners/host.ts";
import { liveHost } from "../runners/seam/live.ts";
import { probeTools } from "../runners/setup/tools.ts";
import { EXIT } from "../suites/exit_status.ts";
import { describeHost } from "../suites/host_description.ts";
import { Places } from "../suites/places.ts";
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
    const places = await openPlaces(host, target);
    try {
      const rows = await selfcheck(places, { seed, thresholds: DEFAULT_THRESHOLDS });
      // What was cut short says nothing of what is true.
      if (interruption.signal.aborted) return EXIT.interrupted;
      console.log(rows.map(line).join("\n"));
      return rows.every(({ passed }) => passed) ? EXIT.ok : EXIT.harnessFailed;
    } finally {
      await places.close((cleanup) => cleanup());
      await host.close();
    }
  },
};

async function openPlaces(host: Host, target: string): Promise<Places> {
  const tools = await probeTools(host, CACHE_FOLDER);
  const versions = Object.fromEntries(tools.map(({ name, version }) => [name, version]));
  const description = await describeHost(host, versions);
  return new Places({
    ...description,
    host,
    tools,
    target,
    cacheFolder: CACHE_FOLDER,
    image: null,
    say: (text) => console.error(text),
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
