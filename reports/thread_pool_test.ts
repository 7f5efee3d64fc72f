import { assertEquals, assertRejects } from "@std/assert";
import { ThreadPool } from "./thread_pool.ts";

/** Answers with what it is asked, and ends where it is asked to. */
const ECHO = new URL(`data:text/javascript,${
  encodeURIComponent(`self.onmessage = ({ data }) => {
    if (data === "end") throw new Error("it ended");
    self.postMessage(data);
  };`)
}`);

Deno.test("ThreadPool answers each question, however many are asked at once", async () => {
  using pool = new ThreadPool<string, string>(ECHO);
  const questions = Array.from({ length: 20 }, (_, index) => String(index));
  assertEquals(await Promise.all(questions.map((one) => pool.ask(one))), questions);
});

Deno.test("ThreadPool goes on when a thread has ended", async () => {
  using pool = new ThreadPool<string, string>(ECHO);
  const ended = Array.from(
    { length: pool.size },
    () => assertRejects(() => pool.ask("end"), Error),
  );
  const answers = Array.from({ length: 2 * pool.size }, (_, index) => pool.ask(String(index)));
  await Promise.all(ended);
  assertEquals((await Promise.all(answers)).length, 2 * pool.size);
});
