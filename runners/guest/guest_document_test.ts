import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { parseGuestDocument } from "./guest_document.ts";

/** As `guest_init.sh` writes it. */
function documentOf(sections: Readonly<Record<string, readonly string[]>>): string {
  const lines = Object.entries(sections).flatMap((
    [name, texts],
  ) => [`# ${name}`, ...texts.map((text) => `| ${text}`)]);
  const all = ["cellproof guest document 2", ...lines];
  return [...all, `# end ${all.length}`, ""].join("\n");
}

const WHOLE = {
  status: ["0"],
  stdout: ["{", '  "jobs": []', "}", ""],
  stderr: [""],
  boot_id: ["31dd6e5a-622a-4caa-8619-b582164ea18c"],
  kernel: ["6.1.0-56-amd64"],
  uptime: ["2.61", "4.38"],
  devices: ["sda sd,ahci 0x8086:0x2922,0x1b36:0x000c", "eth0  "],
  kernel_errors: [],
};

Deno.test("parseGuestDocument() reads a whole document", () => {
  assertEquals(parseGuestDocument(documentOf(WHOLE)), {
    status: 0,
    stdout: '{\n  "jobs": []\n}\n',
    stderr: "",
    bootId: "31dd6e5a-622a-4caa-8619-b582164ea18c",
    kernel: "6.1.0-56-amd64",
    devices: [
      { name: "sda", drivers: ["sd", "ahci"], pciIds: ["8086:2922", "1b36:000c"] },
      { name: "eth0", drivers: [], pciIds: [] },
    ],
    uptimeSeconds: { start: 2.61, end: 4.38 },
    kernelErrors: [],
  });
});

Deno.test("parseGuestDocument() keeps any text as it is, also one that looks like a document", () => {
  fc.assert(fc.property(
    fc.array(fc.oneof(fc.string(), fc.constantFrom("# end 3", "| x", "# boot_id", ""))),
    (texts) => {
      const lines = texts.map((text) => text.replaceAll("\n", " "));
      const document = documentOf({ ...WHOLE, stdout: lines });
      assertEquals(parseGuestDocument(document)?.stdout, lines.join("\n"));
    },
  ));
});

Deno.test("parseGuestDocument() refuses every beginning of a document", () => {
  const document = documentOf(WHOLE);
  for (let length = 0; length < document.length; length++) {
    assertEquals(parseGuestDocument(document.slice(0, length)), null);
  }
});

Deno.test("parseGuestDocument() refuses what is no document", () => {
  const odd = [
    "Kernel panic - not syncing\n",
    `console noise\n${documentOf(WHOLE)}`,
    `${documentOf(WHOLE)}more\n`,
    documentOf(WHOLE).replace("| 0", "0"),
    documentOf(WHOLE).replace("document 2", "document 1"),
    documentOf(WHOLE).replace("# devices", "# kernel"),
    documentOf({ ...WHOLE, status: [] }),
    documentOf({ ...WHOLE, status: ["none"] }),
    documentOf({ ...WHOLE, uptime: ["2.61"] }),
    documentOf({ ...WHOLE, uptime: ["4", "2"] }),
    documentOf({ ...WHOLE, boot_id: [] }),
  ];
  for (const text of odd) assertEquals(parseGuestDocument(text), null, text);
});
