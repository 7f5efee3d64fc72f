/**
 * A host in memory with one GPU in MIG mode and an nvidia-smi that keeps the driver's rules about
 * instances: memory slices are not shared, an instance with a compute instance cannot be removed, nor
 * one that a program uses. It can be killed at any step that changes something, also between a GPU
 * instance and its compute instance.
 *
 * @module
 */
import type { CommandRequest, CommandResult, Host } from "../host.ts";
import { BOOT_ID } from "../settings/change.ts";
import { Killed } from "./fake_pci_host.ts";

export const MIG_GPU = "GPU-0a1b2c3d-1111-2222-3333-444455556666";

interface FakeInstance {
  readonly profileId: number;
  readonly id: number;
  readonly start: number;
  /** The names of its compute instances, by their ids. */
  readonly compute: string[];
}

/** All that a run can change, and what else decides whether it may. */
export interface FakeMigState {
  migOn: boolean;
  instances: FakeInstance[];
  /** GPU instances that a program uses, by their ids. */
  used: number[];
}

interface Profile {
  readonly name: string;
  readonly id: number;
  readonly size: number;
  readonly starts: readonly number[];
  /** Compute slices. */
  readonly slices: number;
}

const PROFILES: readonly Profile[] = [
  { name: "1g.5gb", id: 19, size: 1, starts: [0, 1, 2, 3, 4, 5, 6], slices: 1 },
  { name: "1g.5gb+me", id: 20, size: 1, starts: [0, 1, 2, 3, 4, 5, 6], slices: 1 },
  { name: "2g.10gb", id: 14, size: 2, starts: [0, 2, 4], slices: 2 },
  { name: "3g.20gb", id: 9, size: 4, starts: [0, 4], slices: 3 },
  { name: "4g.20gb", id: 5, size: 4, starts: [0], slices: 4 },
  { name: "7g.40gb", id: 0, size: 8, starts: [0], slices: 7 },
];
const COMPUTE_SLICES = 7;

interface Answer {
  readonly status?: number;
  readonly stdout?: string;
  readonly stderr?: string;
}

const MIG_OFF: Answer = { status: 6, stdout: "No MIG-enabled devices found.\n" };
const NOTHING: Answer = { status: 6, stdout: "No GPU instances found: Not Found\n" };

export class FakeMigHost {
  bootId = crypto.randomUUID() as string;
  readonly commands: string[][] = [];
  /** Steps that change something and may still come before the process is killed. */
  changesLeft = Infinity;
  /** The process is killed while the last of them runs, not before the next. */
  losesLastAnswer = false;
  #dead = false;
  uid = 0;
  pidNamespace = "pid:[4026531836]";
  /** What `nvidia-smi -q -x` prints. */
  log = "";
  /** What answers in place of the host; null lets it answer itself. */
  intercept: (request: CommandRequest) => Partial<CommandResult> | null = () => null;
  readonly state: FakeMigState = { migOn: true, instances: [], used: [] };

  /** What suites and runners see of it. */
  get host(): Host {
    const run = (request: CommandRequest) => Promise.resolve(this.#run(request));
    const readText = () => Promise.resolve(null);
    return { run, readText } as unknown as Host;
  }

  /** Another process goes on. */
  revive(): void {
    this.#dead = false;
    this.changesLeft = Infinity;
  }

  /** Somebody else makes an instance; as a whole one unless its compute instances are named. */
  add(profileId: number, start: number, compute?: string[]): void {
    const id = this.#freeId();
    this.state.instances.push({ profileId, id, start, compute: compute ?? [nameOf(profileId)] });
  }

  #run(request: CommandRequest): CommandResult {
    if (this.#dead) throw new Killed();
    this.commands.push([...request.argv]);
    const given = this.intercept(request);
    const { status = 0, stdout = "", stderr = "" } = given === null ? this.#answer(request) : {};
    const times = { startedAt: "2026-01-01T00:00:00.000Z", durationSeconds: 0 };
    return { ended: "exited", status, stdout, stderr, ...times, ...given };
  }

  #answer({ argv: [program, ...args] }: CommandRequest): Answer {
    if (program === "cat" && args[0] === BOOT_ID) return { stdout: `${this.bootId}\n` };
    if (program === "id") return { stdout: `${this.uid}\n` };
    if (program === "readlink") return { stdout: `${this.pidNamespace}\n` };
    if (program !== "nvidia-smi") return {};
    return args[0] === "mig" ? this.#mig(args.slice(1)) : { stdout: this.log };
  }

