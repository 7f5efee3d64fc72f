/**
 * What a host can decide: every claim by what it needs, and whether that is here.
 *
 * @module
 */
import type { ToolReport } from "../runners/tools.ts";
import { CLAIMS } from "./claims/claims.ts";
import { futureChecks } from "./needs.ts";
import type { HostDescription } from "./result.ts";
import { type Check, CHECKS, type Rule } from "./rules/rule.ts";
import { ruleOf } from "./rules/rules.ts";
import { STORAGE_ARMS } from "./storage_cases.ts";

/** What was found. */
export interface Findings {
  readonly host: HostDescription;
  readonly tools: readonly ToolReport[];
  readonly guestKernel: boolean;
}

/** One thing that claims need. */
export interface Need {
  readonly what: string;
  /** How many claims need it (each may need others too). */
  readonly claims: number;
  /** How to get it; null when it is here. */
  readonly cure: string | null;
}

export interface Examination extends Findings {
  /** What the checks of this version need. */
  readonly needs: readonly Need[];
  /** Checks that this version does not have yet, and how many claims wait for each. */
  readonly awaited: readonly { readonly check: Check; readonly claims: number }[];
  readonly editorial: number;
  /** Claims for which every need is met; they may still come out as inconclusive. */
  readonly measurable: number;
  readonly total: number;
}

/** The tools that an arm cannot do without. */
const TOOLS_OF_PLACE: Readonly<Record<string, readonly string[]>> = {
  native: ["fio"],
  container: ["fio", "docker", "dockerd"],
  guest: ["fio", "qemu-system-x86_64", "busybox (static)", "cpio", "kmod", "guest kernel"],
  sandbox: ["wasmtime", "clang", "wasi-libc"],
};

/** Sets what the claims need against what was found. */
export function examine(findings: Findings): Examination {
  const rules = CLAIMS.map(({ id }) => ruleOf(id)).filter((rule) => rule !== undefined);
  const cures = curesOf(findings);
  const needsOfRules = rules.map((rule) => needsOf(rule));
  const names = [...new Set(needsOfRules.flat())];
  const awaited = (Object.keys(CHECKS) as Check[]).map((check) => ({
    check,
    claims: rules.filter((rule) => awaitedBy(rule).includes(check)).length,
  }));
  return {
    ...findings,
    needs: names.map((what) => ({
      what,
      claims: needsOfRules.filter((needs) => needs.includes(what)).length,
      cure: cures.get(what) ?? null,
    })),
    awaited: awaited.filter(({ claims }) => claims > 0),
    editorial: rules.filter(({ kind }) => kind === "editorial").length,
    measurable:
      needsOfRules.filter((needs) => needs.length > 0 && needs.every((what) => !cures.has(what)))
        .length,
    total: CLAIMS.length,
  };
}

function curesOf({ host, tools, guestKernel }: Findings): Map<string, string> {
  const cures = new Map<string, string>();
  for (const { name, cure } of tools) if (cure !== null) cures.set(name, cure);
  if (!guestKernel) cures.set("guest kernel", "deno task bench --setup downloads it.");
  if (!host.bareMetal) cures.set("bare metal", `What is native here runs ${host.environment}.`);
  return cures;
}

function needsOf(rule: Rule): string[] {
  if (rule.kind !== "performance" && rule.kind !== "faster") return [];
  const arms = [rule.arm, ...rule.kind === "faster" ? rule.than : []];
  const places = rule.experiment === "sandbox-storage" ? ["sandbox"] : arms.map(placeOf);
  const bareMetal = rule.kind === "performance" && rule.needsBareMetal ? ["bare metal"] : [];
  return [...new Set([...places.flatMap((place) => TOOLS_OF_PLACE[place] ?? []), ...bareMetal])];
}

function placeOf(arm: string): string {
  return STORAGE_ARMS.find(({ name }) => name === arm)?.place ?? "native";
}

function awaitedBy(rule: Rule): readonly Check[] {
  if (rule.kind === "awaiting") return futureChecks(rule.checks);
  return rule.kind === "performance" ? rule.alsoAwaits : [];
}
