import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { repeatedFleet, sampleFleet } from "../testing/sample_fleet.ts";
import { writeFleetReports } from "./write.ts";

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("writeFleetReports() writes the page first, and removes charts that are drawn no more", async () => {
  await inFolder(async (folder) => {
    const paths = await writeFleetReports(folder, sampleFleet());
    assertEquals(paths.map((path) => path.slice(folder.length + 1)), [
      ...["fleet.html", "fleet.md", "fleet.csv", "hosts.csv"],
      ...["charts/verdicts-by-host.vl.json", "charts/verdicts-by-host.svg"],
      ...["charts/outliers.vl.json", "charts/outliers.svg"],
    ]);
    assert(paths.every((path) => Deno.statSync(path).size > 0));
    await writeFleetReports(folder, { ...repeatedFleet(200), outliers: [] });
    assertEquals([...Deno.readDirSync(`${folder}/charts`)], []);
  });
});

Deno.test("writeFleetReports() links to reports that are there, and to nothing else", async () => {
  await inFolder(async (folder) => {
    const { hosts, ...rest } = sampleFleet();
    const sources = [
      "nodes/a b#?/result",
      "javascript:alert(1)",
      "/etc/passwd",
      "nodes/c/result.json",
    ];
    for (const path of ["nodes/a b#?/result", "nodes/c"]) {
      Deno.mkdirSync(`${folder}/${path}`, { recursive: true });
      Deno.writeTextFileSync(`${folder}/${path}/report.html`, "");
    }
    const others = hosts.map((host, index) => ({ ...host, source: sources[index] ?? null }));
    const [path = ""] = await writeFleetReports(folder, { ...rest, hosts: others });
    const links = [...Deno.readTextFileSync(path).matchAll(/href="([^"]*report\.html)"/g)];
    assertEquals(links.map(([, link]) => link), [
      "nodes/a%20b%23%3F/result/report.html",
      "nodes/c/report.html",
    ]);
  });
});

Deno.test("writeFleetReports() links to the log of a node, and to none of a name that is no node's", async () => {
  await inFolder(async (folder) => {
    const { hosts, ...rest } = sampleFleet();
    const [one, other, third] = hosts.filter(({ told }) => told === null);
    assert(one !== undefined && other !== undefined && third !== undefined);
    for (const path of ["fleet/nodes/n1", "elsewhere/nodes/n2/result", "fleet/nodes/n3/result"]) {
      Deno.mkdirSync(`${folder}/${path}`, { recursive: true });
      Deno.writeTextFileSync(`${folder}/${path.replace(/\/result$/, "")}/log.txt`, "");
    }
    Deno.writeTextFileSync(`${folder}/fleet/log.txt`, "");
    const named = [
      { ...one, name: "n1" },
      { ...other, name: "web", source: `${folder}/elsewhere/nodes/n2/result` },
      { ...third, name: "nodes/..", source: "result" },
    ];
    const [path = ""] = await writeFleetReports(`${folder}/fleet`, { ...rest, hosts: named });
    const page = Deno.readTextFileSync(path);
    assertEquals([...page.matchAll(/href="([^"]*log\.txt)"/g)].map(([, link]) => link), [
      ...["nodes/n1/log.txt", "../elsewhere/nodes/n2/log.txt"],
    ]);
    assertStringIncludes(page, "The links of the hosts lead to where their results lie");
  });
});

Deno.test("writeFleetReports() keeps a hostile chart a picture", async () => {
  await inFolder(async (folder) => {
    const fleet = sampleFleet();
    const hosts = fleet.hosts.map((host) => ({ ...host, name: `${host.name}<script>` }));
    await writeFleetReports(folder, { ...fleet, hosts });
    const svg = Deno.readTextFileSync(`${folder}/charts/verdicts-by-host.svg`);
    assert(!svg.includes("<script"));
    assertStringIncludes(svg, "gpu-001&lt;script&gt;");
  });
});
