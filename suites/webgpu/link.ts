/**
 * Whether the interface tells of the link to the device.
 *
 * @module
 */
import type { WebgpuInterface } from "../../runners/webgpu/webgpu_interface.ts";
import { negative, observed, positive } from "../probe.ts";
import type { Observation } from "../result.ts";
import { nameOf } from "./adapter.ts";

/** Words by which a link, or the place of a device in a topology, would be named. */
const LINK_WORDS = [
  "pci",
  "pcie",
  "bus",
  "link",
  "links",
  "nvlink",
  "lane",
  "lanes",
  "bandwidth",
  "throughput",
  "speed",
  "topology",
  "peer",
  "numa",
  "affinity",
  "interconnect",
];
const KNOWN = "maxBufferSize";
const NO_WORD = "nonesuch";
const LINKED = "pcieLinkWidth";

/** `webgpu/no-link` */
export function noLink({ adapter, names }: WebgpuInterface): Observation {
  const all = [...names.values()].flat();
  const found = namesWith(all, LINK_WORDS);
  const known = namesWith(all, ["buffer"]);
  const none = namesWith(all, [NO_WORD]);
  const linked = namesWith([...all, LINKED], LINK_WORDS);
  return observed("webgpu/no-link", {
    value: found.length === 0,
    seen: found.length === 0
      ? `none of the ${all.length} names of ${[...names.keys()].join(", ")}, as ` +
        `${nameOf(adapter)} gives them, has one of the words ${LINK_WORDS.join(", ")}`
      : `these names of ${nameOf(adapter)} tell of a link: ${found.join(", ")}`,
    controls: [
      positive(
        `the same search finds ${KNOWN} by one of its words`,
        known.includes(KNOWN),
        known.join(", ") || "it finds nothing",
      ),
      positive(
        `it would find ${LINKED}`,
        linked.includes(LINKED),
        linked.join(", ") || "it finds nothing",
      ),
      negative(
        `it finds nothing by the word ${NO_WORD}`,
        none.length === 0,
        none.join(", ") || "it finds nothing",
      ),
    ],
  });
}

/** The names that have one of `words`: "maxBufferSize" has "max", "buffer" and "size". */
function namesWith(names: readonly string[], words: readonly string[]): string[] {
  return names.filter((name) => wordsOf(name).some((word) => words.includes(word)));
}

function wordsOf(name: string): string[] {
  const apart = name.replace(/([a-z\d])([A-Z])/g, "$1 $2").toLowerCase();
  return apart.split(/[^a-z]+/).filter((word) => word !== "");
}
