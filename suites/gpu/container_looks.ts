/**
 * What a container sees of the GPU: looked at from a container that was granted it, from one that was
 * granted none, and from the host, by one and the same script.
 *
 * @module
 */
import { MissingTool, Problem } from "../../problem.ts";
import { parseGpuList } from "../../runners/gpu/gpu_list.ts";
import { parseNvidiaSmiLog } from "../../runners/gpu/nvidia_smi_log.ts";
import type { GpuLink } from "../../runners/gpu/nvidia_smi_records.ts";
import type { CommandResult, Host } from "../../runners/host.ts";
import type { Places } from "../places.ts";
import { lacking, negative, observed, positive } from "../probe.ts";
import type { Observation } from "../result.ts";
import script from "./container_look.sh" with { type: "text" };
import { gpuContainers } from "./cuda_place.ts";
import type { SamplesPlace } from "./cuda_samples.ts";
import { gpuInventory, type GpuSubject, usable } from "./gpu_place.ts";

const TIMEOUT_SECONDS = 90;

/** What the script printed in one place. */
export interface Look {
  readonly bootId: string;
  readonly hostname: string;
  /** The driver in the kernel, in its own words; empty where it shows none. */
  readonly driver: string;
  /** Major and minor number of the GPU's node in hexadecimal, "c3:0"; empty where there is none. */
  readonly node: string;
  readonly nullNode: string;
  /** How opening the GPU's node went: "opened", or what the shell says. */
  readonly opened: string;
  /** How making and opening a node with its numbers went, and one of /dev/null's; not on the host. */
  readonly made: string;
  readonly madeNull: string;
  /** The same of another GPU's node, and of one that was made with its numbers; empty where not tried. */
  readonly otherOpened: string;
  readonly otherMade: string;
  /** UUIDs of whole GPUs and of MIG instances that nvidia-smi lists. */
  readonly uuids: readonly string[];
  readonly link: GpuLink | null;
}

/** The same look from three places. */
export interface Looks {
  readonly subject: GpuSubject;
  /** How containers get the GPU, in words. */
  readonly way: string;
  readonly host: Look;
  readonly granted: Look;
  readonly ungranted: Look;
  /** The minor number of a GPU that was not granted; null where there is none, or it is not told. */
  readonly otherMinor: number | null;
  /** The GPUs of the host that programs can be given. */
  readonly all: readonly GpuSubject[];
  readonly texts: Readonly<Record<string, string>>;
}

/** Looks from the host, and from containers with and without the GPU. */
export async function lookInside(places: Places, { subject }: SamplesPlace): Promise<Looks> {
  const { host } = places;
  const containers = await gpuContainers(places);
  const { minor } = subject.granted;
  if (minor === null) throw noMinor(subject);
  const all = usable(await gpuInventory(places));
  const otherMinor = otherMinorOf(all, subject);
  const inside = async (name: string, gpus: readonly GpuSubject["granted"][]) =>
    textOf(
      await containers.run({
        name,
        argv: ["sh", "-c", script, "look", `${minor}`, "container", `${otherMinor ?? ""}`],
        gpus,
        timeoutSeconds: TIMEOUT_SECONDS,
      }),
      (result) => containers.failure(result),
    );
  const texts = {
    "look-host.txt": await fromHost(host, minor),
    "look-granted.txt": await inside("gpu-look", [subject.granted]),
    "look-ungranted.txt": await inside("gpu-look-none", []),
  };
  const read = (text: string) => parseLook(text, subject.gpu.uuid);
  return {
    subject,
    way: containers.description,
    host: read(texts["look-host.txt"]),
    granted: read(texts["look-granted.txt"]),
    ungranted: read(texts["look-ungranted.txt"]),
    otherMinor,
    all,
    texts,
  };
}

function otherMinorOf(all: readonly GpuSubject[], subject: GpuSubject): number | null {
  const others = all.filter(({ isWhole, uuid }) => isWhole && uuid !== subject.uuid);
  return others.map(({ granted }) => granted.minor).find((minor) => minor !== null) ?? null;
}

async function fromHost(host: Host, minor: number): Promise<string> {
  const argv = ["sh", "-c", script, "look", `${minor}`, "host"] as const;
  return textOf(await host.run({ argv, timeoutSeconds: TIMEOUT_SECONDS }), () => null);
}