  #mig(args: readonly string[]): Answer {
    const option = (name: string) => args[args.indexOf(name) + 1] ?? "";
    if (option("-i") !== MIG_GPU) return { status: 6, stdout: "No devices were found\n" };
    if (args.includes("-lgip")) return { stdout: this.#profileTable() };
    if (args.includes("-lgipp")) return { stdout: PROFILES.map(placementsLine).join("") };
    if (!this.state.migOn) return MIG_OFF;
    if (args.includes("-cgi")) return this.#create(option("-cgi"));
    if (this.state.instances.length === 0) return NOTHING;
    if (args.includes("-lgi")) return { stdout: this.#instanceTable() };
    if (args.includes("-lci")) return this.#computeTable();
    const id = Number(option("-gi"));
    if (args.includes("-dci")) return this.#destroyCompute(id, Number(option("-ci")));
    return args.includes("-dgi") ? this.#destroy(id) : { status: 2, stdout: "Invalid argument\n" };
  }

  #changing(change: () => void): void {
    this.#dead = this.changesLeft <= 0;
    if (this.#dead) throw new Killed();
    this.changesLeft -= 1;
    change();
    this.#dead = this.losesLastAnswer && this.changesLeft <= 0;
    if (this.#dead) throw new Killed();
  }

  #create(wanted: string): Answer {
    const [, profileId, start] = /^(\d+):(\d+)$/.exec(wanted)?.map(Number) ?? [];
    const profile = PROFILES.find(({ id }) => id === profileId);
    if (profile === undefined || start === undefined || !this.#fits(profile, start)) {
      const reason = profile === undefined ? "Invalid Argument" : "Insufficient Resources";
      const stdout =
        `Unable to create a GPU instance on GPU  0 using profile ${wanted}: ${reason}\n`;
      return { status: 15, stdout };
    }
    const id = this.#freeId();
    const made: FakeInstance = { profileId: profile.id, id, start, compute: [] };
    this.#changing(() => this.state.instances.push(made));
    this.#changing(() => made.compute.push(profile.name));
    return { stdout: `Successfully created GPU instance ID  ${id} on GPU  0 using profile\n` };
  }

  #destroyCompute(id: number, computeId: number): Answer {
    const instance = this.state.instances.find((other) => other.id === id);
    if (instance?.compute[computeId] === undefined) return { status: 6, stdout: "Not Found\n" };
    if (this.state.used.includes(id)) return inUse(`compute instance ID  ${computeId}`);
    this.#changing(() => instance.compute.splice(computeId, 1));
    return { stdout: "Successfully destroyed compute instance\n" };
  }

  #destroy(id: number): Answer {
    const instance = this.state.instances.find((other) => other.id === id);
    if (instance === undefined) return NOTHING;
    if (instance.compute.length > 0) return inUse(`GPU instance ID  ${id}`);
    const { state } = this;
    this.#changing(() => state.instances = state.instances.filter((other) => other !== instance));
    return { stdout: "Successfully destroyed GPU instance\n" };
  }

  #freeId(): number {
    const ids = this.state.instances.map(({ id }) => id);
    return ids.reduce((free) => ids.includes(free) ? free + 1 : free, 1);
  }

  #fits(profile: Profile, start: number): boolean {
    const present = this.state.instances.map((instance) => {
      const { size = 0, slices = 0 } = profileOf(instance.profileId) ?? {};
      return { from: instance.start, to: instance.start + size, slices };
    });
    const slices = present.reduce((sum, other) => sum + other.slices, profile.slices);
    return profile.starts.includes(start) && slices <= COMPUTE_SLICES &&
      present.every(({ from, to }) => to <= start || start + profile.size <= from);
  }

  #profileTable(): string {
    return table(
      "GPU instance profiles:",
      PROFILES.flatMap((profile) => {
        const { name, id, size, slices, starts } = profile;
        const free = starts.filter((start) => this.#fits(profile, start)).length;
        const count = `${free}/${starts.length}`;
        const sizes = `${(size * 4.9).toFixed(2)} No ${slices * 14} ${slices >> 1} 0`;
        return [`0  MIG ${name}   ${id}   ${count}   ${sizes}`, `${slices}  0  0`];
      }),
    );
  }

  #instanceTable(): string {
    return table(
      "GPU instances:",
      this.state.instances.map(({ profileId, id, start }) =>
        `0  MIG ${nameOf(profileId)}  ${profileId}  ${id}  ${start}:${profileOf(profileId)?.size}`
      ),
    );
  }

  #computeTable(): Answer {
    const rows = this.state.instances.flatMap(({ id, compute }) =>
      compute.map((name, index) => `0   ${id}   MIG ${name}   0   ${index}   ${index}:1`)
    );
    if (rows.length === 0) return { status: 6, stdout: "No compute instances found: Not Found\n" };
    return { stdout: table("Compute instances:", rows) };
  }
}

function profileOf(id: number): Profile | undefined {
  return PROFILES.find((profile) => profile.id === id);
}

function nameOf(profileId: number): string {
  return profileOf(profileId)?.name ?? "unknown";
}

function placementsLine({ id, starts, size }: Profile): string {
  const word = starts.length === 1 ? "Placement " : "Placements";
  return `GPU  0 Profile ID ${id} ${word}: {${starts.join(",")}}:${size}\n`;
}

function inUse(what: string): Answer {
  const stdout = `Unable to destroy ${what} from GPU  0: In use by another client\n`;
  return { status: 19, stdout };
}

function table(title: string, rows: readonly string[]): string {
  const frame = `+${"-".repeat(77)}+\n`;
  const lines = rows.map((row) => `|   ${row.padEnd(74)}|\n`);
  return `${frame}| ${title.padEnd(76)}|\n|${"=".repeat(77)}|\n${lines.join(frame)}${frame}`;
}
