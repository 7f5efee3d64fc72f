import { assertEquals, assertThrows } from "@std/assert";
import { Problem } from "../../problem.ts";
import { parseCharged } from "./watched_guest.ts";

const IO = `rchar: 367729
wchar: 5120
syscr: 812
syscw: 40
read_bytes: 4096
write_bytes: 0
cancelled_write_bytes: 0
`;

Deno.test("parseCharged() reads both counters of /proc/PID/io", () => {
  assertEquals(parseCharged(IO), { rchar: 367729, readBytes: 4096 });
});

Deno.test("parseCharged() reads this very process", async () => {
  const { rchar, readBytes } = parseCharged(await Deno.readTextFile("/proc/self/io"));
  assertEquals([rchar > 0, readBytes >= 0], [true, true]);
});

const NONE: readonly string[] = [
  "",
  IO.replace("rchar: 367729\n", ""),
  IO.replace(/^read_bytes.*\n/m, ""),
  IO.replace("367729", "-1"),
  IO.replace("367729", "9".repeat(17)),
  IO.replace("367729", "367729 bytes"),
  IO.replaceAll("\n", " "),
  "cat: /proc//io: No such file or directory",
];
for (const text of NONE) {
  Deno.test(`parseCharged() refuses ${JSON.stringify(text.slice(0, 40))}`, () => {
    assertThrows(() => parseCharged(text), Problem, "counters");
  });
}
