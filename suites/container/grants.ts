/**
 * What the scene says of granted and ungranted devices.
 *
 * @module
 */
import type { Observation } from "../result.ts";
import { lacking, negative, observed, positive } from "../probe.ts";
import { ABSENT, type Attempts } from "./attempts.ts";
import { readsOf } from "./reads.ts";
import type { Scene } from "./scene.ts";
import type { Subject } from "./subject.ts";

const OPENED = "opened";
const REFUSALS = ["Operation not permitted", "Permission denied"];
const NULL_DEVICE = "/dev/null";

/** Granted devices are the host's own: the same kinds and numbers. */
export function observeNode({ a, native }: Scene, { disk, driven }: Subject): Observation {
  const paths = [...new Set([disk.path, driven?.node.path ?? disk.path])];
  const pairs = paths.map((path) => [a.stat.get(path), native.stat.get(path)] as const);
  const nulls = [a.stat.get(NULL_DEVICE), native.stat.get(NULL_DEVICE)] as const;
  if (pairs.flat().includes(undefined)) {
    return lacking("container-view/same-node", `${paths.join(", ")} are not there.`, null);
  }
  return observed("container-view/same-node", {
    value: pairs.every(([inside, outside]) => inside === outside),
    seen: paths.map((path, at) =>
      `${path} is ${pairs[at]?.[0]} in the container that it is granted to, ` +
      `${pairs[at]?.[1]} on the host`
    ).join("; ") + " (major and minor number, hexadecimal).",
    controls: [
      positive(
        "/dev/null has the number that every Linux gives it, inside and outside",
        nulls.every((one) =>
          one === "character special file 1:3"
        ),
        `${nulls[0]} inside, ${nulls[1]} outside`,
      ),
      negative(
        "/dev/null inside is not taken for a granted device",
        nulls[0] !== undefined && pairs.every(([, outside]) => outside !== nulls[0]),
        `${nulls[0]} against ${pairs.map(([, outside]) => outside).join(", ")}`,
      ),
    ],
  });
}

/** Whatever opens where it is granted is refused where it is not, in both ways. */
export function observeRefusal({ a, refused }: Scene, { disk, devices }: Subject): Observation {
  const name = "container-view/ungranted-refused";
  const tried = devices.map(({ path }) => path).filter((path) =>
    path === disk.path || (a.attempt.get(path) === OPENED && a.make.get(path) === OPENED)
  );
  const results = tried.flatMap((path) => [refused.attempt.get(path), refused.make.get(path)]);
  const odd = results.find((result) => result !== OPENED && !isRefusal(result));
  if (odd !== undefined || results.includes(undefined)) {
    return lacking(name, `An attempt was neither let through nor refused: ${odd}.`, null);
  }
  return observed(name, {
    value: results.every(isRefusal),
    seen: `Not granted: ${tried.map((path) => told(path, refused)).join("; ")}.`,
    controls: [
      positive(
        "the same attempts on the disk succeed in a container that it is granted to",
        a.attempt.get(disk.path) === OPENED && a.make.get(disk.path) === OPENED,
        tried.map((path) => told(path, a)).join("; "),
      ),
      opensNull(refused.attempt),
      opensNoAbsent(a.attempt),
    ],
  });
}

/** Refused to one container while another one holds and reads it. */
export function observeAlone(scene: Scene, { disk }: Subject): Observation {
  const { a, refused, held, holds, native } = scene;
  const own = native.stat.get(disk.path);
  const results = [refused.attempt.get(disk.path), refused.make.get(disk.path)];
  const odd = results.find((result) => result !== OPENED && !isRefusal(result));
  if (odd !== undefined || results.includes(undefined)) {
    return lacking(
      "container-view/one-alone",
      `An attempt was neither let through nor refused: ${odd}.`,
      null,
    );
  }
  const { readable } = readsOf(a.reads);
  return observed("container-view/one-alone", {
    value: results.every(isRefusal),
    seen:
      `One container opened ${disk.path} to hold it (${held[0]}); meanwhile another that it was ` +
      `not granted to got: ${told(disk.path, refused)}.`,
    controls: [
      positive(
        "the container that it is granted to opens and reads it at that time",
        held[0] === OPENED && readable > 0 && (holds.disk === null || holds.disk === own),
        `${held[0]}, ${readable} blocks read; by the host's list of processes it holds ${
          holds.disk ?? "what this user may not see"
        }`,
      ),
      positive(
        "a second container that it is granted to opens it at that time",
        held[1] === OPENED,
        held[1] ?? "no answer",
      ),
      opensNull(refused.attempt),
      opensNoAbsent(refused.attempt),
    ],
  });
}

function opensNull(attempt: Attempts): ReturnType<typeof positive> {
  const seen = attempt.get(NULL_DEVICE) ?? "no answer";
  return positive("/dev/null opens in the container that is refused", seen === OPENED, seen);
}

function opensNoAbsent(attempt: Attempts): ReturnType<typeof negative> {
  const seen = attempt.get(ABSENT) ?? "no answer";
  const held = /no such file/i.test(seen);
  return negative("a path that does not exist is told as absent, not as refused", held, seen);
}

function isRefusal(result: string | undefined): boolean {
  return result !== undefined && REFUSALS.includes(result.replace(/^mknod: /, ""));
}

function told(path: string, { attempt, make }: { attempt: Attempts; make: Attempts }): string {
  return `${path}: ${attempt.get(path)} (existing node), ${make.get(path)} (node of its own)`;
}
