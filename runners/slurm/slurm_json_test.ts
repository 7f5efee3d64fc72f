import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { parseSlurmDocument, slurmNumber, slurmWords } from "./slurm_json.ts";
import { listing } from "./slurm_samples.ts";

Deno.test("parseSlurmDocument() reads the list, with warnings before it or without", () => {
  const text = listing("jobs", [{ job_id: 1 }]);
  const document = { entries: [{ job_id: 1 }], errors: [] };
  assertEquals(parseSlurmDocument(text, "jobs"), document);
  assertEquals(parseSlurmDocument(`squeue: warning: {odd}\n${text}`, "jobs"), document);
});

Deno.test("parseSlurmDocument() tells an empty list from none", () => {
  assertEquals(parseSlurmDocument(listing("jobs", []), "jobs")?.entries, []);
  assertEquals(parseSlurmDocument(listing("nodes", []), "jobs")?.entries, null);
});

Deno.test("parseSlurmDocument() gives the errors in Slurm's words", () => {
  const errors = [
    { error: "Unable to contact slurm controller", errno: 1 },
    { description: "No such job", error_number: 2017, error: "Invalid job id specified" },
    "odd",
  ];
  assertEquals(parseSlurmDocument(listing("jobs", [], { errors }), "jobs")?.errors, [
    "Unable to contact slurm controller",
    "Invalid job id specified: No such job",
    '"odd"',
  ]);
});

Deno.test("parseSlurmDocument() takes nothing else for a document", () => {
  const broken = listing("jobs", [{}]).slice(0, -2);
  for (const text of ["", "\n", "[]", "null", "JOBID PARTITION", broken, listing("jobs", [1])]) {
    assertEquals(parseSlurmDocument(text, "jobs"), null, text);
  }
});

Deno.test("slurmNumber() reads a number in either spelling alike", () => {
  fc.assert(fc.property(fc.nat(), (number) => {
    assertEquals(slurmNumber(number), number);
    assertEquals(slurmNumber({ set: true, infinite: false, number }), number);
    assertEquals(slurmNumber({ set: false, infinite: false, number }), null);
  }));
});

Deno.test("slurmNumber() makes no 0 of what is no number or has no limit", () => {
  const endless = { set: true, infinite: true, number: 0 };
  const odd = [null, undefined, "1", [], {}, { set: true }, { set: true, number: "1" }];
  for (const value of [...odd, endless]) assertEquals(slurmNumber(value), null);
});

Deno.test("slurmWords() reads one word, or a list", () => {
  assertEquals(slurmWords("idle"), ["IDLE"]);
  assertEquals(slurmWords(["IDLE", "DRAIN"]), ["IDLE", "DRAIN"]);
  assertEquals(slurmWords(""), []);
  for (const value of [null, 1, ["IDLE", 1], {}]) assertEquals(slurmWords(value), null);
});