function textOf(
  result: CommandResult,
  failureOf: (result: CommandResult) => string | null,
): string {
  const failure = failureOf(result);
  // The last section is there even where nvidia-smi is not.
  if (failure === null && result.ended === "exited" && /^# log$/m.test(result.stdout)) {
    return result.stdout;
  }
  throw new Problem({
    action: "look at what a place shows of the GPU",
    condition: failure ?? `the look broke off (${result.ended})`,
    seen: result.stderr,
  });
}

function noMinor({ title }: GpuSubject): MissingTool {
  return new MissingTool({
    action: "look at the GPU from inside a container",
    condition: `the driver does not tell which node ${title} has`,
    cure: "See the minor number in: nvidia-smi -q",
  }, "gpu");
}

/** Reads what the script printed; what it left out stays empty. */
export function parseLook(text: string, uuid: string | null): Look {
  const parts = new Map(
    text.split(/^# /m).slice(1).map((part) => {
      const end = part.indexOf("\n");
      return [part.slice(0, end), part.slice(end + 1).replace(/^\| ?/gm, "").trim()] as const;
    }),
  );
  const part = (name: string) => parts.get(name) ?? "";
  return {
    bootId: part("boot_id"),
    hostname: part("hostname"),
    driver: part("driver"),
    node: part("node"),
    nullNode: part("null"),
    opened: part("opened"),
    made: part("made"),
    madeNull: part("made-null"),
    otherOpened: part("other-opened"),
    otherMade: part("other-made"),
    uuids: parseGpuList(part("list")).flatMap((gpu) => [
      ...gpu.uuid === null ? [] : [gpu.uuid],
      ...gpu.mig.map((instance) => instance.uuid),
    ]),
    link: linkIn(part("log"), uuid),
  };
}

/** The link of the GPU with this UUID: a MIG instance has that of its GPU. */
function linkIn(log: string, uuid: string | null): GpuLink | null {
  try {
    return parseNvidiaSmiLog(log).gpus.find((gpu) => gpu.uuid === uuid)?.link ?? null;
  } catch (error) {
    if (error instanceof Problem) return null;
    throw error;
  }
}

/** The container without the GPU sees none, which shows that the grant is what matters. */
const seesNone = ({ ungranted, subject }: Looks) =>
  negative(
    "a container that was granted no GPU does not list it",
    !ungranted.uuids.includes(subject.uuid),
    ungranted.uuids.join(", ") || "none",
  );

const hostLists = ({ host, subject }: Looks) =>
  positive(
    "the host lists it under this UUID",
    host.uuids.includes(subject.uuid),
    host.uuids.join(", ") || "none",
  );

/** "the container sees the host's GPU under the host's UUID" */
export function sameGpu(looks: Looks): Observation {
  const { granted, subject, way } = looks;
  return observed("gpu-container/same-gpu", {
    value: granted.uuids.includes(subject.uuid),
    seen: `in a container (${way}) nvidia-smi lists ${granted.uuids.join(", ") || "no GPU"}; on ` +
      `the host the GPU is ${subject.uuid}`,
    controls: [hostLists(looks), seesNone(looks)],
  });
}

/** "the GPU's node has the host's major and minor number inside" */
export function sameNode({ host, granted, ungranted, way }: Looks): Observation {
  const name = "gpu-container/same-node";
  if (host.node === "") return lacking(name, "the GPU has no node on the host", "gpu");
  return observed(name, {
    value: granted.node === host.node,
    seen: `the GPU's node is ${granted.node || "not there"} in a container (${way}) and ` +
      `${host.node} on the host (major and minor number, hexadecimal)`,
    controls: [
      positive(
        "/dev/null has the number that every Linux gives it, inside and outside",
        granted.nullNode === "1:3" && host.nullNode === "1:3",
        `${granted.nullNode} inside, ${host.nullNode} outside`,
      ),
      negative(
        "a container that was granted no GPU has no such node",
        ungranted.node === "",
        ungranted.node || "none",
      ),
    ],
  });
}

