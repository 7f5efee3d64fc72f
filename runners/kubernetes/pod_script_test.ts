import { assertEquals } from "@std/assert";

const SCRIPT = new URL("./pod.sh", import.meta.url).pathname;

/** Runs the script beside a node's script of this text; a signal follows its first output. */
async function pod(nodeScript: string, { signal, args = [] }: {
  readonly signal?: Deno.Signal;
  readonly args?: readonly string[];
} = {}) {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.copyFile(SCRIPT, `${folder}/pod.sh`);
    await Deno.writeTextFile(`${folder}/node.sh`, nodeScript);
    const child = new Deno.Command("bash", {
      args: [`${folder}/pod.sh`, ...args],
      stdout: "piped",
    }).spawn();
    let out = "";
    for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
      if (out === "" && signal !== undefined) child.kill(signal);
      out += text;
    }
    return { code: (await child.status).code, out };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("pod.sh exits with 0 where the run did what it was asked, else as the run", async () => {
  for (
    const [status, wanted] of [[0, 0], [100, 0], [101, 0], [1, 1], [3, 3], [72, 72], [130, 130]]
  ) {
    assertEquals((await pod(`exit ${status}`)).code, wanted, `${status}`);
  }
});

Deno.test("pod.sh hands its arguments on as they are", async () => {
  const args = ["/fleet", "a b", "$(X)", "", "--", "*"];
  assertEquals(
    (await pod('printf "%s|" "$@"', { args })).out,
    args.map((arg) => `${arg}|`).join(""),
  );
});

Deno.test("pod.sh hands a signal on, and waits until the node is put back", async () => {
  const script = `trap 'sleep 0.2; echo back; exit 101' TERM
    echo begun; while :; do sleep 0.05; done`;
  assertEquals(await pod(script, { signal: "SIGTERM" }), { code: 0, out: "begun\nback\n" });
});
