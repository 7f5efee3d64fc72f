/**
 * Whether two guests can have one backing file, to read and to write.
 *
 * @module
 */
import { Problem, shorten } from "../../problem.ts";
import { tryMachine } from "../../runners/guest/running_guest.ts";
import { runStep } from "../../runners/run_step.ts";
import { negative, observed, positive } from "../probe.ts";
import type { Observation } from "../result.ts";
import { firstLines } from "./devices.ts";
import { diskMachine, type Guests, imageLine, imagePath, sectionOf } from "./guests.ts";

const READ_SECONDS = 30;
const REPORT = "shared ";

/** Both guests read the shared image once more, after both have been seen to run. */
export async function observeSharing(guests: Guests): Promise<Observation> {
  const { first, second } = guests;
  if (second instanceof Problem) throw second;
  await second.waitForLine(/^shared /, READ_SECONDS);
  await first.waitForLine(/^## watch$/, READ_SECONDS);
  const marks = [first.lines.length, second.lines.length];
  const one = (await first.waitForLine(/^shared /, READ_SECONDS, marks[0])).slice(REPORT.length);
  const other = (await second.waitForLine(/^shared /, READ_SECONDS, marks[1])).slice(REPORT.length);
  const running = await first.isRunning() && await second.isRunning();
  const boots = [(await sectionOf(first, "boot"))[0], second.lines[0]];
  const own = (await firstLines(guests)).get("vda") ?? "";
  const written = second.lines.find((line) => line.startsWith("write ")) ?? "";
  const image = await imageBegin(guests);
  return observed("guest-view/two-share", {
    value: running && boots[0] !== boots[1] && one === image && other === image,
    seen: `While both guests run (boots ${boots.join(" and ")}), the one reads "${one}" and the ` +
      `other "${other}" from the one image of the host.`,
    controls: [
      positive("the host reads from the image what it wrote", image === imageLine("shared"), image),
      negative("the first guest's other disk reads the same", own !== image && own !== "", own),
      negative("a guest that may only read can write", written === "write refused", written),
    ],
  });
}

async function imageBegin(guests: Guests): Promise<string> {
  const text = await runStep(guests.host, {
    action: "read the image that two guests share",
    argv: ["head", "-n", "1", "--", imagePath(guests, "shared")],
    timeoutSeconds: 10,
    cure: "Look at the temporary folder.",
  });
  return text.trimEnd();
}

/**
 * A second QEMU is refused the image that the first guest may write, until that one has ended; what
 * guests may only read is locked to none. Ends the first guest.
 */
export async function observeLock(guests: Guests): Promise<Observation> {
  const { host, guest, first } = guests;
  if (!await first.isRunning()) {
    throw new Problem({ action: "lock an image", condition: "the first guest does not run" });
  }
  const open = async (path: string, readOnly: boolean): Promise<string> => {
    const machine = diskMachine(guests, { path, readOnly });
    const { command } = await tryMachine(host, guest, machine);
    const words = shorten(command.stderr.replaceAll(`${guest.folder}/`, ""));
    return command.status === 0 ? "opened" : words || command.ended;
  };
  const own = imagePath(guests, "own");
  const beside = await open(own, false);
  if (beside !== "opened" && !LOCKED.test(beside)) {
    const action = "open an image beside a guest that writes to it";
    throw new Problem({ action, condition: "QEMU failed for another reason", seen: beside });
  }
  const shared = await open(imagePath(guests, "shared"), true);
  const absent = await open(`${own}.absent`, false);
  await first.end();
  const after = await open(own, false);
  return observed("guest-view/one-alone", {
    value: LOCKED.test(beside),
    seen:
      `While a guest has an image to write, a second QEMU that would write to it says: ${beside}`,
    controls: [
      positive(
        "once the first guest has ended, the second opens the image",
        after === "opened",
        after,
      ),
      positive(
        "an image that the first may only read opens meanwhile",
        shared === "opened",
        shared,
      ),
      negative(
        "an image that is absent passes for a locked one",
        absent !== "opened" && !LOCKED.test(absent),
        absent,
      ),
    ],
  });
}
/** QEMU's words (`block/file-posix.c`). */
const LOCKED = /Failed to get .*lock/;
