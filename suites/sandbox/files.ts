/**
 * Files: what opens in a preopened folder, and what outside.
 *
 * @module
 */
import { type DeviceReading, readNatively } from "../../runners/devices/readable_devices.ts";
import {
  attemptFiles,
  type FileAttempt,
  type FileOutcome,
} from "../../runners/sandbox/wasi_files.ts";
import { negative, observed, positive } from "../probe.ts";
import type { Control, Observation } from "../result.ts";
import type { Sandbox } from "./sandbox.ts";

const BYTES = 4096;
const KNOWN = "known.txt";
const MISSING = "there-is-no-such-file";

/** Each way out of `inside/` to the secret beside it, as a path and in words. */
function waysOut(folder: string): readonly (readonly [path: string, way: string])[] {
  return [
    ["../secret.txt", "by .."],
    ["folder/../../secret.txt", "through a folder and back by .."],
    [`${folder}/secret.txt`, "by its absolute path"],
    ["absolute-link", "by an absolute link"],
    ["relative-link", "by a relative link"],
    ["folder-link/secret.txt", "through a link to the folder above"],
  ];
}

interface FileReadings {
  /** With `inside/` given. */
  readonly known: FileOutcome;
  readonly linked: FileOutcome;
  readonly missing: FileOutcome;
  readonly out: readonly FileOutcome[];
  /** With nothing given. */
  readonly nothingGiven: FileOutcome;
  /** With the folder of the secret given. */
  readonly secretGiven: FileOutcome;
  readonly knownNatively: DeviceReading;
  readonly outNatively: readonly DeviceReading[];
}

/** Observes what opens inside and outside a preopened folder. */
export async function observeFiles(sandbox: Sandbox): Promise<Observation[]> {
  const readings = await readFiles(sandbox);
  sandbox.keep("sandbox-files.json", readings);
  return [filesInPreopens(readings), outsideRefused(sandbox, readings)];
}

async function readFiles(sandbox: Sandbox): Promise<FileReadings> {
  const { host, folder } = sandbox;
  const inside = `${folder}/inside`;
  const paths = waysOut(folder).map(([path]) => path);
  const [known, linked, missing, ...out] = await open(sandbox, { "/in": inside }, [
    KNOWN,
    "link-within",
    MISSING,
    ...paths,
  ]);
  const [nothingGiven] = await open(sandbox, {}, [KNOWN]);
  const [secretGiven] = await open(sandbox, { "/in": folder }, ["secret.txt"]);
  const absolute = paths.map((path) => path.startsWith("/") ? path : `${inside}/${path}`);
  const [knownNatively, ...outNatively] = await readNatively(
    host,
    [`${inside}/${KNOWN}`, ...absolute].map((path) => [BYTES, path] as const),
  );
  if (!known || !linked || !missing || !nothingGiven || !secretGiven || !knownNatively) {
    throw new TypeError("sandbox-view: an attempt without an outcome");
  }
  return { known, linked, missing, out, nothingGiven, secretGiven, knownNatively, outNatively };
}

async function open(
  { host, wasmtime, files }: Sandbox,
  folders: Record<string, string>,
  paths: readonly string[],
): Promise<FileOutcome[]> {
  const attempts = paths.map((path): FileAttempt => ({ action: "read", bytes: BYTES, path }));
  return await attemptFiles(host, { wasmtime, module: await files(), folders }, attempts);
}

function filesInPreopens(readings: FileReadings): Observation {
  const { known, linked, nothingGiven, knownNatively } = readings;
  const same = known.opened && known.checksum === knownNatively.checksum;
  return observed("sandbox-view/files-in-preopens", {
    value: same,
    seen: `The module read ${known.moved} bytes of a file in a preopened folder ` +
      `(${known.errno}), checksum ${known.checksum}; natively ${knownNatively.bytes} bytes, ` +
      `checksum ${knownNatively.checksum}; through a link within the folder: ${linked.errno}.`,
    controls: [
      positive(
        "the host reads the same file natively",
        knownNatively.bytes > 0,
        `${knownNatively.bytes} bytes`,
      ),
      missingFileFails(readings),
      negative(
        "the same path does not open when nothing is preopened",
        !nothingGiven.opened,
        nothingGiven.errno,
      ),
    ],
  });
}

function outsideRefused({ folder }: Sandbox, readings: FileReadings): Observation {
  const { out, outNatively, secretGiven } = readings;
  const told = waysOut(folder).map(([, way], at) => `${way}: ${out[at]?.errno}`);
  const opened = out.filter((outcome) => outcome.opened);
  const nativelySame = outNatively.filter(({ checksum }) => checksum === secretGiven.checksum);
  return observed("sandbox-view/outside-refused", {
    value: opened.length === 0,
    seen:
      `Of ${out.length} ways to a file beside the preopened folder ${opened.length} opened it ` +
      `(${told.join("; ")}).`,
    controls: [
      positive(
        "the same file opens when its own folder is preopened",
        secretGiven.opened && secretGiven.moved > 0,
        `${secretGiven.errno}, ${secretGiven.moved} bytes`,
      ),
      positive(
        "each of these paths leads to that file natively",
        out.length > 0 && nativelySame.length === out.length,
        `${nativelySame.length} of ${out.length} gave the same bytes`,
      ),
      missingFileFails(readings),
    ],
  });
}

function missingFileFails({ missing }: FileReadings): Control {
  const what = "a file that does not exist does not open, and is told apart from a refused one";
  return negative(what, missing.errno === "ENOENT", missing.errno);
}
