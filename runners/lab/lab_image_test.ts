import { assert, assertEquals, assertRejects } from "@std/assert";
import type { CommandRequest, CommandResult, Host } from "../host.ts";
import { MissingTool, Problem } from "../../problem.ts";
import { MODULES } from "../guest/kernel_image.ts";
import { prepareLabImage } from "./lab_image.ts";

const RELEASE = "6.1.0-56-amd64_6.1.192-2";
const KERNELS = "/c/guest-kernel";
const HASH = "0123456789abcdef";
const NAME = `${HASH}.cpio`;

interface Made {
  readonly host: Host;
  readonly commands: string[];
}

/** A host that can build a lab; `answer` may answer otherwise, by what the command is for. */
function labBuilder(
  { kernels = [RELEASE], images = [], answer = () => ({}) }: {
    readonly kernels?: readonly string[];
    readonly images?: readonly string[];
    readonly answer?: (purpose: string) => Partial<CommandResult>;
  } = {},
): Made {
  const commands: string[] = [];
  const run = ({ argv }: CommandRequest): Promise<CommandResult> => {
    const purpose = purposeOf(argv.join(" "));
    commands.push(purpose);
    const stdout = STDOUT[purpose] ?? "";
    const usual = { ended: "exited", status: 0, stdout, stderr: "", durationSeconds: 0 } as const;
    return Promise.resolve({ ...usual, startedAt: "", ...answer(purpose) });
  };
  const folders: Record<string, readonly string[]> = {
    [KERNELS]: kernels,
    "/c/lab": images,
    [`${KERNELS}/${RELEASE}`]: ["modules", "vmlinux"],
    [`${KERNELS}/${RELEASE}/modules`]: ["nvme.ko"],
  };
  const host = {
    run,
    readFolder: (path: string) => Promise.resolve(folders[path] ?? null),
    readText: () => Promise.resolve(`${JSON.stringify(MODULES)}\n`),
    writeText: () => Promise.resolve(),
    temporaryFolder: () => Promise.resolve("/t"),
  };
  return { host: host as unknown as Host, commands };
}

const STDOUT: Readonly<Record<string, string>> = {
  busybox: "not a dynamic executable",
  programs: "/usr/bin/bash\n/lib/libc.so.6\n/usr/bin/bash\n",
  hash: `${HASH}\n`,
};

function purposeOf(words: string): string {
  if (words.startsWith("ldd /bin/busybox")) return "busybox";
  if (words.startsWith("clang")) return "trial";
  if (words.includes("there is no $name")) return "programs";
  if (words.includes("sha256sum | cut -c 1-16")) return "hash";
  if (words.includes("depmod")) return "build";
  return words.includes("mv -T") ? "keep" : "data";
}

async function prepare(made: Made): Promise<{ initramfs: string; said: string[] }> {
  const said: string[] = [];
  const say = (text: string) => void said.push(text);
  const { initramfs, kernel } = await prepareLabImage(made.host, { cacheFolder: "/c", say });
  assertEquals(kernel, `${KERNELS}/${RELEASE}/vmlinux`);
  return { initramfs, said };
}

Deno.test("prepareLabImage() builds an image that is not in the cache, and says so", async () => {
  const made = labBuilder({ images: ["fedcba9876543210.cpio"] });
  const { initramfs, said } = await prepare(made);
  assertEquals([initramfs, said], [`/c/lab/${NAME}`, ["building the lab's image"]]);
  assertEquals(made.commands.slice(-2), ["build", "keep"]);
});

Deno.test("prepareLabImage() builds nothing where these very parts are in the cache", async () => {
  const made = labBuilder({ images: [NAME] });
  const { initramfs, said } = await prepare(made);
  assertEquals([initramfs, said], [`/c/lab/${NAME}`, []]);
  assert(!made.commands.includes("build"));
});

const MISSING: readonly (readonly [string, Parameters<typeof labBuilder>[0], RegExp])[] = [
  ["kernel", { kernels: [] }, /no guest kernel/],
  ["program", answering("programs", { status: 1, stderr: "there is no nvme\n" }), /no nvme/],
  ["compiler", answering("trial", { ended: "not-found", status: null }), /no clang/],
  ["busybox", answering("busybox", { ended: "not-found", status: null, stdout: "" }), /busybox/],
];
for (const [what, parts, words] of MISSING) {
  Deno.test(`prepareLabImage() says how to get the ${what} when it is missing`, async () => {
    const error = await assertRejects(() => prepare(labBuilder(parts)), MissingTool);
    assert(words.test(error.message) && error.message.includes("--setup"), error.message);
  });
}

const FAILURES: readonly (readonly [string, Partial<CommandResult>])[] = [
  ["programs", { ended: "timed-out", status: null }],
  ["programs", { status: 2, stderr: "bash: fork: Cannot allocate memory" }],
  ["hash", { status: 1, stderr: "sha256sum: /usr/bin/fio: No such file or directory" }],
  ["build", { status: 2, stderr: "tar: write error: No space left on device" }],
  ["keep", { status: 1, stderr: "mv: No space left on device" }],
];
for (const [purpose, result] of FAILURES) {
  Deno.test(`prepareLabImage() makes no image when its ${purpose} step ends with ${result.status}`, async () => {
    const made = labBuilder(answering(purpose, result));
    await assertRejects(() => prepare(made), Problem, "make the lab");
    assertEquals(made.commands.at(-1), purpose);
  });
}

function answering(purpose: string, result: Partial<CommandResult>) {
  return { answer: (asked: string) => asked === purpose ? result : {} };
}
