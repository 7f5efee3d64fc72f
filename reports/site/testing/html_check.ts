/**
 * Looks at the pages of a built site as a crawler does, for tests.
 *
 * @module
 */

const VOID = new Set(["meta", "link", "input", "br", "img", "hr", "!doctype"]);

/** The first tag that does not match, such as "</p> in <div>"; null where all do. */
export function unbalancedTag(page: string): string | null {
  const open: string[] = [];
  for (const [, slash, name = "", empty] of page.matchAll(/<(\/?)([!a-zA-Z][\w-]*)[^>]*?(\/?)>/g)) {
    const tag = name.toLowerCase();
    if (VOID.has(tag) || empty === "/") continue;
    if (slash === "") open.push(tag);
    else if (open.pop() !== tag) return `</${tag}> in <${open.at(-1) ?? "nothing"}>`;
  }
  return open.length === 0 ? null : `<${open.at(-1)}> stays open`;
}

/** What a page links to or loads, without what lies on the page itself. */
export function linksOf(page: string): string[] {
  return [...page.matchAll(/\s(?:href|src)="([^"]*)"/g)].map(([, link = ""]) => link)
    .filter((link) => !link.startsWith("#"));
}

/** The links of all pages below `folder` that lead to no file of it. */
export function brokenLinks(folder: string): string[] {
  const files = new Set(filesBelow(folder));
  return [...files].filter((path) => path.endsWith(".html")).flatMap((path) => {
    const links = linksOf(Deno.readTextFileSync(`${folder}/${path}`));
    return links.filter((link) => {
      const { pathname, host } = new URL(link, `file:///${path}`);
      return host !== "" || !files.has(decodeURIComponent(pathname).slice(1));
    }).map((link) => `${path}: ${link}`);
  });
}

/** Paths of all files below a folder, but hidden ones. */
export function filesBelow(folder: string, prefix = ""): string[] {
  return [...Deno.readDirSync(folder)].filter(({ name }) => !name.startsWith("."))
    .flatMap(({ name, isDirectory }) =>
      isDirectory ? filesBelow(`${folder}/${name}`, `${prefix}${name}/`) : [`${prefix}${name}`]
    ).sort();
}
