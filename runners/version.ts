/** The leading numbers of a version: "3.33-dirty" is [3, 33]; null when it begins with none. */
export function versionNumbers(version: string): number[] | null {
  const match = /^\d+(?:\.\d+)*/.exec(version);
  return match === null ? null : match[0].split(".").map(Number);
}

/** Whether `version` is `minimum` or newer; false when it is no version at all. */
export function atLeast(version: string, minimum: string): boolean {
  const numbers = versionNumbers(version);
  const wanted = versionNumbers(minimum);
  if (numbers === null || wanted === null) return false;
  for (let i = 0; i < wanted.length; i++) {
    const difference = (numbers[i] ?? 0) - (wanted[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}
