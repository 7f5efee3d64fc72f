/**
 * The text of `inventory.sh`, taken apart: sections of lines, each line a file's or a link's.
 *
 * @module
 */

/** The text of one attribute file each, by device and by the file's path below the device. */
export type Attributes = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** A symbolic link or a device node, as `ls -ldn` lists it. */
export interface Listed {
  readonly kind: "link" | "block" | "character";
  /** Without the leading `../`. */
  readonly path: string;
  /** Where a link leads, as it is written; empty for a node. */
  readonly target: string;
  /** Of a node; null for a link. */
  readonly number: { readonly major: number; readonly minor: number } | null;
}

/** A line that is not of the format, with its place. */
export interface UnreadLine {
  /** From 1. */
  readonly line: number;
  readonly text: string;
}

const HEADER = "== ";
const END = "end";
/** A device's name may hold blanks and colons; an attribute's never does. */
const ATTRIBUTE = /^\.\/([^/]+)\/([\w/]+):(.*)$/;
const FILE = /^\.\/([\w/-]+):(.*)$/;
/** Nothing before the path has a slash in it: mode, link count, ids, size and date. */
const LINK = /^l[^/]* \.\/(.*?) -> (.*)$/;
const NODE = /^([bc])\S*\s+\d+\s+\d+\s+\d+\s+(\d+),\s*(\d+) [^/]* \.\/(.*)$/;
const KINDS = { b: "block", c: "character" } as const;

/** The sections of an inventory's text. What is not of the format is counted, never thrown. */
export class InventoryText {
  /** False for a text that ends before the script did. */
  readonly complete: boolean;
  readonly #unread = new Map<number, string>();
  readonly #sections = new Map<string, { line: number; texts: string[] }>();

  constructor(text: string) {
    let section: string[] | null = null;
    const lines = text.split("\n");
    if (lines.at(-1) === "") lines.pop();
    for (const [index, line] of lines.entries()) {
      if (line.startsWith(HEADER)) {
        section = [];
        this.#sections.set(line.slice(HEADER.length), { line: index + 2, texts: section });
      } else if (section === null) this.#unread.set(index + 1, line);
      else section.push(line);
    }
    this.complete = lines.at(-1) === `${HEADER}${END}`;
  }

  /** What no reading of its section understood, so far. */
  get unread(): readonly UnreadLine[] {
    return [...this.#unread].map(([line, text]) => ({ line, text }));
  }

  /** The attributes of every device of a section; the lines of one file are joined again. */
  attributes(section: string): Attributes {
    const devices = new Map<string, Map<string, string>>();
    this.#each(section, (line) => {
      const [, name, attribute, text] = ATTRIBUTE.exec(line) ?? [];
      if (name === undefined || attribute === undefined || text === undefined) return false;
      const device = devices.get(name) ?? new Map<string, string>();
      devices.set(name, device);
      const before = device.get(attribute);
      device.set(attribute, before === undefined ? text.trim() : `${before}\n${text.trim()}`);
      return true;
    });
    return devices;
  }

  /** The lines of every file of a section, by its path. */
  files(section: string): ReadonlyMap<string, readonly string[]> {
    const files = new Map<string, string[]>();
    this.#each(section, (line) => {
      const [, path, text] = FILE.exec(line) ?? [];
      if (path === undefined || text === undefined) return false;
      const lines = files.get(path) ?? [];
      files.set(path, lines);
      lines.push(text);
      return true;
    });
    return files;
  }

  /** Every link and device node that a section lists; other things are left out. */
  listed(section: string): readonly Listed[] {
    const all: Listed[] = [];
    this.#each(section, (line) => {
      const entry = parseListed(line);
      if (entry !== null) all.push(entry);
      return entry !== null || /^[-dps]/.test(line);
    });
    return all;
  }

  #each(section: string, take: (line: string) => boolean): void {
    const { line: first, texts } = this.#sections.get(section) ?? { line: 0, texts: [] };
    for (const [index, text] of texts.entries()) {
      if (!take(text)) this.#unread.set(first + index, text);
    }
  }
}

function parseListed(line: string): Listed | null {
  const [, from, target] = LINK.exec(line) ?? [];
  if (from !== undefined && target !== undefined) {
    return { kind: "link", path: from, target, number: null };
  }
  const [, letter, major, minor, path] = NODE.exec(line) ?? [];
  if (path === undefined) return null;
  const number = { major: Number(major), minor: Number(minor) };
  return { kind: KINDS[letter === "b" ? "b" : "c"], path, target: "", number };
}

/** Where a link at `folder` leads, as an absolute path without `.` and `..`. */
export function resolveLink(folder: string, target: string): string {
  if (target.startsWith("/")) return target;
  const parts: string[] = [];
  for (const part of `${folder}/${target}`.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}

/** The last part of a path. */
export function lastPart(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** A whole number of a file's text; null for anything else, and for what no number can hold. */
export function wholeNumber(text: string | undefined): number | null {
  if (text === undefined || !/^-?\d{1,15}$/.test(text)) return null;
  return Number(text);
}

const MOST_PROCESSORS = 65_536;

/** The processors of a list such as `0-3,8`; empty for anything else. */
export function parseProcessorList(text: string): readonly number[] {
  const all: number[] = [];
  for (const part of text.trim().split(",")) {
    const [, first, last = first] = /^(\d{1,7})(?:-(\d{1,7}))?$/.exec(part) ?? [];
    if (first === undefined || Number(last) >= MOST_PROCESSORS) return [];
    for (let processor = Number(first); processor <= Number(last); processor++) {
      all.push(processor);
    }
  }
  return all;
}
