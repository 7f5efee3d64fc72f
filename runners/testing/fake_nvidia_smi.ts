import type { CommandRequest, CommandResult, Host } from "../host.ts";

/** What nvidia-smi does when it is called with these arguments, joined by blanks. */
export type NvidiaSmiAnswers = Readonly<Record<string, Partial<CommandResult>>>;

const ENDED = { ended: "exited", status: 0, stdout: "", stderr: "" } as const;
const TIMES = { startedAt: "2025-01-01T00:00:00.000Z", durationSeconds: 0.1 };

/** A host that has nothing but an nvidia-smi; what it is not told to answer, it says is unknown. */
export function fakeNvidiaSmi(answers: NvidiaSmiAnswers): {
  readonly host: Host;
  readonly requests: CommandRequest[];
} {
  const requests: CommandRequest[] = [];
  const run = (request: CommandRequest): Promise<CommandResult> => {
    requests.push(request);
    const [, ...args] = request.argv;
    const unknown = { status: 2, stdout: "Invalid combination of input arguments.\n" };
    return Promise.resolve({ ...ENDED, ...TIMES, ...answers[args.join(" ")] ?? unknown });
  };
  return { host: { run } as Pick<Host, "run"> as Host, requests };
}
