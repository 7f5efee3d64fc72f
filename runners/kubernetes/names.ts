/**
 * What Kubernetes allows as names: a manifest is refused before a cluster would refuse it, or take it for
 * something else.
 *
 * @module
 */
import { UsageProblem } from "../../problem.ts";

/** The longest DNS label; the longest value of a label too, which a job's name becomes. */
export const LONGEST_LABEL = 63;
const LONGEST_SUBDOMAIN = 253;
const LONGEST_IMAGE = 512;

const LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`;
/** What stands before the first slash is a host where it has a dot or a port, or is this one. */
const IMAGE_HOST = "(?=localhost[:/]|[^/]*[.:])[A-Za-z0-9]([-A-Za-z0-9.]*[A-Za-z0-9])?(:[0-9]+)?";
const IMAGE_PART = "[a-z0-9]+(([.]|_{1,2}|-+)[a-z0-9]+)*";
const IMAGE_TAG = ":[A-Za-z0-9_][-A-Za-z0-9_.]{0,127}";
const IMAGE_DIGEST = "@[a-z0-9]+:[a-f0-9]+";

interface NameRule {
  readonly pattern: RegExp;
  readonly longest: number;
  /** What it is, after "it is not". */
  readonly words: string;
}

const RULES = {
  /** RFC 1123: a namespace. */
  label: {
    pattern: whole(LABEL),
    longest: LONGEST_LABEL,
    words: "a name of at most 63 small letters, digits and dashes",
  },
  /** RFC 1123: a node, a claim. */
  subdomain: {
    pattern: whole(SUBDOMAIN),
    longest: LONGEST_SUBDOMAIN,
    words: "a name of at most 253 small letters, digits, dashes and dots",
  },
  /** What a device plugin offers. Names without a domain, and of kubernetes.io, are Kubernetes' own. */
  resource: {
    pattern: whole(
      `(?!([^/]*\\.)?kubernetes\\.io/|requests\\.)${SUBDOMAIN}/[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?`,
    ),
    longest: LONGEST_SUBDOMAIN,
    words: "a resource of a device plugin such as nvidia.com/gpu",
  },
  image: {
    pattern: whole(
      `(${IMAGE_HOST}/)?${IMAGE_PART}(/${IMAGE_PART})*(${IMAGE_TAG})?(${IMAGE_DIGEST})?`,
    ),
    longest: LONGEST_IMAGE,
    words: "an image such as registry.example/tools:1",
  },
} as const satisfies Readonly<Record<string, NameRule>>;

/** What a name is for. */
export type NameKind = keyof typeof RULES;

/** Whether Kubernetes takes a name for what it is for. */
export function isName(kind: NameKind, name: string): boolean {
  const { pattern, longest } = RULES[kind];
  return name.length <= longest && pattern.test(name);
}

/**
 * Returns a name that the option `option` gave.
 *
 * @throws {UsageProblem} where Kubernetes would not take it
 */
export function nameOf(kind: NameKind, option: string, name: string): string {
  if (isName(kind, name)) return name;
  throw new UsageProblem({
    action: `use --${option}`,
    condition: `it is not ${RULES[kind].words}`,
    seen: JSON.stringify(name),
  });
}

/** A part of a DNS label that tells whose a thing is, of at most `longest` characters; it may be empty. */
export function labelPart(name: string, longest: number): string {
  const part = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
  return part.slice(0, Math.max(0, longest)).replaceAll(/^-+|-+$/g, "");
}

/** JavaScript's `$` without `m` matches only at the very end, so no line break can follow. */
function whole(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern})$`);
}
