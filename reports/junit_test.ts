import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { SaxesParser } from "saxes";
import { junitXml } from "./junit.ts";
import { ATTACKS, hostileResult } from "./testing/hostile_result.ts";
import { sampleAgreement } from "./testing/sample_agreement.ts";
import { sampleResult } from "./testing/sample_result.ts";

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
  text: string;
}

/** The root of a well-formed document; throws for any other. */
function parseXml(text: string): Element {
  const parser = new SaxesParser();
  const root: Element = { name: "", attributes: {}, children: [], text: "" };
  const open = [root];
  parser.on("opentag", ({ name, attributes }) => {
    const element: Element = { name, attributes, children: [], text: "" };
    open.at(-1)?.children.push(element);
    open.push(element);
  });
  parser.on("text", (part) => {
    const last = open.at(-1);
    if (last !== undefined) last.text += part;
  });
  parser.on("closetag", () => void open.pop());
  parser.write(text).close();
  const [document] = root.children;
  assert(document !== undefined && root.children.length === 1);
  return document;
}

/** What the JUnit schema of Jenkins (junit-10.xsd) lets each element have. */
const CHILDREN: Readonly<Record<string, readonly string[]>> = {
  testsuites: ["testsuite"],
  testsuite: ["properties", "testcase", "system-out", "system-err"],
  properties: ["property"],
  testcase: ["skipped", "error", "failure", "system-out", "system-err"],
};
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  testsuite: ["name", "tests"],
  property: ["name", "value"],
  testcase: ["classname", "name"],
  failure: ["type", "message"],
  error: ["type", "message"],
};
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  testsuites: ["name", "time", "tests", "failures", "disabled", "errors"],
  testsuite: [
    ...["name", "tests", "failures", "errors", "time", "disabled", "skipped", "timestamp"],
    ...["hostname", "id", "package"],
  ],
  property: ["name", "value"],
  testcase: ["name", "assertions", "time", "classname", "status"],
  failure: ["type", "message"],
  error: ["type", "message"],
  skipped: ["type", "message"],
};

function assertFollowsSchema({ name, attributes, children, text }: Element): void {
  const given = Object.keys(attributes);
  for (const one of REQUIRED[name] ?? []) assert(given.includes(one), `${name} lacks ${one}`);
  const strange = given.filter((one) => !(ALLOWED[name] ?? []).includes(one));
  assertEquals(strange, [], `${name} has no such attributes`);
  const order = children.map((child) => (CHILDREN[name] ?? []).indexOf(child.name));
  assert(!order.includes(-1), `${name} has ${children.map((child) => child.name)}`);
  assertEquals(order, order.toSorted((a, b) => a - b), `the children of ${name} are out of order`);
  if (CHILDREN[name] !== undefined) assertEquals(text.trim(), "", `${name} has text of its own`);
  children.forEach(assertFollowsSchema);
}

function cases(document: Element): Element[] {
  return document.children.flatMap(({ children }) =>
    children.filter(({ name }) => name === "testcase")
  );
}

function marked(all: readonly Element[], mark: string): Element[] {
  return all.filter(({ children }) => children.some(({ name }) => name === mark));
}

/** The ids of the cases with a mark. */
function ids(all: readonly Element[], mark: string): string[] {
  return marked(all, mark).map(({ attributes }) => attributes["name"]?.split(" ")[0] ?? "");
}

function assertCountsAreTrue(document: Element): void {
  for (const suite of [document, ...document.children]) {
    const own = suite === document ? cases(document) : cases({ ...document, children: [suite] });
    assertEquals(suite.attributes["tests"], String(own.length));
    assertEquals(suite.attributes["failures"], String(marked(own, "failure").length));
    assertEquals(suite.attributes["errors"], String(marked(own, "error").length));
    if (suite === document) continue;
    assertEquals(suite.attributes["skipped"], String(marked(own, "skipped").length));
  }
}

Deno.test("junitXml() follows the schema, with a suite for each matrix and the facts", () => {
  const document = parseXml(junitXml(sampleResult()));
  assertFollowsSchema(document);
  assertCountsAreTrue(document);
  assertEquals([document.children.length, cases(document).length], [15, 259]);
  const names = document.children.map(({ attributes }) => attributes["name"]);
  assert(new Set(names).size === 15 && names.includes("11.3 Performance comparison"));
  assertEquals(new Set(cases(document).map(({ attributes }) => attributes["name"])).size, 259);
});

