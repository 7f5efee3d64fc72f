/**
 * The manifest of a site: what each of its files was made from, so that the next build makes anew only
 * what is not the same; and the sign that a folder is a site of ours.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { Problem } from "../../problem.ts";
import { MANIFEST_FILE } from "./names.ts";

/** Version of the shape below. A site of another one is built from nothing. */
const MANIFEST_SCHEMA = 1;

/** What is known of a site's files; what is kept for hosts is JSON that its owner checks. */
export interface Manifest {
  readonly schema: typeof MANIFEST_SCHEMA;
  /** By path from the site's folder. */
  readonly files: Readonly<Record<string, FileRecord>>;
  /** By machine key: what pages over several hosts say of it. */
  readonly hosts: Readonly<Record<string, HostRecord>>;
}

/** A file of the site. */
export interface FileRecord {
  /** Digest of all that it was made from, the code included. */
  readonly inputs: string;
  /** Digest of what it holds. */
  readonly content: string;
  readonly bytes: number;
}

/** Something that was made of a host's history, and the digest of that history. */
export interface HostRecord {
  readonly inputs: string;
  readonly summary: unknown;
}

/** A site without files. */
export const EMPTY_MANIFEST: Manifest = { schema: MANIFEST_SCHEMA, files: {}, hosts: {} };

/** A manifest as its file has it. */
export function manifestText({ files, hosts }: Pick<Manifest, "files" | "hosts">): string {
  return `${JSON.stringify({ schema: MANIFEST_SCHEMA, files, hosts })}\n`;
}

/**
 * The manifest in the text of its file. One of another version counts as empty, but for the names of its
 * files, which are still the site's to remove.
 *
 * @throws {Problem} where it is none
 */
export function parseManifest(text: string, path: string): Manifest {
  const value = parseJson(text);
  if (!isManifest(value)) {
    throw new Problem({
      action: `build the site in ${path}`,
      condition: `its ${MANIFEST_FILE} cannot be read`,
      cure: "Remove that folder, if it is a site, and build it again.",
    });
  }
  if (value.schema === MANIFEST_SCHEMA) return value;
  const unknown = { inputs: "", content: "", bytes: -1 };
  const files = Object.fromEntries(Object.keys(value.files).map((name) => [name, unknown]));
  return { ...EMPTY_MANIFEST, files };
}

/** Hexadecimal SHA-256 of texts and bytes, one after the other, each with its length. */
export function digestOf(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest("hex");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isManifest(value: unknown): value is Manifest {
  if (typeof value !== "object" || value === null) return false;
  const { schema, files, hosts } = value as Partial<Record<keyof Manifest, unknown>>;
  return typeof schema === "number" && isRecordOf(files, isFileRecord) &&
    Object.keys(files).every(isPathInside) && isRecordOf(hosts, isHostRecord);
}

/** What the site no longer has is removed, so a name must not lead out of the folder. */
function isPathInside(path: string): boolean {
  return path.split("/").every((part) => part !== "" && part !== "." && part !== "..");
}

function isRecordOf(value: unknown, isOne: (one: object) => boolean): value is object {
  return typeof value === "object" && value !== null &&
    Object.values(value).every((one) => typeof one === "object" && one !== null && isOne(one));
}

function isFileRecord(one: object): boolean {
  const { inputs, content, bytes } = one as Partial<Record<keyof FileRecord, unknown>>;
  return typeof inputs === "string" && typeof content === "string" && typeof bytes === "number";
}

function isHostRecord(one: object): boolean {
  const { inputs } = one as Partial<Record<keyof HostRecord, unknown>>;
  return typeof inputs === "string" && "summary" in one;
}
