/**
 * `deno task doctor`: what this host has and lacks, and what that decides.
 *
 * @module
 */
import { findCudaPrograms } from "../runners/cuda/cuda_programs.ts";
import { findGuestKernel } from "../runners/guest/guest_image.ts";
import { liveHost } from "../runners/seam/live.ts";
import { probeTools } from "../runners/setup/tools.ts";
import { findGivable } from "../runners/vfio/givable.ts";
import { examine, findFeatures } from "../suites/doctor.ts";
import { EXIT } from "../suites/exit_status.ts";
import { describeHost } from "../suites/host_description.ts";
import { doctorText } from "../reports/doctor.ts";
import { type Command, NONE, textOption } from "./command.ts";
import { CACHE_FOLDER } from "./project.ts";

export const command: Command = {
  usage: `deno task doctor [--cuda-samples DIR] [--json]
  What this host has and lacks, how many claims that decides, and how to get the rest.
    --cuda-samples DIR      where the CUDA samples and nvbandwidth are (PATH, CUDA's own folders)`,
  boolean: ["json"],
  string: ["cuda-samples"],
  positionals: NONE,
  async run(args) {
    const samplesFolder = textOption(args, "cuda-samples") ?? null;
    const host = await liveHost();
    try {
      const [tools, features, passthrough, cuda] = await Promise.all([
        probeTools(host, CACHE_FOLDER),
        findFeatures(host),
        findGivable(host),
        findCudaPrograms(host, { samplesFolder, cacheFolder: CACHE_FOLDER }),
      ]);
      const versions = Object.fromEntries(tools.map(({ name, version }) => [name, version]));
      const examination = examine({
        host: await describeHost(host, versions),
        tools,
        guestKernel: await findGuestKernel(host, CACHE_FOLDER) !== null,
        features,
        passthrough,
        cudaPrograms: [...cuda.keys()],
      });
      console.log(args["json"] === true ? JSON.stringify(examination) : doctorText(examination));
      return EXIT.ok;
    } finally {
      await host.close();
    }
  },
};
