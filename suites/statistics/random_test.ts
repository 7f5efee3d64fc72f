import { assert, assertEquals, assertNotEquals } from "@std/assert";
import fc from "fast-check";
import { blockOrder, randomOf, shuffled, uniform } from "./random.ts";

const KEY = { seed: 1, experiment: "storage", workload: "randread", block: 0 };
const ARMS = ["native", "native-again", "container", "vm-virtio"];

Deno.test("blockOrder() gives the same order when the key is the same", () => {
  assertEquals(blockOrder(KEY, ARMS), blockOrder({ ...KEY }, ARMS));
});

Deno.test("blockOrder() gives an order for each block of its own when the block differs", () => {
  const orders = Array.from({ length: 50 }, (_, block) => blockOrder({ ...KEY, block }, ARMS));
  assert(new Set(orders.map((order) => order.join())).size > 15);
});

Deno.test("blockOrder() puts each arm first equally often when there are many blocks", () => {
  const firsts = Array.from(
    { length: 4000 },
    (_, block) => blockOrder({ ...KEY, block }, ARMS)[0],
  );
  for (const arm of ARMS) {
    const share = firsts.filter((first) => first === arm).length / firsts.length;
    assert(Math.abs(share - 1 / 4) < 0.03, `${arm} is first in ${share} of the blocks`);
  }
});

Deno.test("shuffled() keeps every item when the seed is any", () => {
  fc.assert(fc.property(fc.integer(), fc.array(fc.nat()), (seed, items) => {
    const order = shuffled(randomOf([seed]), items);
    assertEquals(order.sort(), [...items].sort());
  }));
});

Deno.test("randomOf() gives unrelated streams when the keys split differently", () => {
  assertNotEquals(uniform(randomOf(["a", "b"])), uniform(randomOf(["ab"])));
  assertNotEquals(uniform(randomOf([1])), uniform(randomOf(["1"])));
});
