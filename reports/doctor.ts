/**
 * The doctor's findings as text for a terminal.
 *
 * @module
 */
import type { CheckFindings, Examination, Need } from "../suites/doctor.ts";
import type { GivableDevice } from "../runners/vfio/givable.ts";
import { gpuLines } from "./gpus.ts";
import { GUEST_KERNEL, HOST_NEEDS, needInWords, type NeedName } from "../suites/doctor_needs.ts";

/** What the host has and lacks, what that decides, and how to get the rest. */
export function doctorText(examination: Examination): string {
  const { host, needs, checks, editorial, measurable, total } = examination;
  const ofHost = HOST_NEEDS.flatMap((name) => needs.filter(({ what }) => what === name));
  return [
    `${host.hostname}: ${host.cpuModel} (${host.cpuCount}), Linux ${host.kernel}, ${host.os}`,
    `What is native here runs ${host.environment}.`,
    ...gpuLines(host),
    "",
    "Tools:",
    ...toolLines(examination),
    "",
    "The host itself:",
    ...ofHost.flatMap((need) => needLines(need, examination)),
    "",
    "Checks:",
    ...checks.map(checkLine),
    "",
    `${measurable} of ${total} claims can be measured here now, ${editorial} are editorial.`,
    "The others need what is missing above.",
  ].join("\n");
}

function toolLines({ tools, needs, guestKernel }: Examination): string[] {
  const claims = new Map(needs.map(({ what, claims }) => [what, claims]));
  const kernel = {
    name: GUEST_KERNEL,
    version: guestKernel ? "in the cache" : null,
    purpose: "is what guests boot",
    cure: needs.find(({ what }) => what === GUEST_KERNEL)?.cure ?? null,
  };
  return [...tools, kernel].flatMap(({ name, version, purpose, cure }) => {
    const count = claims.get(name);
    const line = `  ${mark(cure === null)} ${name.padEnd(20)} ${version ?? "missing"}: ${purpose}`;
    return [
      count === undefined ? line : `${line}, for ${counted(count)}`,
      ...(cure === null ? [] : [`      ${cure}`]),
    ];
  });
}

function needLines({ what, title, claims, cure }: Need, examination: Examination): string[] {
  const isOpen = what === "kvm" && examination.features.kvmDevice;
  const line = `  ${isOpen ? "?" : mark(cure === null)} ${title}, for ${counted(claims)}`;
  const remarks = [
    ...(isOpen ? ["/dev/kvm is there; whether guests boot with it, a run tries."] : []),
    ...(cure?.split("\n") ?? []),
    ...(what === "iommu" ? passthroughRemarks(examination, cure !== null) : []),
  ];
  return [line, ...remarks.map((remark) => `      ${remark}`)];
}

/** The devices by name, and what does without them. */
function passthroughRemarks(
  { passthrough: { refusal, judged, devices } }: Examination,
  isMissing: boolean,
): string[] {
  return [
    ...devices.map((device) =>
      !judged
        ? `${named(device)}: only root can tell whether it is in use.`
        : device.refusal !== null
        ? `${named(device)}: ${device.refusal}`
        : refusal !== null
        ? `${named(device)}: nothing else speaks against it.`
        : `Could be given: deno task bench --passthrough ${named(device)}`
    ),
    ...(isMissing
      ? ["deno task lab judges these claims, all but speed, without such hardware."]
      : []),
  ];
}

function named({ address, title }: GivableDevice): string {
  return `${address} (${title})`;
}

/** A check of which nothing, a part or all can be measured here. */
function checkLine({ check, claims, measurable, lacks }: CheckFindings): string {
  const symbol = measurable > 0 && measurable < claims ? "◐" : mark(measurable > 0);
  const line = `  ${symbol} ${check.padEnd(20)} for ${counted(claims)}`;
  if (lacks.length === 0) return line;
  return `${line}, ${measurable} of them here; the others lack ${listed(lacks)}`;
}

function listed(needs: readonly NeedName[]): string {
  return needs.map(needInWords).join("; ");
}

function mark(isHere: boolean): string {
  return isHere ? "✔" : "✘";
}

function counted(claims: number): string {
  return `${claims} ${claims === 1 ? "claim" : "claims"}`;
}
