/**
 * What a guest hands back: one text document of named sections. Every line of a section begins with
 * `| `, so no text can pass for a header, and the last line counts the lines before it.
 *
 * @module
 */

/** A device that the guest saw before it ran its script. */
export interface SeenDevice {
  /** The guest's name of it: "vda", "eth0". */
  readonly name: string;
  /** Drivers bound from the device up to its bus, the nearest first: `["sd", "ahci"]`. */
  readonly drivers: readonly string[];
  /** PCI ids from the device up to its root, the nearest first: `["1af4:1001"]`. */
  readonly pciIds: readonly string[];
}

/** What one guest did and what it was. */
export interface GuestDocument {
  /** What the script printed, unchanged but for NUL characters, which are dropped. */
  readonly stdout: string;
  readonly stderr: string;
  /** The script's exit status as a shell sees it: 128 and more for a signal. */
  readonly status: number;
  /** Identifies the guest's boot: another kernel than the host's has another one. */
  readonly bootId: string;
  /** The guest's kernel release. */
  readonly kernel: string;
  readonly devices: readonly SeenDevice[];
  /** Seconds since the guest's boot, just before the script started and just after it ended. */
  readonly uptimeSeconds: { readonly start: number; readonly end: number };
  /** Lines of the guest's kernel log that speak of errors, at most 50. */
  readonly kernelErrors: readonly string[];
}

const FIRST_LINE = "cellproof guest document 2";

/** Reads a whole document; null when the text is anything else, or a part of one. */
export function parseGuestDocument(text: string): GuestDocument | null {
  const sections = parseSections(text);
  if (sections === null) return null;
  const numbers = (name: string): number[] => (sections.get(name) ?? []).map(Number);
  const textOf = (name: string): string => (sections.get(name) ?? []).join("\n");
  const [status] = numbers("status");
  const [start, end] = numbers("uptime");
  const [bootId, kernel] = [textOf("boot_id"), textOf("kernel")];
  if (status === undefined || !Number.isInteger(status) || bootId === "" || kernel === "") {
    return null;
  }
  if (start === undefined || end === undefined || !(start >= 0 && end >= start)) return null;
  return {
    stdout: textOf("stdout"),
    stderr: textOf("stderr"),
    status,
    bootId,
    kernel,
    devices: (sections.get("devices") ?? []).map(parseDevice),
    uptimeSeconds: { start, end },
    kernelErrors: sections.get("kernel_errors") ?? [],
  };
}

function parseDevice(line: string): SeenDevice {
  const [name = "", drivers = "", ids = ""] = line.split(" ");
  const list = (text: string): string[] => text.split(",").filter((part) => part !== "");
  return { name, drivers: list(drivers), pciIds: list(ids.replaceAll("0x", "")) };
}

function parseSections(text: string): Map<string, string[]> | null {
  const lines = text.split("\n");
  const end = lines.length - 2;
  if (lines[0] !== FIRST_LINE || lines[end] !== `# end ${end}` || lines[end + 1] !== "") {
    return null;
  }
  const sections = new Map<string, string[]>();
  let section: string[] | undefined;
  for (const line of lines.slice(1, end)) {
    if (line.startsWith("| ")) {
      if (section === undefined) return null;
      section.push(line.slice(2));
    } else {
      const name = /^# (\w+)$/.exec(line)?.[1];
      if (name === undefined || sections.has(name)) return null;
      section = [];
      sections.set(name, section);
    }
  }
  return sections;
}