Deno.test("junitXml() marks by the verdict where nothing is expected", () => {
  const { claims } = sampleResult();
  const all = cases(parseXml(junitXml(sampleResult())));
  const count = (...verdicts: string[]) =>
    claims.filter(({ verdict }) => verdicts.includes(verdict)).length;
  assertEquals(marked(all, "failure").length, count("refuted"));
  assertEquals(marked(all, "error").length, count("error"));
  assertEquals(marked(all, "skipped").length, count("inconclusive", "untested"));
  assertEquals(marked(all, "system-out").length, count("confirmed", "editorial"));
});

Deno.test("junitXml() has no failure but what is not as expected, and no error", () => {
  const result = sampleResult();
  const document = parseXml(junitXml(result, sampleAgreement(result)));
  assertFollowsSchema(document);
  assertCountsAreTrue(document);
  const all = cases(document);
  const failures = ["11.3/io-performance/vm", "11.3/latency/sandbox", "11.3/latency/vm"];
  assertEquals(ids(all, "failure").toSorted(), failures);
  assertEquals(ids(all, "error"), []);
  // Waived is not passed; refuted as expected, or newly, is.
  assert(ids(all, "skipped").includes("11.3/io-performance/sandbox"));
  const passed = ids(all, "system-out");
  for (const id of ["10.3.1/overhead/sandbox", "03.2.1/fact/nic-device-node"]) {
    assert(passed.includes(id), id);
  }
});

Deno.test("junitXml() says beside its case that a waiver has expired", () => {
  const result = sampleResult();
  const all = cases(parseXml(junitXml(result, sampleAgreement(result))));
  const [expired, ...others] = marked(all, "system-err");
  assertEquals(others, []);
  const text = expired?.children.find(({ name }) => name === "system-err")?.text ?? "";
  assertStringIncludes(text, "expired on 2025-01-01");
});

Deno.test("junitXml() tells in each suite where and when it was", () => {
  for (const { attributes, children } of parseXml(junitXml(sampleResult())).children) {
    assertEquals(attributes["timestamp"], "2025-01-02T03:04:05");
    assertEquals(attributes["hostname"], "test-data");
    const names = children[0]?.children.map((property) => property.attributes["name"]);
    assertEquals(names?.slice(0, 5), ["host", "environment", "kernel", "driver", "start"]);
  }
});

Deno.test("junitXml() makes no driver up where there is none", () => {
  const { host, ...rest } = sampleResult();
  assert(!junitXml({ ...rest, host: { ...host, gpuDriver: null } }).includes('"driver"'));
});

Deno.test("junitXml() is well-formed whatever a tool or a host said", () => {
  const controls = Array.from({ length: 0xa0 }, (_, code) => String.fromCharCode(code)).join("");
  for (const text of [...ATTACKS, controls, "]]>".repeat(9), "é🙂\ufffe\uffff", "x".repeat(1e6)]) {
    const result = hostileResult(() => text);
    for (const agreement of [null, sampleAgreement(result, { reason: text })]) {
      assertFollowsSchema(parseXml(junitXml(result, agreement)));
    }
  }
});

Deno.test("junitXml() keeps the markup of a sentence as text", () => {
  const because = `</failure><testcase name="x"/> & "quoted" 'text' ]]> &amp; <!-- <?x ?>`;
  const { claims, ...rest } = sampleResult();
  const [claim] = claims.filter(({ verdict }) => verdict === "refuted");
  fc.assert(
    fc.property(fc.array(fc.nat(0x10ffff)), (points) => {
      const more = String.fromCodePoint(...points);
      assert(claim !== undefined);
      const result = { ...rest, claims: [{ ...claim, because: `${because}${more}` }] };
      const [only, ...others] = cases(parseXml(junitXml(result)));
      assertEquals(others, []);
      const message = only?.children[0]?.attributes["message"] ?? "";
      assertStringIncludes(message, because);
    }),
    { numRuns: 200 },
  );
});
