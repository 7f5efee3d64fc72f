import { assertEquals } from "@std/assert";
import {
  parseControllerIds,
  parseFlexibleResources,
  parseNamespaceIds,
  parseSecondaryControllers,
} from "./nvme_listings.ts";

// As nvme-cli 2.3 prints it.
const SECONDARY = `{
  "num":1,
  "secondary-controllers":[
    {
      "secondary-controller-identifier":1,
      "primary-controller-identifier":0,
      "secondary-controller-state":1,
      "virtual-function-number":1,
      "num-virtual-queues":2,
      "num-virtual-interrupts":1
    }
  ]
}`;
const CAPABILITIES = `{"cntlid":0,"portid":0,"crt":3,"vqfrt":8,"vqrfa":4,"vqrfap":1,"vqprt":5,
  "vqfrsm":2,"vqgran":1,"vifrt":4,"virfa":2,"virfap":0,"viprt":5,"vifrsm":1,"vigran":1}`;

Deno.test("parseNamespaceIds() reads a list, however it is spaced", () => {
  assertEquals(parseNamespaceIds('{"nsid_list":[{"nsid":1},{"nsid":3}]}'), [1, 3]);
  assertEquals(parseNamespaceIds('{\n  "nsid_list" : [\n    {\n      "nsid" : 2\n    }]\n}'), [2]);
  assertEquals(parseNamespaceIds('{"nsid_list":[]}'), []);
});

Deno.test("parseNamespaceIds() is null, never empty, where the text is not understood", () => {
  for (const text of ["", "[   0]:0x1", "{}", "[]", '{"nsid_list":{}}', '{"nsid_list":[1]}']) {
    assertEquals(parseNamespaceIds(text), null, text);
  }
  for (const nsid of ["-1", "1.5", '"1"', "null", "4294967295"]) {
    assertEquals(parseNamespaceIds(`{"nsid_list":[{"nsid":1},{"nsid":${nsid}}]}`), null, nsid);
  }
});

Deno.test("parseControllerIds() is null where the count and the list disagree", () => {
  assertEquals(parseControllerIds('{"num_ctrl":1,"ctrl_list":[{"ctrl_id":0}]}'), [0]);
  assertEquals(parseControllerIds('{"num_ctrl" : 0,"ctrl_list" : []}'), []);
  assertEquals(parseControllerIds('{"ctrl_list":[{"ctrl_id":65}]}'), [65]);
  assertEquals(parseControllerIds('{"num_ctrl":1,"ctrl_list":[]}'), null);
  assertEquals(parseControllerIds('{"num_ctrl":1}'), null);
});

Deno.test("parseSecondaryControllers() reads each controller, and is null for another state", () => {
  const controller = { controllerId: 1, functionNumber: 1, online: true, queues: 2, interrupts: 1 };
  assertEquals(parseSecondaryControllers(SECONDARY), [controller]);
  assertEquals(parseSecondaryControllers(SECONDARY.replace('state":1', 'state":2')), null);
  assertEquals(parseSecondaryControllers(SECONDARY.replace('queues":2', 'queues":"2"')), null);
});

Deno.test("parseFlexibleResources() counts as free what no controller has", () => {
  const queues = { flexible: true, free: 3, most: 2 };
  assertEquals(parseFlexibleResources(CAPABILITIES), {
    queues,
    interrupts: { flexible: true, free: 2, most: 1 },
  });
  const fixed = parseFlexibleResources(CAPABILITIES.replace('"crt":3', '"crt":1'));
  assertEquals(fixed?.interrupts.flexible, false);
  assertEquals(parseFlexibleResources(CAPABILITIES.replace('"vqfrt":8,', "")), null);
});
