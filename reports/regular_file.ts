/**
 * Reads files that anybody may have put there: what is no file ends nothing, and fills no memory.
 *
 * @module
 */
import { Problem } from "../problem.ts";

/** What is read, and how much of it there may be. */
export interface FileKind {
  /** What is being done, as the action of a {@linkcode Problem}. */
  readonly action: string;
  readonly mostBytes: number;
}

/**
 * The text of a regular file, or of one that a link leads to.
 *
 * @throws {Deno.errors.NotFound} where there is none
 * @throws {Problem} where it is no regular file, too large, or cannot be read
 */
export async function readRegularFile(path: string, kind: FileKind): Promise<string> {
  const { size } = await assertRegular(path, kind);
  return await attempt(kind, () => readFrom(path, 0, size));
}

/**
 * The last `mostBytes` of a regular file, however large that is, as text.
 *
 * @throws {Deno.errors.NotFound} where there is none
 * @throws {Problem} where it is no regular file, or cannot be read
 */
export async function readRegularEnd(
  path: string,
  { action, mostBytes }: FileKind,
): Promise<string> {
  const { size } = await assertRegular(path, { action, mostBytes: Infinity });
  const length = Math.min(size, mostBytes);
  return await attempt({ action }, () => readFrom(path, size - length, length));
}

async function attempt<T>(
  { action }: Pick<FileKind, "action">,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw error;
    const condition = error instanceof Error ? error.message : "it cannot be read";
    throw new Problem({ action, condition });
  }
}

async function readFrom(path: string, offset: number, size: number): Promise<string> {
  using file = await Deno.open(path);
  await file.seek(offset, Deno.SeekMode.Start);
  const bytes = new Uint8Array(size);
  let length = 0;
  while (length < size) {
    const count = await file.read(bytes.subarray(length));
    if (count === null) break;
    length += count;
  }
  return new TextDecoder().decode(bytes.subarray(0, length));
}

/**
 * Refuses a pipe, which may never end, a device, which may have no end, and a file that is too large.
 *
 * @throws {Deno.errors.NotFound} where there is none
 * @throws {Problem}
 */
export async function assertRegular(
  path: string,
  { action, mostBytes }: FileKind,
): Promise<Deno.FileInfo> {
  const info = await attempt({ action }, () => Deno.stat(path));
  if (!info.isFile) {
    throw new Problem({ action, condition: "it is no regular file" });
  }
  if (info.size > mostBytes) {
    const condition = `it has ${info.size} bytes, and no more than ${mostBytes} are read`;
    throw new Problem({ action, condition });
  }
  return info;
}
