/**
 * A host in memory with two NVMe devices, one of them with SR-IOV, that keeps the kernel's rules about
 * drivers, virtual functions, secondary controllers and namespaces, as far as they are known from a
 * real one. It can be killed at any command that changes it.
 *
 * @module
 */
import type { CommandRequest, CommandResult, Host } from "../host.ts";
import { BOOT_ID } from "../settings/change.ts";

export const PF = "0000:01:00.0";
export const PLAIN = "0000:02:00.0";
/** The first virtual function, once there is one. */
export const VF = "0000:01:00.1";
const TOTAL_VFS = 4;

/** The process that asked was killed. */
export class Killed extends Error {}

interface Answer {
  readonly status?: number;
  readonly stdout?: string;
  readonly stderr?: string;
}

/** All that a run can change. */
export interface FakeState {
  readonly drivers: Record<string, { driver: string; override: string }>;
  autoprobe: string;
  vfs: number;
  readonly secondary: Record<number, { online: boolean; queues: number; interrupts: number }>;
  /** Controllers of each namespace of the physical function. */
  readonly namespaces: Record<number, number[]>;
  modules: string[];
}

const DEPENDENCIES: Readonly<Record<string, readonly string[]>> = {
  vfio: [],
  vfio_iommu_type1: ["vfio"],
  vfio_pci_core: ["vfio"],
  vfio_pci: ["vfio_pci_core", "vfio"],
};

/** What loading a module loads: vfio wishes for vfio_iommu_type1. */
const LOADED: Readonly<Record<string, readonly string[]>> = {
  vfio: ["vfio", "vfio_iommu_type1"],
  vfio_iommu_type1: ["vfio", "vfio", "vfio_iommu_type1"],
  vfio_pci: ["vfio", "vfio_iommu_type1", "vfio_pci_core", "vfio_pci"],
};

export class FakePciHost {
  bootId = crypto.randomUUID() as string;
  serial = "LABPF001";
  readonly commands: string[][] = [];
  /** Commands that change something and may still come before the process is killed. */
  changesLeft = Infinity;
  /** The process is killed while the last of them runs, not before the next. */
  losesLastAnswer = false;
  #dead = false;
  /** What answers in place of the host; null lets it answer itself. */
  intercept: (request: CommandRequest) => Partial<CommandResult> | null = () => null;
  readonly state: FakeState = {
    drivers: {
      [PF]: { driver: "nvme", override: "" },
      [PLAIN]: { driver: "nvme", override: "" },
    },
    autoprobe: "1",
    vfs: 0,
    secondary: {
      1: { online: false, queues: 0, interrupts: 0 },
      2: { online: false, queues: 0, interrupts: 0 },
    },
    namespaces: { 1: [0], 2: [] },
    modules: ["nvme"],
  };

