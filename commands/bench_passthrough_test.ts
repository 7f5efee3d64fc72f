import { assertEquals, assertStringIncludes } from "@std/assert";

const PROJECT = new URL("..", import.meta.url).pathname;
const CLAIM = "05.3.1/fact/passthrough-exclusive";
/** No host has so many buses below so high a domain. */
const NOWHERE = "ffff:fe:1f.7";
const PERMISSIONS = [
  ...["--allow-run=bash", "--allow-read", "--allow-write", "--allow-env", "--allow-sys"],
];

/** Who drives each PCI function, and which modules of VFIO are loaded. */
async function stateOfHost(): Promise<string> {
  const script = "ls -l /sys/bus/pci/devices/*/driver; grep -i vfio /proc/modules";
  const { stdout } = await new Deno.Command("bash", { args: ["-c", script] }).output();
  return new TextDecoder().decode(stdout);
}

interface Refused {
  readonly code: number;
  readonly lines: readonly string[];
}

async function benchGiving(out: string, address: string): Promise<Refused> {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-prompt", ...PERMISSIONS, `${PROJECT}main.ts`, "bench", CLAIM],
      ...["--passthrough", address, "--out", out],
    ],
    env: { NO_COLOR: "1" },
  }).output();
  return { code, lines: new TextDecoder().decode(stderr).trim().split("\n") };
}

Deno.test("bench refuses a device that is not there, changes nothing, and can be tried again", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const before = await stateOfHost();
    for (const address of [NOWHERE, NOWHERE.replace("7", "6")]) {
      const { code, lines } = await benchGiving(`${folder}/out`, address);
      assertEquals(code, 1, lines.join("\n"));
      assertEquals(lines.slice(0, -1), ["describing the host"]);
      assertStringIncludes(lines.at(-1) ?? "", `Cannot give ${address} to a guest: `);
      assertStringIncludes(lines.at(-1) ?? "", `there is no PCI function ${address}`);
    }
    assertEquals(await stateOfHost(), before);
    assertEquals([...Deno.readDirSync(folder)], []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
