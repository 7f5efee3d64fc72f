/**
 * The doctor's findings as text for a terminal.
 *
 * @module
 */
import type { Examination } from "../suites/doctor.ts";

/** What the host has and lacks, what that decides, and how to get the rest. */
export function doctorText(examination: Examination): string {
  const { host, tools, needs, awaited, editorial, measurable, total } = examination;
  const toolLines = tools.map(({ name, version, purpose, cure }) =>
    `  ${cure === null ? "✔" : "✘"} ${name.padEnd(20)} ${version ?? "missing"}: ${purpose}${
      cure === null ? "" : `\n      ${cure}`
    }`
  );
  const needLines = needs.map(({ what, claims, cure }) =>
    `  ${cure === null ? "✔" : "✘"} ${what.padEnd(20)} for ${counted(claims)}${
      cure === null ? "" : `\n      ${cure}`
    }`
  );
  return [
    `${host.hostname}: ${host.cpuModel} (${host.cpuCount}), Linux ${host.kernel}, ${host.os}`,
    `What is native here runs ${host.environment}.`,
    "",
    "Tools:",
    ...toolLines,
    "",
    "Needs of the claims that this version can measure:",
    ...needLines,
    "",
    `${measurable} of ${total} claims can be measured here now, ${editorial} are editorial.`,
    "The others wait for checks that this version does not have yet:",
    ...awaited.map(({ check, claims }) => `  ${check.padEnd(22)} ${counted(claims)}`),
  ].join("\n");
}

function counted(claims: number): string {
  return `${String(claims).padStart(3)} ${claims === 1 ? "claim" : "claims"}`;
}