  /** What suites and runners see of it. */
  get host(): Host {
    const run = (request: CommandRequest) => Promise.resolve(this.#run(request));
    return { run } as unknown as Host;
  }

  /** Another process goes on. */
  revive(): void {
    this.#dead = false;
    this.changesLeft = Infinity;
  }

  #run(request: CommandRequest): CommandResult {
    if (this.#dead) throw new Killed();
    this.commands.push([...request.argv]);
    const given = this.intercept(request);
    const { status = 0, stdout = "", stderr = "" } = given === null ? this.#answer(request) : {};
    const times = { startedAt: "2026-01-01T00:00:00.000Z", durationSeconds: 0 };
    return { ended: "exited", status, stdout, stderr, ...times, ...given };
  }

  #answer({ argv, stdin = "" }: CommandRequest): Answer {
    const [program, ...args] = argv;
    const path = args.at(-1) ?? "";
    switch (program) {
      case "cat":
        return answerText(this.#text(path), "cat", path);
      case "readlink":
        return this.#driverLink(path);
      case "test":
        return { status: this.#isFolder(path) ? 0 : 1 };
      case "ls":
        return path === `/sys/bus/pci/devices/${PF}/nvme` && this.#driver(PF) === "nvme"
          ? { stdout: "nvme0\n" }
          : { status: 2, stderr: "ls: No such file or directory" };
      case "tee":
        return this.#changing(() => this.#write(path, stdin.replace(/\n$/, "")));
      case "modprobe":
        return args[0] === "--show-depends"
          ? showDepends(path)
          : this.#changing(() => this.#load(LOADED[path.replaceAll("-", "_")] ?? []));
      case "rmmod":
        return this.#changing(() => this.#unload(path.replaceAll("-", "_")));
      case "nvme":
        return this.#nvme(args);
      default:
        return {};
    }
  }

  #changing(change: () => Answer): Answer {
    this.#dead = this.changesLeft <= 0;
    if (this.#dead) throw new Killed();
    this.changesLeft -= 1;
    const answer = change();
    this.#dead = this.losesLastAnswer && this.changesLeft <= 0;
    if (this.#dead) throw new Killed();
    return answer;
  }

  #text(path: string): string | null {
    if (path === BOOT_ID) return this.bootId;
    const [, address = "", file] = /^\/sys\/bus\/pci\/devices\/([^/]+)\/(.+)$/.exec(path) ?? [];
    const device = this.state.drivers[address];
    if (device === undefined) return null;
    if (file === "driver_override") return device.override === "" ? "(null)" : device.override;
    if (address !== PF) return null;
    if (file === "sriov_drivers_autoprobe") return this.state.autoprobe;
    if (file === "sriov_numvfs") return `${this.state.vfs}`;
    if (file === "nvme/nvme0/serial") return `${this.serial}            `;
    return file === "nvme/nvme0/cntlid" ? "0" : null;
  }

  #driver(address: string): string {
    return this.state.drivers[address]?.driver ?? "";
  }

  #driverLink(path: string): Answer {
    const driver = this.#driver(path.split("/")[5] ?? "");
    return driver === "" ? { status: 1 } : { stdout: `../../../bus/pci/drivers/${driver}\n` };
  }