/** "the container runs on the host's kernel and the host's GPU driver" */
export function sameDriver({ host, granted }: Looks): Observation {
  const name = "gpu-container/same-driver";
  if (host.driver === "") return lacking(name, "the host's kernel shows no NVIDIA driver", "gpu");
  const driver = (look: Look) => look.driver.split("\n")[0] || "no driver";
  return observed(name, {
    value: granted.bootId === host.bootId && granted.driver === host.driver,
    seen:
      `inside, the boot is ${granted.bootId} and the driver "${driver(granted)}"; on the host ` +
      `${host.bootId} and "${driver(host)}"`,
    controls: [
      positive(
        "the boot's id is read inside",
        /^[0-9a-f-]{36}$/.test(granted.bootId),
        granted.bootId || "nothing",
      ),
      negative(
        "the look was made inside: the host's name is another one",
        granted.hostname !== "" && granted.hostname !== host.hostname,
        `${granted.hostname} inside, ${host.hostname} outside`,
      ),
    ],
  });
}

/** "the container sees the host's PCIe link to the GPU" */
export function sameLink(looks: Looks): Observation {
  const name = "gpu-container/same-link";
  const [inside, outside] = [linkInWords(looks.granted.link), linkInWords(looks.host.link)];
  if (outside === null || inside === null) {
    const where = outside === null ? "on the host" : "in the container";
    return lacking(name, `the driver does not tell the GPU's link ${where}`, "gpu");
  }
  return observed(name, {
    value: inside === outside,
    seen: `the GPU's link is ${inside} inside and ${outside} on the host`,
    controls: [hostLists(looks), seesNone(looks)],
  });
}

/** What the kernel says of a node that may not be opened, or made. */
const REFUSED = /not permitted|denied/i;
/** What is not there cannot be opened. */
const ABSENT = /No such file/i;

/** Whether the kernel keeps a node from being opened, and from being made and opened. */
const keepsOut = (opened: string, made: string) =>
  (REFUSED.test(opened) || ABSENT.test(opened)) && REFUSED.test(made);

/** Else the node that it made might be refused for the place where it was made. */
const makesNull = ({ madeNull }: Look) =>
  positive(
    "one of /dev/null that it made itself opens, or it may make no nodes at all",
    madeNull === "opened" || /^mknod: .*not permitted/i.test(madeNull),
    madeNull || "nothing",
  );

const opensGranted = ({ granted }: Looks) =>
  positive(
    "where the GPU was granted, the same node opens",
    granted.opened === "opened",
    granted.opened,
  );

/** "a container that was granted no GPU reaches none" */
export function ungrantedRefused(looks: Looks): Observation {
  const { ungranted, granted } = looks;
  const { opened, made, uuids } = ungranted;
  return observed("gpu-container/ungranted-refused", {
    value: uuids.length === 0 && keepsOut(opened, made),
    seen: `a container without a GPU lists ${uuids.join(", ") || "none"}; opening the ` +
      `node: ${opened || "nothing"}; opening one that it made itself: ${made || "nothing"}`,
    controls: [
      opensGranted(looks),
      makesNull(ungranted),
      negative(
        "where it was granted, the list is not empty",
        granted.uuids.length > 0,
        granted.uuids.join(", ") || "none",
      ),
    ],
  });
}

/** "a container sees the GPU that it was granted and no other" */
export function subsetVisible(looks: Looks): Observation {
  const { all, granted, otherMinor, subject } = looks;
  const name = "gpu-container/subset-visible";
  const whole = all.filter(({ isWhole }) => isWhole).map(({ uuid }) => uuid);
  if (whole.length < 2) return lacking(name, "this host has no second GPU that is whole", "gpus");
  if (otherMinor === null) {
    return lacking(name, "the driver does not tell which node the other GPU has", null);
  }
  const { otherOpened, otherMade } = granted;
  const gpus = granted.uuids.filter((uuid) => uuid.startsWith("GPU-"));
  return observed(name, {
    value: gpus.join() === subject.uuid && keepsOut(otherOpened, otherMade),
    seen: `of ${whole.length} GPUs the container that was granted one lists ` +
      `${gpus.join(", ") || "none"}; opening /dev/nvidia${otherMinor}, another one's: ` +
      `${otherOpened || "nothing"}; opening a node of its numbers that it made itself: ` +
      `${otherMade || "nothing"}`,
    controls: [hostLists(looks), seesNone(looks), opensGranted(looks), makesNull(granted)],
  });
}

/** The link that device and slot could have: the present one falls back while nothing is copied. */
export function linkInWords(link: GpuLink | null): string | null {
  const [generation, lanes] = [link?.generation.max ?? null, link?.width.max ?? null];
  return generation === null || lanes === null ? null : `PCIe ${generation}.0 x${lanes}`;
}
