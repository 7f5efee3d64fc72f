import { assertEquals } from "@std/assert";
import { ENTROPY, parseIoctlAnswers, sizeOf } from "../devices/device_ioctl.ts";
import { parseConnection, parseSocketCalls } from "./wasi_sockets.ts";
import { parseSurroundings } from "./wasi_surroundings.ts";

Deno.test("parseConnection() tells refusals apart", () => {
  const refusals = ["refused 01\n", "refused 14\n", "refused 99\n", "", "pong", "garbage\n"]
    .map((stdout) => parseConnection(stdout, "trapped: x"))
    .map(({ connected, refusal }) => [connected, refusal]);
  assertEquals(refusals, [
    [false, "access-denied"],
    [false, "connection-refused"],
    [false, "error-code 99"],
    [false, "trapped: x"],
    [false, "trapped: x"],
    [false, "trapped: x"],
  ]);
});

Deno.test("parseConnection() takes an answer of the listener for a connection", () => {
  const answer = { connected: true, refusal: null, received: "pong:ping" };
  assertEquals(parseConnection("pong:ping\n", "ran"), answer);
});

Deno.test("parseSocketCalls() names WASI's errors", () => {
  const text = '{"call":"sock_accept","errnos":[8,57,0]}\nnoise\n{"call":1,"errnos":[]}\n';
  const calls = [{ call: "sock_accept", errnos: ["EBADF", "ENOTSOCK", "success"] }];
  assertEquals(parseSocketCalls(text), calls);
});

Deno.test("parseIoctlAnswers() keeps refusals and large numbers", () => {
  const text = '{"open":null,"ioctl":null,"value":"18446744073709551615"}\n' +
    '{"open":"Operation not permitted","ioctl":"Bad file descriptor","value":"0"}\n';
  const answers = parseIoctlAnswers(text, [ENTROPY, sizeOf("/dev/vda")]);
  assertEquals(answers?.map(({ notOpened, refusal }) => [notOpened, refusal]), [
    [null, null],
    ["Operation not permitted", "Bad file descriptor"],
  ]);
  assertEquals(answers?.[0]?.value, 18446744073709551615n);
  assertEquals(parseIoctlAnswers("", [ENTROPY]), null);
  assertEquals(parseIoctlAnswers('{"value":-1}', [ENTROPY]), null);
});

Deno.test("parseSurroundings() reads nanoseconds exactly, and nothing from half an output", () => {
  const line =
    '{"realtime":"1795403823484659652","monotonic":["0","3"],"variables":0,"seen":false}';
  const text = `1795403823484659651\n${line}\n1795403823484659653\n`;
  const surroundings = parseSurroundings(text);
  assertEquals(surroundings?.realtime, 1795403823484659652n);
  assertEquals(surroundings?.monotonic, [0n, 3n]);
  const odd = ["", line, `1\n${line}`, text.replace('"0",', ""), text.replace("17954", "x")];
  for (const bad of odd) assertEquals(parseSurroundings(bad), null);
});
