/**
 * The text of `plan_facts.sh`, taken apart: sections of lines, of which no file's text can be a
 * header.
 *
 * @module
 */

/** A device number, with what kind of node has it: "b259:0", "c195:1". */
export type NodeNumber = string & { readonly __nodeNumber: never };

/** A node that is open somewhere, such as in "./812/fd/3". */
export interface NumberedPlace {
  readonly number: NodeNumber;
  readonly place: string;
}

const HEADER = "== ";
const VALUE = /^\.\/([^\t]+)\t(.*)$/;
/** Nothing before the path has a slash in it: mode, link count, ids, size and date. */
const LINK = /^l[^/]* \.\/(.*?) -> (.*)$/;
/** stat's major and minor number and mode, in hexadecimal; block nodes are 6xxx, character ones 2xxx. */
const NUMBERED = /^([0-9a-f]{1,8}):([0-9a-f]{1,8}) ([26])[0-9a-f]{3} \.\/(.*)$/;

/** The sections of the text; whatever is not of the format is left out. */
export class FactText {
  /** False for a text that ends before the script did. */
  readonly complete: boolean;
  readonly #sections = new Map<string, string[]>();

  constructor(text: string) {
    const lines = text.split("\n");
    if (lines.at(-1) === "") lines.pop();
    let section: string[] = [];
    for (const line of lines) {
      if (line.startsWith(HEADER)) {
        section = [];
        this.#sections.set(line.slice(HEADER.length), section);
      } else section.push(line);
    }
    this.complete = lines.at(-1) === `${HEADER}end`;
  }

  /** The path and one line each of the files of a section. */
  values(section: string): readonly (readonly [path: string, line: string])[] {
    return this.#matches(section, VALUE).map(([, path = "", line = ""]) => [path, line]);
  }

  /** The first line of each file of a section. */
  first(section: string): ReadonlyMap<string, string> {
    return new Map([...this.values(section)].reverse());
  }

  /** Where the links of a section lead, as they are written. */
  links(section: string): ReadonlyMap<string, string> {
    return new Map(
      this.#matches(section, LINK).map(([, path = "", target = ""]) => [path, target]),
    );
  }

  /** The device numbers of a section, and where each was found. */
  numbered(section: string): readonly NumberedPlace[] {
    return this.#matches(section, NUMBERED).map(([, major = "", minor = "", mode, place = ""]) => ({
      number: nodeNumber(mode === "6" ? "b" : "c", parseInt(major, 16), parseInt(minor, 16)),
      place,
    }));
  }

  #matches(section: string, pattern: RegExp): RegExpExecArray[] {
    return (this.#sections.get(section) ?? []).flatMap((line) => {
      const match = pattern.exec(line);
      return match === null ? [] : [match];
    });
  }
}

/** A number from its parts. */
export function nodeNumber(kind: "b" | "c", major: number, minor: number): NodeNumber {
  return `${kind}${major}:${minor}` as NodeNumber;
}

/** A number as sysfs writes it, "259:0"; null for anything else. */
export function parseNodeNumber(kind: "b" | "c", text: string | undefined): NodeNumber | null {
  const [, major, minor] = /^(\d{1,9}):(\d{1,9})$/.exec(text?.trim() ?? "") ?? [];
  if (major === undefined || minor === undefined) return null;
  return nodeNumber(kind, Number(major), Number(minor));
}

/** A text of the host as it may be shown: on one line, without control characters, not too long. */
export function printable(text: string): string {
  const shown = text.replaceAll(/[^\x20-\x7e\u00a1-\u024f]/g, "?").trim();
  return shown.length <= 64 ? shown : `${shown.slice(0, 64)}…`;
}
