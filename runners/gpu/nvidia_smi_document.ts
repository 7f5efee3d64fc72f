/**
 * nvidia-smi's XML as a tree, whole or not at all.
 *
 * @module
 */
import { SaxesParser } from "saxes";
import { Problem } from "../../problem.ts";

/** An element, without what lies deeper than its own text. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  readonly text: string;
}

/** An element that is being read. */
interface OpenElement extends XmlElement {
  readonly children: OpenElement[];
  text: string;
}

/** Printed beside a document that is whole: an infoROM is corrupted, or one GPU is lost. */
const COMPLAINT = /^(?:WARNING: |Unable to determine the device handle for ).*$/gm;
/** The driver copies the names of processes as they are, with whatever bytes are in them. */
const PROCESS_NAME = /(<process_name>)([^]*?)(?=<\/process_name>)/g;
const SEEN_CHARACTERS = 200;
const BARE_AMPERSAND = /&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[\da-f]+);)/gi;
// deno-lint-ignore no-control-regex -- these are what XML does not allow
const NO_XML_CHARACTER = /[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g;

/**
 * Reads a document with this root. No entity but XML's own is ever expanded, and no DTD is read.
 *
 * @throws {Problem} where it is cut off, malformed, or another document
 */
export function parseNvidiaSmiDocument(xml: string, root: string): XmlElement {
  const element = rootOf(xml);
  if (element?.name === root) return element;
  throw unreadable(`it is no ${root} document`, xml);
}

/** The first child of this path of names; null where there is none. */
export function elementAt(
  parent: XmlElement | null,
  ...path: readonly string[]
): XmlElement | null {
  let found: XmlElement | null | undefined = parent;
  for (const name of path) found = found?.children.find((child) => child.name === name);
  return found ?? null;
}

/** The text of the first child of this path of names; null where there is none. */
export function textAt(parent: XmlElement | null, ...path: readonly string[]): string | null {
  return elementAt(parent, ...path)?.text ?? null;
}

/** All children of one name. */
export function childrenOf(parent: XmlElement, name: string): XmlElement[] {
  return parent.children.filter((child) => child.name === name);
}

function rootOf(xml: string): XmlElement | null {
  try {
    return tree(mended(xml));
  } catch (error) {
    const reason = error instanceof Error ? error.message : `${error}`;
    throw unreadable(`it is no whole XML document: ${reason}`, xml.slice(-SEEN_CHARACTERS));
  }
}

/** Throws what the parser throws, which is strict. */
function tree(xml: string): XmlElement | null {
  const open: OpenElement[] = [];
  let root: XmlElement | null = null;
  const parser = new SaxesParser();
  parser.on("opentag", ({ name, attributes }) => {
    const element: OpenElement = { name, attributes, children: [], text: "" };
    root ??= element;
    open.at(-1)?.children.push(element);
    open.push(element);
  });
  parser.on("text", (text) => {
    const element = open.at(-1);
    if (element !== undefined) element.text += text;
  });
  parser.on("closetag", () => {
    open.pop();
  });
  parser.write(xml).close();
  return root;
}

function mended(xml: string): string {
  return xml.replace(COMPLAINT, "").trim().replace(
    PROCESS_NAME,
    (_, tag: string, name: string) =>
      tag + name.replace(BARE_AMPERSAND, "&amp;").replaceAll("<", "&lt;")
        .replace(NO_XML_CHARACTER, "\ufffd"),
  );
}

function unreadable(condition: string, seen: string): Problem {
  return new Problem({
    action: "read nvidia-smi's log",
    condition,
    seen,
    cure: "Run nvidia-smi -q -x by hand.",
  });
}
