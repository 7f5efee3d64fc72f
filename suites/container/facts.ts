/**
 * Which kernel a container runs on, and whether its namespaces are its own.
 *
 * @module
 */
import { Problem } from "../../problem.ts";
import type { Host } from "../../runners/host.ts";
import { negative, observed, positive } from "../probe.ts";
import type { Observation } from "../result.ts";
import script from "./facts.sh" with { type: "text" };

/** What a process tells of its kernel and its namespaces. */
export interface Facts {
  readonly release: string;
  readonly bootId: string;
  /** Drawn anew by the kernel at every reading. */
  readonly uuid: string;
  /** Each namespace's identity by its name, such as `pid` and `pid:[4026531836]`. */
  readonly namespaces: ReadonlyMap<string, string>;
}

/** The host's own facts, those of another process there, and of one with namespaces of its own. */
export interface HostFacts {
  readonly host: Facts;
  readonly again: Facts;
  /** Null where the host lets nobody have namespaces of his own. */
  readonly unshared: Facts | null;
}

export const FACTS_SCRIPT = script;

/** Docker gives these to every container (`docker run`, "PID settings" and the like). */
const OWN = ["ipc", "mnt", "net", "pid", "uts"];

const OUTSIDE = `bash -c "$1"
echo ==
bash -c "$1"
echo ==
own=(--ipc --mount --net --pid --uts --fork)
unshare "\${own[@]}" bash -c "$1" || unshare --user --map-root-user "\${own[@]}" bash -c "$1"`;

/** Reads the host's facts in one go. */
export async function readHostFacts(host: Host): Promise<HostFacts> {
  const argv = ["bash", "-c", OUTSIDE, "facts", FACTS_SCRIPT] as const;
  const { stdout } = await host.run({ argv, timeoutSeconds: 20 });
  const [first = "", second = "", unshared = ""] = stdout.split(/^==\n/m);
  return {
    host: parseFacts(first),
    again: parseFacts(second),
    unshared: unshared.trim() === "" ? null : parseFacts(unshared),
  };
}

/**
 * Reads what the script printed.
 *
 * @throws {Problem} where a line is missing or is no fact
 */
export function parseFacts(text: string): Facts {
  const [release = "", bootId = "", uuid = "", ...rest] = text.trim().split("\n");
  const namespaces = new Map(rest.flatMap((line): [string, string][] => {
    const [, name, identity] = /^([a-z]+) ([a-z]+:\[\d+\])$/.exec(line) ?? [];
    return name === undefined || identity === undefined ? [] : [[name, identity]];
  }));
  const isId = (id: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id);
  if (release !== "" && isId(bootId) && isId(uuid) && OWN.every((name) => namespaces.has(name))) {
    return { release, bootId, uuid, namespaces };
  }
  throw new Problem({
    action: "read a process's kernel and namespaces",
    condition: "the script did not print all of them",
    seen: text,
  });
}

/** Whether two processes run on one kernel: the same release, in the same boot. */
export function observeKernel(inside: Facts, { host, again }: HostFacts): Observation {
  const same = (a: Facts, b: Facts): boolean => a.release === b.release && a.bootId === b.bootId;
  const value = same(inside, host);
  const seen = value
    ? `The container and the host run kernel ${host.release} in the same boot (${host.bootId}).`
    : `The container runs kernel ${inside.release} (boot ${inside.bootId}), the host ${host.release} (boot ${host.bootId}).`;
  return observed("container-view/same-kernel", {
    value,
    seen,
    controls: [
      positive(
        "another process of the host is on the same kernel by the same reading",
        same(again, host),
        `release ${again.release}, boot ${again.bootId}`,
      ),
      negative(
        "the kernel's random/uuid, new at every reading, is not the same inside and outside",
        inside.uuid !== host.uuid,
        `${inside.uuid} inside, ${host.uuid} outside`,
      ),
    ],
  });
}

/** Whether the container's namespaces are other ones than the host's. */
export function observeNamespaces(inside: Facts, facts: HostFacts): Observation {
  const { host, again, unshared } = facts;
  const own = ownNamespaces(inside, host);
  const all = (names: readonly string[]): boolean => OWN.every((name) => names.includes(name));
  const shown = OWN.map((name) =>
    `${inside.namespaces.get(name)} against ${host.namespaces.get(name)}`
  );
  const shared = [...host.namespaces.keys()].filter((name) => !own.includes(name));
  const unsharedOwn = unshared === null ? [] : ownNamespaces(unshared, host);
  return observed("container-view/namespaces", {
    value: all(own),
    seen: `Inside and on the host: ${shown.join(", ")}; shared with the host: ${
      shared.join(", ") || "none"
    }.`,
    controls: [
      positive(
        "a process under unshare has namespaces of its own by the same reading",
        all(unsharedOwn),
        unshared === null ? "unshare was refused" : `its own: ${unsharedOwn.join(", ")}`,
      ),
      negative(
        "another process of the host has none of its own",
        ownNamespaces(again, host).length === 0,
        `its own: ${ownNamespaces(again, host).join(", ") || "none"}`,
      ),
    ],
  });
}

function ownNamespaces(facts: Facts, host: Facts): string[] {
  return [...facts.namespaces].filter(([name, id]) => host.namespaces.get(name) !== id)
    .map(([name]) => name);
}
