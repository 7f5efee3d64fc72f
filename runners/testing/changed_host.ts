/**
 * A host of which some calls are others.
 *
 * @module
 */
import type { Host } from "../host.ts";

/** The host with other calls, its own for the rest. */
export function changedHost(host: Host, change: Partial<Host>): Host {
  return {
    run: (request) => host.run(request),
    start: (request) => host.start(request),
    readText: (path) => host.readText(path),
    readFolder: (path) => host.readFolder(path),
    writeText: (path, text) => host.writeText(path, text),
    temporaryFolder: (parent) => host.temporaryFolder(parent),
    now: () => host.now(),
    monotonicSeconds: () => host.monotonicSeconds(),
    close: () => host.close(),
    ...change,
  };
}