  #isFolder(path: string): boolean {
    const name = (path.split("/").at(-1) ?? "").replaceAll("-", "_");
    return this.state.modules.includes(name);
  }

  #write(path: string, text: string): Answer {
    const [, folder, name = "", file] =
      /^\/sys\/bus\/pci\/(devices|drivers)\/([^/]+)\/(.+)$/.exec(path) ?? [];
    if (folder === "drivers" && file === "bind") return this.#bind(name, text);
    const device = this.state.drivers[name];
    if (device === undefined) return { status: 1, stderr: "No such file or directory" };
    if (file === "driver/unbind") device.driver = "";
    else if (file === "driver_override") device.override = text;
    else if (file === "sriov_drivers_autoprobe") this.state.autoprobe = text;
    else if (file === "sriov_numvfs") return this.#setVfs(Number(text));
    else return { status: 1, stderr: "No such file or directory" };
    return {};
  }

  #bind(driver: string, address: string): Answer {
    const device = this.state.drivers[address];
    const isVf = address !== PF && address !== PLAIN;
    const matches = device?.override === ""
      ? driver === "nvme" && (!isVf || this.state.autoprobe === "1")
      : device?.override === driver;
    if (device === undefined || device.driver !== "" || !matches) {
      return { status: 1, stderr: `tee: /sys/bus/pci/drivers/${driver}/bind: No such device` };
    }
    device.driver = driver;
    return {};
  }

  #setVfs(count: number): Answer {
    if (count > TOTAL_VFS) return { status: 1, stderr: "Numerical result out of range" };
    if (count !== 0 && this.state.vfs !== 0) {
      return { status: 1, stderr: "Device or resource busy" };
    }
    for (let vf = 1; vf <= TOTAL_VFS; vf++) {
      const driver = this.state.autoprobe === "1" ? "nvme" : "";
      if (vf <= count) this.state.drivers[`0000:01:00.${vf}`] = { driver, override: "" };
      else delete this.state.drivers[`0000:01:00.${vf}`];
    }
    if (count === 0) Object.values(this.state.secondary).forEach(takeOffline);
    this.state.vfs = count;
    return {};
  }

  #load(names: readonly string[]): Answer {
    this.state.modules = [...new Set([...this.state.modules, ...names])];
    return {};
  }

  #unload(name: string): Answer {
    const used = this.state.modules.some((other) => DEPENDENCIES[other]?.includes(name)) ||
      Object.values(this.state.drivers).some(({ driver }) => driver.replaceAll("-", "_") === name);
    if (used) return { status: 1, stderr: `rmmod: ERROR: Module ${name} is in use` };
    this.state.modules = this.state.modules.filter((other) => other !== name);
    return {};
  }

  #nvme([command, , ...args]: readonly string[]): Answer {
    const option = (name: string) => Number(args[args.indexOf(name) + 1]);
    const [nsid, id] = [option("-n"), option("-c")];
    const { secondary, namespaces } = this.state;
    switch (command) {
      case "list-secondary":
        return { stdout: JSON.stringify({ "secondary-controllers": secondaryList(secondary) }) };
      case "list-ns": {
        const list = Object.keys(namespaces).map((name) => ({ nsid: Number(name) }));
        return { stdout: JSON.stringify({ nsid_list: list }) };
      }
      case "list-ctrl": {
        const all = Array.from({ length: this.state.vfs + 1 }, (_, controller) => controller);
        const ids = args.includes("-n") ? namespaces[nsid] ?? [] : all;
        const list = ids.map((ctrl_id) => ({ ctrl_id }));
        return { stdout: JSON.stringify({ num_ctrl: list.length, ctrl_list: list }) };
      }
      case "virt-mgmt":
        return this.#changing(() => this.#manage(id, option("-a"), option("-r"), nsid));
      case "attach-ns":
      case "detach-ns":
        return this.#changing(() => this.#attach(nsid, id, command === "attach-ns"));
      default:
        return {};
    }
  }

  #manage(id: number, action: number, type: number, count: number): Answer {
    const controller = this.state.secondary[id];
    const refused = { status: 1, stderr: "NVMe status: Invalid Secondary Controller State" };
    if (controller === undefined) return refused;
    if (action === 7) takeOffline(controller);
    else if (controller.online || (action === 9 && id > this.state.vfs)) return refused;
    else if (action === 9) controller.online = true;
    else controller[type === 0 ? "queues" : "interrupts"] = count;
    return {};
  }

  #attach(nsid: number, id: number, attach: boolean): Answer {
    const controllers = this.state.namespaces[nsid] ?? [];
    if (controllers.includes(id) === attach) return { status: 1, stderr: "Already so" };
    this.state.namespaces[nsid] = attach
      ? [...controllers, id].sort()
      : controllers.filter((other) => other !== id);
    return {};
  }
}

/** As devices do that were seen: going offline gives the resources back. */
function takeOffline(controller: FakeState["secondary"][number]): void {
  Object.assign(controller, { online: false, queues: 0, interrupts: 0 });
}

function secondaryList(secondary: FakeState["secondary"]): unknown[] {
  return Object.entries(secondary).map(([id, { online, queues, interrupts }]) => ({
    "secondary-controller-identifier": Number(id),
    "secondary-controller-state": online ? 1 : 0,
    "num-virtual-queues": queues,
    "num-virtual-interrupts": interrupts,
  }));
}

function showDepends(name: string): Answer {
  const names = LOADED[name.replaceAll("-", "_")];
  if (names === undefined) {
    return { status: 1, stderr: `modprobe: FATAL: Module ${name} not found` };
  }
  const path = "/lib/modules/6.1.0/kernel/drivers";
  return { stdout: names.map((module) => `insmod ${path}/${module}.ko.xz \n`).join("") };
}

function answerText(text: string | null, program: string, path: string): Answer {
  return text === null
    ? { status: 1, stderr: `${program}: ${path}: No such file or directory` }
    : { stdout: `${text}\n` };
}
