/**
 * Busybox: one static program with a shell and the usual small tools, the userland of containers and
 * guests.
 *
 * @module
 */
import type { Host } from "./host.ts";
import { MissingTool } from "../problem.ts";

/** Where Debian, Ubuntu and Alpine put it. */
export const BUSYBOX = "/bin/busybox";

/**
 * Checks that busybox is here and needs no libraries.
 *
 * @throws {MissingTool} where it is missing or dynamic; `action` is what it is needed for
 */
export async function requireStaticBusybox(host: Host, action: string): Promise<void> {
  const { stdout, stderr } = await host.run({ argv: ["ldd", BUSYBOX], timeoutSeconds: 10 });
  if (/not a dynamic executable|statically linked/.test(`${stdout}${stderr}`)) return;
  throw new MissingTool({
    action,
    condition: `${BUSYBOX} is missing, or is not static`,
    cure: "Install busybox-static, or run: deno task bench --setup",
  });
}
