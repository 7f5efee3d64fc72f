/**
 * The words for where a kernel runs, as `environmentOf` of host_description.ts puts them.
 *
 * @module
 */

/**
 * Whether two environments may be one: they are the same, or would be if both told the hypervisor's name,
 * which is left out where the tool that knows it fails.
 */
export function mayBeEnvironment(one: string, other: string): boolean {
  if (one === other) return true;
  const isUntold = [one, other].some((words) => withoutHypervisor(words) === words);
  return isUntold && withoutHypervisor(one) === withoutHypervisor(other);
}

function withoutHypervisor(environment: string): string {
  return environment.replace(/\binside a [^(]+? guest\b/, "inside a virtual guest");
}
