import { assertEquals } from "@std/assert";
import { grouped } from "./grouped.ts";

Deno.test("grouped() sets the thousands apart", () => {
  for (const count of [0, 999, 1000, 12345, 1048576, 2147483647, 2 ** 53]) {
    assertEquals(grouped(count), count.toLocaleString("en-US"));
  }
});
