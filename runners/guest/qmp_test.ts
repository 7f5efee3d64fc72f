import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { objectOf, parseQmp, qmpCommand } from "./qmp.ts";

Deno.test("parseQmp() reads greetings of several versions", () => {
  const greetings = [
    [
      '{"QMP": {"version": {"qemu": {"micro": 22, "minor": 2, "major": 7}, "package": "Debian 1:7.2"}, "capabilities": ["oob"]}}',
      "7.2.22",
    ],
    [
      '{"QMP":{"version":{"qemu":{"major":6,"minor":0,"micro":0},"package":""},"capabilities":[]}}',
      "6.0.0",
    ],
    ['{"QMP": {"version": {"qemu": {"major": 10, "minor": 0}}}}', "unknown"],
    ['{"QMP": {}}', "unknown"],
    ['{"QMP": {"version": "7.2"}}', "unknown"],
  ] as const;
  for (const [line, version] of greetings) {
    assertEquals(parseQmp(line), { kind: "greeting", version });
  }
});

Deno.test("parseQmp() reads replies, errors and events, carriage returns after them", () => {
  assertEquals(parseQmp('{"return": {}, "id": 0}\r'), { kind: "return", id: 0, value: {} });
  assertEquals(parseQmp('{"return": null}'), { kind: "return", id: null, value: null });
  assertEquals(parseQmp('{"id": "a", "return": [1]}'), { kind: "return", id: null, value: [1] });
  const error = '{"id": 3, "error": {"class": "GenericError", "desc": "Bus \'x\' not found"}}';
  const expected = { kind: "error", id: 3, errorClass: "GenericError" } as const;
  assertEquals(parseQmp(error), { ...expected, description: "Bus 'x' not found" });
  const none = { kind: "error", id: null, errorClass: "", description: "" } as const;
  assertEquals(parseQmp('{"error": {"class": 7}}'), none);
  const event = '{"timestamp": {"seconds": 1, "microseconds": 2}, "event": "DEVICE_DELETED", ' +
    '"data": {"device": "hot", "path": "/machine/peripheral/hot"}}';
  const data = { device: "hot", path: "/machine/peripheral/hot" };
  assertEquals(parseQmp(event), { kind: "event", name: "DEVICE_DELETED", data });
  assertEquals(parseQmp('{"event": "STOP"}'), { kind: "event", name: "STOP", data: {} });
});

Deno.test("parseQmp() takes nothing else for a message, and never throws", () => {
  const odd = [
    "",
    " ",
    "guest: {}",
    "null",
    "7",
    '"QMP"',
    "[]",
    "{}",
    '{"QMP": null}',
    '{"event": 7}',
  ];
  odd.push('{"error": "x"}', '{"return": {}', '{"__proto__": {"return": 1}}', "\0", "{}{}");
  for (const line of odd) assertEquals(parseQmp(line), null, line);
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (line) => void parseQmp(line)));
});

Deno.test("qmpCommand() makes one line", () => {
  const line = qmpCommand("device_add", 7, { id: "a\nb" });
  assertEquals(line, '{"execute":"device_add","arguments":{"id":"a\\nb"},"id":7}');
});

Deno.test("objectOf() takes objects only", () => {
  assertEquals(objectOf({ a: 1 }), { a: 1 });
  for (const other of [null, undefined, [], "x", 1]) assertEquals(objectOf(other), null);
});
