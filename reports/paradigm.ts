/**
 * The paradigms that the document compares, and which of them a claim is about.
 *
 * @module
 */
import type { Cell, Fact } from "../suites/claims/claims.ts";
import type { Bilingual } from "./sentences.ts";

/** Every paradigm, and what stands outside of them, in the order in which a reader may choose. */
export const PARADIGMS = {
  virtualization: { en: "Virtualization", zh: "虚拟化" },
  container: { en: "Containers", zh: "容器化" },
  sandbox: { en: "Sandbox", zh: "沙盒化" },
  device: { en: "The device itself", zh: "设备本身" },
  prose: { en: "Facts from the prose", zh: "正文中的事实" },
} as const satisfies Readonly<Record<string, Bilingual>>;
export type Paradigm = keyof typeof PARADIGMS;

/** The columns that stand for a paradigm; the others are about devices as such. */
const OF_COLUMN: Readonly<Record<string, Paradigm>> = {
  "Virtualization": "virtualization",
  "Virtualized access": "virtualization",
  "Passthrough access": "virtualization",
  "Virtual GPU (vGPU)": "virtualization",
  "Virtual IO device (vNIC/vDisk)": "virtualization",
  "Containers": "container",
  "Sandbox": "sandbox",
};

/** The paradigm that a claim is about. */
export function paradigmOf(claim: Cell | Fact): Paradigm {
  return claim.kind === "fact" ? "prose" : OF_COLUMN[claim.columnEn] ?? "device";
}
