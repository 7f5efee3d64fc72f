/**
 * Device control: whether a module can ask a device anything by ioctl.
 *
 * @module
 */
import {
  askDevices,
  buildDeviceIoctl,
  ENTROPY,
  type IoctlAnswer,
  NO_SUCH_IOCTL,
  sizeOf,
} from "../../runners/devices/device_ioctl.ts";
import { readDevices } from "../../runners/devices/readable_devices.ts";
import { importName } from "../../runners/sandbox/wasi_imports.ts";
import { moduleArgv } from "../../runners/sandbox/wasi_module.ts";
import type { Places } from "../places.ts";
import { negative, observed, positive } from "../probe.ts";
import type { Observation } from "../result.ts";
import { inGroups, nowhereIsRefused, takeImportCensus, wasiIsThere } from "./census.ts";
import type { Sandbox } from "./sandbox.ts";

/** Observes whether a module can control a device, by the C library or by an import. */
export async function observeDeviceControl(
  sandbox: Sandbox,
  places: Places,
): Promise<Observation[]> {
  const { host, wasmtime, folder } = sandbox;
  const programs = await buildDeviceIoctl(host, folder);
  const disks = (await readDevices(host)).filter(({ type, bytes }) =>
    type === "block special file" && bytes > 0
  );
  const questions = [ENTROPY, NO_SUCH_IOCTL, ...disks.map(({ path }) => sizeOf(path))];
  const argv = moduleArgv({ wasmtime, module: programs.wasi, folders: { "/dev": "/dev" } });
  const native = await askDevices(host, [programs.native], questions);
  const inside = await askDevices(host, argv, questions);
  sandbox.keep("sandbox-ioctl.json", { native: readable(native), inside: readable(inside) });

  const census = await takeImportCensus(places);
  const { asked, there } = inGroups(census, ["device control"]);
  const answered = real(inside).filter(({ refusal }) => refusal === null);
  const [, noSuch] = native;
  const opened = inside.filter(({ notOpened }) => notOpened === null);
  const natively = real(native).filter(({ refusal }) => refusal === null);
  return [observed("sandbox-view/device-control", {
    value: answered.length > 0 || there.length > 0,
    seen: `With /dev preopened, the ioctl of WASI's C library on open devices: ` +
      `${told(real(inside))}; natively: ${
        told(real(native))
      }; of ${asked.length} imports that would control a device ${there.length} ` +
      `are there${there.map((one) => ` (${importName(one.import)})`).join("")}.`,
    controls: [
      positive(
        "the same program asks the devices natively",
        natively.length > 0,
        told(natively) || "none",
      ),
      positive(
        "the module opens the devices that it asks",
        opened.length === inside.length,
        `${opened.length} of ${inside.length}`,
      ),
      wasiIsThere(census),
      negative(
        "an ioctl that does not exist is refused natively",
        noSuch !== undefined && noSuch.notOpened === null && noSuch.refusal !== null,
        noSuch?.refusal ?? "it was answered",
      ),
      nowhereIsRefused(census),
    ],
  })];
}

/** The questions that a driver knows. */
function real(answers: readonly IoctlAnswer[]): readonly IoctlAnswer[] {
  return answers.filter(({ request }) => request !== NO_SUCH_IOCTL.request);
}

function told(answers: readonly IoctlAnswer[]): string {
  return answers.map(({ name, device, notOpened, refusal, value }) => {
    const failure = notOpened === null ? refusal : `not opened: ${notOpened}`;
    return `${name} of ${device} ${failure === null ? `gave ${value}` : `failed (${failure})`}`;
  }).join(", ");
}

/** JSON has no large numbers. */
function readable(answers: readonly IoctlAnswer[]): unknown {
  return answers.map((answer) => ({ ...answer, value: `${answer.value}` }));
}
