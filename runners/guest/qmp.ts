/**
 * The QEMU Machine Protocol, as far as guests are driven by it: JSON objects, one a line (QEMU's
 * `docs/interop/qmp-spec`).
 *
 * @module
 */

/** One line that QEMU sent. */
export type QmpMessage =
  | { readonly kind: "greeting"; readonly version: string }
  | { readonly kind: "return"; readonly id: number | null; readonly value: unknown }
  | {
    readonly kind: "error";
    readonly id: number | null;
    /** Such as "GenericError", "DeviceNotFound". */
    readonly errorClass: string;
    readonly description: string;
  }
  | { readonly kind: "event"; readonly name: string; readonly data: QmpObject };

export type QmpObject = Readonly<Record<string, unknown>>;

/** Reads one line; null for what is no message of the protocol. */
export function parseQmp(line: string): QmpMessage | null {
  const message = objectOf(parseJson(line));
  if (message === null) return null;
  const id = typeof message["id"] === "number" ? message["id"] : null;
  const greeting = objectOf(message["QMP"]);
  if (greeting !== null) return { kind: "greeting", version: versionOf(greeting) };
  const error = objectOf(message["error"]);
  if (error !== null) {
    const [errorClass, description] = [textOf(error["class"]), textOf(error["desc"])];
    return { kind: "error", id, errorClass, description };
  }
  const name = message["event"];
  if (typeof name === "string") {
    return { kind: "event", name, data: objectOf(message["data"]) ?? {} };
  }
  return "return" in message ? { kind: "return", id, value: message["return"] } : null;
}

/** The line of a command, which the reply names by `id`. */
export function qmpCommand(execute: string, id: number, args: QmpObject = {}): string {
  return JSON.stringify({ execute, arguments: args, id });
}

/** A value as an object with properties; null for what is none. */
export function objectOf(value: unknown): QmpObject | null {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : null;
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

/** `{"version": {"qemu": {"major": 7, "minor": 2, "micro": 22}, "package": "…"}}` */
function versionOf(greeting: QmpObject): string {
  const qemu = objectOf(objectOf(greeting["version"])?.["qemu"]);
  const parts = [qemu?.["major"], qemu?.["minor"], qemu?.["micro"]];
  return parts.every((part) => typeof part === "number") ? parts.join(".") : "unknown";
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
