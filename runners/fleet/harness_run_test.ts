import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { liveHost } from "../seam/live.ts";
import { HARNESS_FILE } from "./fleet_folder.ts";
import { packHarness } from "./harness.ts";
import { NONCE_FILE, runArguments } from "./node_job.ts";
import { readNodeReports } from "./node_reports.ts";

const PROJECT = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");
const NODE = new URL("node.sh", import.meta.url).pathname;
const NONCE = "n0nce";

Deno.test("node.sh runs the packed cellproof without a network, Deno on PATH or a home", async () => {
  const host = await liveHost();
  try {
    const base = await host.temporaryFolder();
    const folder = `${base}/fleet`;
    await host.writeText(`${folder}/${NONCE_FILE}`, NONCE);
    await host.writeText(`${base}/tmp/other`, "");
    const { sha256 } = await packHarness(host, {
      project: PROJECT,
      deno: Deno.execPath(),
      out: `${folder}/${HARNESS_FILE}`,
      cache: `${base}/cache`,
    });
    const bench = ["--dry-run=synthetic-one-gpu", "11.3"];
    const { status } = await host.run({
      argv: [
        ...["env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", `TMPDIR=${base}/tmp`],
        ...[`HOME=${base}/missing`, "SLURMD_NODENAME=n1", ...await withoutNetwork()],
        ...["bash", NODE, ...runArguments({ folder, nonce: NONCE }, { sha256, bench })],
      ] as [string, ...string[]],
      timeoutSeconds: 60,
    });
    const log = await host.readText(`${folder}/nodes/n1/log.txt`) ?? "";
    assertStringIncludes(log, `Report: ${folder}/nodes/n1/result/report.html`);
    const { end } = await readNodeReports(host, folder, "n1");
    assertEquals([end?.status, end?.left], [status, null]);
    assertEquals(await host.readFolder(`${base}/tmp`), ["other"]);
    assertEquals(await host.readFolder(`${base}/missing`), null);
    assert((await host.readFolder(`${folder}/nodes/n1/result`))?.includes("result.json"));
  } finally {
    await host.close();
  }
});

/** Root may have a network of its own that holds nothing; others have DNS fail at least for npm. */
async function withoutNetwork(): Promise<string[]> {
  const { success } = await new Deno.Command("unshare", { args: ["-n", "true"] }).output();
  return success ? ["unshare", "-n"] : ["https_proxy=http://127.0.0.1:9"];
}
