/**
 * JSON files that follow a published schema: reads one, or says what is wrong with it.
 *
 * @module
 */
import { Problem, shorten } from "../problem.ts";

/** A kind of file. */
export interface DocumentKind {
  /** What it is called in a message: "result". */
  readonly name: string;
  /** The version in its field `schema` that this cellproof reads and writes. */
  readonly version: number;
  readonly schema: { readonly $id: string };
  /** Schemas that its own refers to. */
  readonly parts: readonly object[];
  /** What to do about a file of an older version, and about one that is damaged or foreign. */
  readonly cures: { readonly older: string; readonly again: string };
}

/**
 * Parses and validates a text; `path` is named in the messages.
 *
 * @throws {Problem} if it is not JSON, of another version, or does not follow the schema.
 */
export async function parseDocument(
  text: string,
  path: string,
  kind: DocumentKind,
): Promise<unknown> {
  const place = { action: `read the ${kind.name} ${path}`, kind };
  const value = parseJson(text, place);
  refuseOtherVersion(value, place);
  const failure = await firstFailure(value, kind);
  if (failure === null) return value;
  throw new Problem({
    action: place.action,
    condition: `it does not follow the schema ${kind.schema.$id}`,
    seen: failure,
    cure: kind.cures.again,
  });
}

interface Place {
  readonly action: string;
  readonly kind: DocumentKind;
}

function parseJson(text: string, { action, kind }: Place): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Problem({
      action,
      condition: text.trim() === "" ? "it is empty" : "it is not JSON",
      seen: error instanceof Error ? error.message : String(error),
      cure: kind.cures.again,
    });
  }
}

function refuseOtherVersion(value: unknown, { action, kind }: Place): void {
  if (typeof value !== "object" || value === null || !("schema" in value)) return;
  const { schema } = value;
  if (typeof schema !== "number" || schema === kind.version) return;
  const newer = schema > kind.version;
  throw new Problem({
    action,
    condition: `its schema is ${newer ? "newer" : "older"} than this cellproof's, which is ` +
      kind.version,
    seen: `schema ${schema}`,
    cure: newer ? "Use the cellproof that wrote it, or a newer one." : kind.cures.older,
  });
}

/** Where and how a value fails the schema; null where it does not. */
async function firstFailure(
  value: unknown,
  { schema, parts }: DocumentKind,
): Promise<string | null> {
  const validate = await validatorOf(schema, parts);
  if (validate(value)) return null;
  const { instancePath, message, params } = validate.errors?.[0] ?? {};
  return shorten(`${instancePath || "the document"} ${message}: ${JSON.stringify(params)}`);
}

const VALIDATORS = new WeakMap<object, ReturnType<typeof makeValidator>>();

/** What tells whether a value follows a schema, which may refer to others. */
export function validatorOf(
  schema: object,
  others: readonly object[],
): ReturnType<typeof makeValidator> {
  // Making one takes as long as reading ten results.
  const validator = VALIDATORS.get(schema) ?? makeValidator(schema, others);
  VALIDATORS.set(schema, validator);
  return validator;
}

async function makeValidator(schema: object, others: readonly object[]) {
  const { Ajv2020 } = await import("ajv/dist/2020.js");
  const ajv = new Ajv2020({ allowUnionTypes: true, keywords: ["version"] });
  return ajv.addSchema([...others]).compile(schema);
}
