import { dirname } from "node:path";

/** Where the placeholders of a fixture lie on this machine. */
export interface Places {
  /** cellproof's own folder. */
  readonly project: string;
  /** The user's home folder. */
  readonly home: string;
  /** The Deno that cellproof runs on. */
  readonly deno: string;
}

const NAMES = "project|home|deno|tmp\\d+";
/** A placeholder; a further brace marks the same text where a tool printed it. */
const PLACEHOLDER = new RegExp(`\\{(\\{*)(${NAMES})\\}`, "g");
/** What only a text with a path or a placeholder holds: most texts hold neither. */
const PATH_OR_PLACEHOLDER = /[/{]/;
const SHORTEST_PATH = 2;

/**
 * Translates between this machine's own paths and a fixture's stable placeholders (`{project}`,
 * `{home}`, `{deno}`, `{tmp1}`), so that what was recorded on one machine is asked for in the same
 * words on another.
 */
export class Placeholders {
  readonly #pathOf = new Map<string, string>();
  readonly #nameOf = new Map<string, string>();
  #pattern = PLACEHOLDER;

  constructor({ project, home, deno }: Places) {
    this.set("home", home);
    this.set("project", project);
    this.set("deno", deno);
  }

  /** Names a path. */
  set(name: string, path: string): void {
    if (path.length < SHORTEST_PATH) return;
    this.#pathOf.set(name, path);
    this.#nameOf.set(path, name);
    this.#pattern = this.#newPattern();
  }

  /** This machine's text in the fixture's words. */
  toFixture(text: string): string {
    if (!PATH_OR_PLACEHOLDER.test(text)) return text;
    return text.replace(this.#pattern, (all: string) => {
      const name = this.#nameOf.get(all);
      return name === undefined ? `{${all}` : `{${name}}`;
    });
  }

  /** The fixture's text in this machine's words, each path as `write` writes it. */
  fromFixture(text: string, write = (path: string): string => path): string {
    return text.replace(PLACEHOLDER, (all: string, braces: string, name: string) => {
      return braces === "" ? write(this.#path(name)) : all.slice(1);
    });
  }

  /** A temporary folder of another machine exists by name only. */
  #path(name: string): string {
    const known = this.#pathOf.get(name);
    if (known !== undefined) return known;
    const path = `/tmp/cellproof-replayed-${name}`;
    this.set(name, path);
    return path;
  }

  /** A temporary folder's name is random enough to stand anywhere; `/root` in `/mnt/root` is not. */
  #newPattern(): RegExp {
    const paths = [...this.#nameOf.keys()].sort((a, b) => b.length - a.length);
    const alternatives = paths.map((path) => {
      const anywhere = this.#nameOf.get(path)?.startsWith("tmp");
      const before = anywhere ? "(?<!\\{)" : "(?<![\\w.{-])";
      return `${before}${RegExp.escape(path)}(?![\\w-]|\\.\\w)`;
    });
    return new RegExp([`\\{\\{*(?:${NAMES})\\}`, ...alternatives].join("|"), "g");
  }
}

/**
 * The places of this process.
 *
 * Without the permission to read the environment, as in a dry run, the home folder is a made-up one.
 */
export async function placesHere(): Promise<Places> {
  const { state } = await Deno.permissions.query({ name: "env", variable: "HOME" });
  const home = state === "granted" ? Deno.env.get("HOME") : undefined;
  return {
    project: dirname(dirname(import.meta.dirname ?? "/project/runners/seam")),
    home: home ?? "/home/user",
    deno: Deno.execPath(),
  };
}
