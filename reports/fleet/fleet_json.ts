/**
 * `fleet.json`: written whenever a host of the fleet has become known, read back by every report.
 *
 * @module
 */
import { FLEET_SCHEMA_VERSION, type FleetResult } from "../../suites/fleet/fleet_result.ts";
import { writeFile } from "../json.ts";
import { type DocumentKind, parseDocument } from "../json_document.ts";
import resultSchema from "../result.schema.json" with { type: "json" };
import schema from "./fleet.schema.json" with { type: "json" };

/** The name of the fleet's file in its folder. */
export const FLEET_FILE = "fleet.json";

const FLEET: DocumentKind = {
  name: "fleet",
  version: FLEET_SCHEMA_VERSION,
  schema,
  parts: [resultSchema],
  cures: {
    older:
      "Use the cellproof that wrote it, or merge its results again: deno task merge RESULT ...",
    again: "Merge its results again (deno task merge RESULT ...), or choose another fleet.",
  },
};

/**
 * Parses and validates the text of a `fleet.json`; `path` is named in the messages.
 *
 * @throws {Problem} if it is not JSON, of another schema, or not a fleet.
 */
export async function parseFleet(text: string, path: string): Promise<FleetResult> {
  return await parseDocument(text, path, FLEET) as FleetResult;
}

/**
 * Writes `fleet.json` into an existing folder, by write-then-rename: a reader or a killed run never
 * meets half a file.
 *
 * @throws {Problem} if the folder is missing or unwritable, or the disk is full.
 */
export function writeFleet(folder: string, fleet: FleetResult): void {
  writeFile(`${folder}/${FLEET_FILE}`, `${JSON.stringify(fleet, null, 1)}\n`);
}
