/**
 * Commands as a reader would type them.
 *
 * @module
 */

/** An argument list as one line for a POSIX shell; only for reading, cellproof runs no shell. */
export function shellCommand(argv: readonly string[]): string {
  return argv.map(shellWord).join(" ");
}

function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
