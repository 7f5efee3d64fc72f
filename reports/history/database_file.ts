/**
 * Tells a history's file from other files by its bytes: SQLite itself would change a foreign file that
 * was left in need of repair.
 *
 * @module
 */
import { Problem } from "../../problem.ts";
import { isThere } from "../json.ts";
import { APPLICATION_ID } from "./schema.ts";
import { RESTORE } from "./sqlite_problems.ts";

/** The start of a file of SQLite's format, and where its header has what. */
const MAGIC = "SQLite format 3\0";
const HEADER = { bytes: 100, pageSize: 16, pages: 28, applicationId: 68 };

/** The file's first bytes; null where there is no file. */
export function readHeader(path: string): Uint8Array | null {
  try {
    using file = Deno.openSync(path);
    const bytes = new Uint8Array(HEADER.bytes);
    return bytes.subarray(0, file.readSync(bytes) ?? 0);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw cannotOpen(path, error instanceof Error ? error.message : String(error));
  }
}

/** @throws {Problem} where `header` is not the start of a history's file, or the file's end is missing */
export function refuseForeign(path: string, header: Uint8Array): void {
  const cure = "Name another file with --db.";
  if (new TextDecoder("latin1").decode(header.subarray(0, MAGIC.length)) !== MAGIC) {
    throw cannotOpen(path, "it is no SQLite file", cure);
  }
  const cutOff = () => cannotOpen(path, "it is damaged: its end is missing", RESTORE);
  if (header.length < HEADER.bytes) throw cutOff();
  const view = new DataView(header.buffer, header.byteOffset);
  if (view.getUint32(HEADER.applicationId) !== APPLICATION_ID) {
    throw cannotOpen(path, "it is another program's database", cure);
  }
  // While there is a journal, the file need not be whole, and SQLite looks at both.
  if (isThere(`${path}-wal`)) return;
  const whole = view.getUint32(HEADER.pages) * view.getUint16(HEADER.pageSize);
  if (Deno.statSync(path).size < whole) throw cutOff();
}

/** That a history cannot be opened, and why. */
export function cannotOpen(path: string, condition: string, cure?: string): Problem {
  const action = `open the history ${path}`;
  return new Problem({ action, condition, ...(cure === undefined ? {} : { cure }) });
}
