import { assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  allRecords,
  parseMigComputeInstances,
  parseMigInstances,
  parseMigPlacements,
  parseMigProfiles,
} from "./mig_listings.ts";

// In the shape of driver 470.
const PROFILES = `
+-----------------------------------------------------------------------------+
| GPU instance profiles:                                                      |
| GPU   Name             ID    Instances   Memory     P2P    SM    DEC   ENC  |
|                              Free/Total   GiB              CE    JPEG  OFA  |
|=============================================================================|
|   0  MIG 1g.5gb        19     7/7        4.75       No     14     0     0   |
|                                                             1     0     0   |
+-----------------------------------------------------------------------------+
|   0  MIG 1g.5gb+me     20     1/1        4.75       No     14     1     0   |
|                                                             1     1     1   |
+-----------------------------------------------------------------------------+
|  12  MIG 7g.40gb        0     0/1        39.50      Yes    98     5     0   |
|                                                             7     1     1   |
+-----------------------------------------------------------------------------+
`;

// In the shape of driver 580, whose columns are wider.
const WIDE_PROFILES = `
+-------------------------------------------------------------------------------+
| GPU instance profiles:                                                        |
| GPU   Name               ID    Instances   Memory     P2P    SM    DEC   ENC  |
|                                Free/Total   GiB              CE    JPEG  OFA  |
|===============================================================================|
|   0  MIG 1g.24gb+me.all   21     1/1        23.62      No     46     4     4   |
|                                                                1     4     1   |
+-------------------------------------------------------------------------------+
|   0  MIG 1g.24gb+gfx     47     4/4        23.62      No     46     1     1   |
|                                                                1     1     0   |
+-------------------------------------------------------------------------------+
`;

const INSTANCES = `
+-------------------------------------------------------+
| GPU instances:                                        |
| GPU   Name             Profile  Instance   Placement  |
|                          ID       ID       Start:Size |
|=======================================================|
|   0  MIG 3g.20gb          9        1          4:4     |
+-------------------------------------------------------+
|   1  MIG 1g.5gb+me       20       13          6:1     |
+-------------------------------------------------------+
`;

const COMPUTE_INSTANCES = `
+--------------------------------------------------------------------+
| Compute instances:                                                 |
| GPU     GPU       Name             Profile   Instance   Placement  |
|       Instance                       ID        ID       Start:Size |
|         ID                                                         |
|====================================================================|
|   0      1       MIG 1c.3g.20gb       0         0          0:1     |
+--------------------------------------------------------------------+
|   0      1       MIG 1c.3g.20gb       0         1          1:1     |
+--------------------------------------------------------------------+
`;

// In the shape of driver 450, which prints no placement of them.
const OLD_COMPUTE_INSTANCES = `
+-------------------------------------------------------+
| Compute instances:                                    |
| GPU     GPU       Name             Profile   Instance |
|       Instance                       ID        ID     |
|         ID                                            |
|=======================================================|
|   0      7       MIG 1g.5gb           0         0     |
+-------------------------------------------------------+
`;

Deno.test("parseMigProfiles() reads both lines of each profile, in base units", () => {
  const { answer, records, unread } = parseMigProfiles(PROFILES);
  assertEquals([answer, records.length, unread], ["listed", 3, []]);
  assertEquals(records[2], {
    gpuIndex: 12,
    name: "7g.40gb",
    profileId: 0,
    free: 0,
    total: 1,
    memoryBytes: 39.5 * 2 ** 30,
    peerToPeer: true,
    multiprocessors: 98,
    decoders: 5,
    encoders: 0,
    copyEngines: 7,
    jpegEngines: 1,
    opticalFlowEngines: 1,
  });
  const wide = parseMigProfiles(WIDE_PROFILES);
  assertEquals(wide.records.map(({ name }) => name), ["1g.24gb+me.all", "1g.24gb+gfx"]);
  assertEquals(wide.records.map(({ copyEngines }) => copyEngines), [1, 1]);
});

