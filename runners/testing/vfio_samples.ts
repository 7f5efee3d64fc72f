/**
 * A host of texts and commands that tests make up, and changes that are only noted down.
 *
 * @module
 */
import type { CommandResult, Host } from "../host.ts";
import type { HostSetting } from "../settings/setting.ts";
import type { UndoableChanges } from "../vfio/bind.ts";

/** What a made-up host has: files, folders, and what commands print, by their words. */
export interface SampleHost {
  readonly texts?: Readonly<Record<string, string>>;
  readonly folders?: Readonly<Record<string, readonly string[]>>;
  readonly commands?: Readonly<Record<string, string>>;
}

/** Every other command ends with status 1, and says nothing. */
export function sampleHost({ texts = {}, folders = {}, commands = {} }: SampleHost): Host {
  const run = ({ argv }: { readonly argv: readonly string[] }): Promise<Partial<CommandResult>> => {
    const stdout = commands[argv.join(" ")];
    const status = stdout === undefined ? 1 : 0;
    return Promise.resolve({ ended: "exited", status, stdout: stdout ?? "", stderr: "" });
  };
  const host = {
    run,
    readText: (path: string) => Promise.resolve(texts[path] ?? null),
    readFolder: (path: string) => Promise.resolve(folders[path] ?? null),
  };
  return host as unknown as Host;
}

export interface NotedChanges extends UndoableChanges {
  /** Each change in words, such as "sriov-vfs 0000:01:00.0 = 2". */
  readonly noted: readonly string[];
}

/** Changes that are noted down; `refuse` may throw instead. */
export function notedChanges(refuse: (words: string) => void = () => {}): NotedChanges {
  const noted: string[] = [];
  const set = (setting: HostSetting, value: string): Promise<void> => {
    const words = `${Object.values(setting).join(" ")} = ${value}`;
    noted.push(words);
    return new Promise((done) => done(refuse(words)));
  };
  const undoTo = (mark: number): Promise<void> => {
    noted.push(`undo to ${mark}`);
    return Promise.resolve();
  };
  return { noted, set, mark: 0, undoTo };
}
