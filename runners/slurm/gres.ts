/**
 * Generic resources, as nodes have them ("gpu:h100:8(S:0-1)") and as jobs ask for them ("gpu:8").
 *
 * @module
 */
interface Gres {
  readonly name: string;
  /** Null for any. */
  readonly type: string | null;
  readonly count: number;
}

const UNITS: Readonly<Record<string, number>> = { "": 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 };

/** Whether a node that has `had` can give all of what `asked` asks for. */
export function hasGres(had: string, asked: string): boolean {
  const present = parseGres(had);
  return parseGres(asked).every(({ name, type, count }) => {
    const alike = present.filter((other) =>
      other.name === name && (type === null || other.type === type)
    );
    return alike.reduce((sum, other) => sum + other.count, 0) >= count;
  });
}

function parseGres(text: string): Gres[] {
  const bare = text.replaceAll(/\([^)]*\)/g, "");
  return bare.split(",").flatMap((item) => {
    const words = item.trim().replace(/^gres[:/]/, "").split(":")
      .filter((word) => word !== "" && word !== "no_consume");
    const [name, ...rest] = words;
    const count = countOf(rest.at(-1));
    if (name === undefined) return [];
    const type = (count === null ? rest[0] : rest.length > 1 ? rest[0] : null) ?? null;
    return [{ name, type, count: count ?? 1 }];
  });
}

function countOf(word: string | undefined): number | null {
  const [, digits, unit = ""] = /^(\d+)([KMG]?)$/i.exec(word ?? "") ?? [];
  return digits === undefined ? null : Number(digits) * (UNITS[unit.toUpperCase()] ?? 1);
}
