import { assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { ALL_TRUE } from "./control_fleets.ts";
import type { HostLink } from "./fleet_result.ts";
import { infinibandCarries } from "./link_rates.ts";
import {
  anotherHost,
  answerTo,
  type Case,
  GUEST,
  hosts,
  links,
  LOST,
  withGpus,
  withPorts,
} from "./testing/changed_fleet.ts";

const GOOD = ALL_TRUE.links;
const [PORT] = ALL_TRUE.hosts[0]?.infiniband ?? [];

/** The link that is filled, and one more beside it. */
function beside(change: Partial<HostLink>): Case[0] {
  return { links: [...GOOD, ...links({ from: "control1", to: "control2", ...change })] };
}

/** The link that is filled, others that are, too, and so many that failed. */
function failing(
  count: number,
  others: readonly HostLink[] = [],
  change: Partial<HostLink> = {},
): Case[0] {
  const failed = links({ bytesPerSecond: [], failure: "It failed.", to: "control2", ...change });
  return { links: [...GOOD, ...others, ...Array.from({ length: count }, () => failed).flat()] };
}

const SLOW = { bytesPerSecond: [1e9, 1e9] };
const OVER_ETHERNET = { port: "eth9 port 1" };

const CASES: Record<string, Case> = {
  "a port is filled": [{}, true],
  "more is measured than a port carries": [
    { links: links({ bytesPerSecond: [24e9, 24e9, 25.1e9] }) },
    "inconclusive",
  ],
  "one of three runs carries less than half": [
    { links: links({ bytesPerSecond: [24e9, 12.4e9, 24e9] }) },
    "inconclusive",
  ],
  "another link is slow in two runs": [beside(SLOW), "inconclusive"],
  "another link carries nothing in one run": [beside({ bytesPerSecond: [0] }), "inconclusive"],
  "another link carries too much in one run": [
    beside({ bytesPerSecond: [30e9] }),
    "inconclusive",
  ],
  "a link is slow that leads to a host that is not judged": [
    beside({ ...SLOW, to: "elsewhere" }),
    "inconclusive",
  ],
  "a link is slow that failed besides": [
    beside({ ...SLOW, failure: "It failed." }),
    "inconclusive",
  ],
  "another link has no figures": [beside({ bytesPerSecond: [], failure: "It failed." }), true],
  "two of three links failed": [failing(2), "inconclusive"],
  "one of three links failed": [failing(1, GOOD), true],
  "two of three links have too few runs": [
    { links: [...GOOD, ...links({ bytesPerSecond: [24e9] }), ...links({ bytesPerSecond: [] })] },
    "inconclusive",
  ],
  "two of three links failed, and lead to a guest": [
    { ...failing(2, [], { to: "vm" }), hosts: [...hosts(3), anotherHost("vm", GUEST)] },
    true,
  ],
  "another link is good in two runs": [beside({ bytesPerSecond: [24e9, 24e9] }), true],
  "a slow link leads to a guest": [
    { ...beside({ ...SLOW, to: "vm" }), hosts: [...hosts(3), anotherHost("vm", GUEST)] },
    true,
  ],
  "a slow link is one of Ethernet": [{
    ...beside({ ...SLOW, ...OVER_ETHERNET }),
    hosts: hosts(3, {
      infiniband: PORT === undefined
        ? []
        : [PORT, { ...PORT, adapter: "eth9", linkLayer: "Ethernet" }],
    }),
  }, true],
  "there are two runs": [{ links: links({ bytesPerSecond: [24e9, 24e9] }) }, "untested"],
  "each of three links has one run": [
    { links: [24e9, 24e9, 24e9].flatMap((run) => links({ bytesPerSecond: [run] })) },
    "untested",
  ],
  "the port tells no rate": [{ links: links({ portBytesPerSecond: null }) }, "untested"],
  "the rate is 0": [
    { links: links({ portBytesPerSecond: 0, bytesPerSecond: [0, 0, 0] }) },
    "untested",
  ],
  "the rate is none of its ports'": [
    { links: links({ portBytesPerSecond: 5e9, bytesPerSecond: [3e9, 3e9, 3e9] }) },
    "untested",
  ],
  "the figures are of a link that failed": [
    { links: links({ failure: "It failed." }) },
    "untested",
  ],
  "a link leads to itself": [{ links: links({ to: "control0" }) }, "untested"],
  "a link leads to a host that is not judged": [{ links: links({ to: "x" }) }, "untested"],
  "the port is another one": [{ links: links({ port: "mlx9_1 port 1" }) }, "untested"],
  "no link was measured": [{ links: [] }, "untested"],
  "the port does RDMA over Ethernet": [
    { hosts: withPorts({ linkLayer: "Ethernet" }) },
    "untested",
  ],
  "the port is down": [{ hosts: withPorts({ active: false }) }, "untested"],
  "an end has lost its GPUs": [{ hosts: withGpus(LOST, 1) }, "untested"],
};
for (const [when, [change, expected]] of Object.entries(CASES)) {
  Deno.test(`infinibandCarries() is ${expected} where ${when}`, () => {
    const { answer, words } = answerTo(infinibandCarries, change);
    assertEquals(answer, expected, words);
  });
}

Deno.test("infinibandCarries() takes the rate of the slower port", () => {
  const [first, ...others] = ALL_TRUE.hosts;
  const slower = others.map((host) => ({
    ...host,
    infiniband: PORT === undefined ? [] : [{ ...PORT, bitsPerSecond: 40e9 }],
  }));
  const measured = links({ portBytesPerSecond: 5e9, bytesPerSecond: [4.8e9, 4.8e9, 4.8e9] });
  const { answer } = answerTo(infinibandCarries, {
    hosts: first === undefined ? [] : [first, ...slower],
    links: measured,
  });
  assertEquals(answer, true);
});

Deno.test("infinibandCarries() names the links that could not be measured, and why", () => {
  const failed = "1 of 3 links could not be measured: control0 and control2 (It failed.)";
  assertStringIncludes(answerTo(infinibandCarries, failing(1, GOOD)).words, failed);
  const most = answerTo(infinibandCarries, failing(2)).words;
  assertStringIncludes(most, "2 of 3 links could not be measured, more than the error rate of 1 %");
  assertStringIncludes(most, "control0 and control2 (It failed.)");
  const none = answerTo(infinibandCarries, { links: links({ failure: "It failed." }) }).words;
  assertEquals(none, "No link was measured between control0 and control1 (It failed.)");
  const once = answerTo(infinibandCarries, beside({ bytesPerSecond: [24e9] })).words;
  assertStringIncludes(once, "control1 and control2 (1 run of 3 that it takes)");
});

Deno.test("infinibandCarries() says that none counts, where some were measured", () => {
  const { words } = answerTo(infinibandCarries, { links: links({ from: "x" }) });
  assertStringIncludes(words, "None of the links that were tried (1) was measured in 3 runs");
});

Deno.test("infinibandCarries() is true with no figure that is too small or too large", () => {
  const run = fc.double({ min: 0, max: 30e9, noNaN: true });
  const runs = fc.array(fc.array(run, { minLength: 3, maxLength: 5 }), { maxLength: 4 });
  fc.assert(fc.property(runs, (figures) => {
    const more = figures.flatMap((bytesPerSecond) => links({ bytesPerSecond }));
    const { answer } = answerTo(infinibandCarries, { links: [...GOOD, ...more] });
    const isSound = figures.flat().every((figure) => figure >= 12.5e9 && figure <= 25e9);
    assertEquals(answer, isSound ? true : "inconclusive");
  }));
});