Deno.test("parseMigProfiles() keeps what is not told unknown", () => {
  const text = PROFILES.replace("39.50      Yes    98", "N/A        N/A    N/A")
    .replace(/^\|\s+7\s+1\s+1\s+\|\n/m, "");
  const last = parseMigProfiles(text).records.at(-1);
  assertEquals([last?.memoryBytes, last?.peerToPeer, last?.multiprocessors], [null, null, null]);
  assertEquals([last?.copyEngines, last?.jpegEngines], [null, null]);
});

Deno.test("parseMigProfiles() goes on after a line that it does not understand, and tells it", () => {
  const listing = parseMigProfiles(PROFILES.replace("7/7", "?/7"));
  assertEquals(listing.records.map(({ name }) => name), ["1g.5gb+me", "7g.40gb"]);
  assertEquals(listing.unread.map(({ line }) => line), [7, 8]);
  assertEquals(allRecords(listing), null);
});

Deno.test("parseMigPlacements() reads one start and several", () => {
  const text =
    "GPU  0 Profile ID 19 Placements: {0,1,2}:1\nGPU  1 Profile ID  5 Placement : {0}:4\n";
  assertEquals(parseMigPlacements(text).records, [
    { gpuIndex: 0, profileId: 19, placements: [0, 1, 2].map((start) => ({ start, size: 1 })) },
    { gpuIndex: 1, profileId: 5, placements: [{ start: 0, size: 4 }] },
  ]);
});

Deno.test("parseMigInstances() reads the instances of several GPUs", () => {
  const placement = { start: 4, size: 4 };
  const first = { gpuIndex: 0, name: "3g.20gb", profileId: 9, instanceId: 1, placement };
  const { records, unread } = parseMigInstances(INSTANCES);
  assertEquals([records[0], records[1]?.name, unread], [first, "1g.5gb+me", []]);
});

Deno.test("parseMigComputeInstances() reads them with and without their placement", () => {
  const { records } = parseMigComputeInstances(COMPUTE_INSTANCES);
  assertEquals(records.map(({ name }) => name), ["1c.3g.20gb", "1c.3g.20gb"]);
  assertEquals(records[1]?.placement, { start: 1, size: 1 });
  const old = parseMigComputeInstances(OLD_COMPUTE_INSTANCES);
  assertEquals(old.records[0]?.placement, null);
  assertEquals(allRecords(old)?.length, 1);
});

Deno.test("allRecords() is empty only where the driver says that there are none", () => {
  const none = ["No GPU instances found: Not Found\n", "No MIG-enabled devices found.\n"];
  assertEquals(none.map((text) => allRecords(parseMigInstances(text))), [[], []]);
  const others = [
    "",
    "No MIG-supported devices found.",
    "Failed to display GPU instances: Insufficient Permissions\n" +
    "No GPU instances found: Insufficient Permissions\n",
    "Failed to display GPU instances: Unknown Error",
    "Unable to determine the device handle for GPU0000:65:00.0: Unknown Error",
    INSTANCES.slice(0, INSTANCES.indexOf("|   0")),
    `${INSTANCES}\nUnable to list the others`,
  ];
  for (const text of others) assertEquals(allRecords(parseMigInstances(text)), null, text);
});

Deno.test("parseMigInstances() tells why there is no table", () => {
  const answers = {
    "No MIG-enabled devices found.": "mig-off",
    "No MIG-supported devices found.": "not-supported",
    "No GPU instances found: Insufficient Permissions": "not-permitted",
    "No GPU instances found: Not Found": "none",
    "ERROR: Option -lgi is not recognized.": "unclear",
  };
  for (const [text, answer] of Object.entries(answers)) {
    assertEquals(parseMigInstances(text).answer, answer, text);
  }
});

Deno.test("parseMigInstances() takes or tells every line of a table, whatever is in it", () => {
  const known = "|   0  MIG 1g.5gb          19        7          0:1     |";
  const line = fc.oneof(
    fc.constant(known),
    fc.string().map((text) => text.replace(/[\r\n|]/g, " ")),
  );
  fc.assert(fc.property(fc.array(line), (lines) => {
    const { records, unread } = parseMigInstances(lines.join("\n"));
    assertEquals(records.length >= lines.filter((text) => text === known).length, true);
    for (const { line } of unread) assertEquals(lines[line - 1] === known, false);
  }));
});
