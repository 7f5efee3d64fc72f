import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type Outcome, type Stage, withStage } from "./testing.ts";

/**
 * A mock of `gh`, since GitHub cannot be reached from a test: it keeps issues as files, and knows no
 * call but those that are made of it. Real are bash, jq and the script.
 */
const GH = `#!/usr/bin/env bash
set -euo pipefail
mkdir -p "$STAGE/issues"
cd "$STAGE/issues"
printf '%s\\n' "$*" >> "$STAGE/calls"
[ "\${GH_FAILS_AT:-}" != "$2" ] || { echo "HTTP 502" >&2; exit 1; }
case "$1 $2" in
  "issue list")
    [[ "$*" =~ ^"issue list --state all --search "([a-z0-9]+)" in:body --json number,body --limit 100"$ ]]
    word=\${BASH_REMATCH[1]}
    for issue in *.md; do
      [ -e "$issue" ] && grep -q "$word" "$issue" || continue
      jq -n --rawfile body "$issue" --argjson number "\${issue%.md}" '{number: $number, body: $body}'
    done | jq -s .
    ;;
  "issue create")
    [[ "$#" = 5 && "$3" == --title=* && "$4" == --body-file ]]
    number=$(($(ls | grep -c md$ || true) + 1))
    printf '%s' "\${3#--title=}" > "$number.title"
    cp "$5" "$number.md"
    echo "https://github.com/owner/name/issues/$number"
    ;;
  "issue comment")
    [[ "$#" = 5 && "$3" =~ ^[0-9]+$ && "$4" == --body-file ]]
    cat "$5" >> "$3.comment"
    ;;
  *) exit 9 ;;
esac
`;

interface Change {
  readonly key: string;
  readonly title: string;
  readonly body: string;
  readonly machine: string;
  readonly night: string;
}

function change(key: string, parts: Partial<Change> = {}): Change {
  const title = `${key} is refuted, was confirmed`;
  return { key, title, body: "It kept 0.87.", machine: "gpu-1", night: "2026-06-01", ...parts };
}

function withGh(test: (stage: Stage) => Promise<void>): Promise<void> {
  return withStage(async (stage) => {
    stage.standIn("gh", GH);
    await test(stage);
  });
}

async function night(
  stage: Stage,
  changes: unknown,
  env: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const text = typeof changes === "string" ? changes : JSON.stringify(changes);
  await Deno.writeTextFile(stage.path("changes.json"), text);
  return await stage.run("report_changes.sh", [stage.path("changes.json")], env);
}

function titles(stage: Stage): string[] {
  try {
    const names = [...Deno.readDirSync(stage.path("issues"))].map(({ name }) => name);
    return names.filter((name) => name.endsWith(".title")).map((name) =>
      stage.read(`issues/${name}`)
    );
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

Deno.test("report_changes.sh opens one issue for three nights of one flip", () =>
  withGh(async (stage) => {
    for (const date of ["2026-06-01", "2026-06-02", "2026-06-03"]) {
      const { code, stderr } = await night(stage, [change("flip", { night: date })]);
      assertEquals([code, stderr], [0, ""]);
    }
    assertEquals(titles(stage), ["flip is refuted, was confirmed"]);
    assertStringIncludes(stage.read("issues/1.md"), "    It kept 0.87.\n");
  }));

Deno.test("report_changes.sh opens two issues for two flips, one of them a night later", () =>
  withGh(async (stage) => {
    await night(stage, [change("a")]);
    await night(stage, [change("a"), change("b"), change("b")]);
    assertEquals(titles(stage).length, 2);
  }));

Deno.test("report_changes.sh opens nothing, and asks nothing, where nothing changed", () =>
  withGh(async (stage) => {
    assertEquals((await night(stage, [])).code, 0);
    assertEquals(stage.read("calls"), "");
  }));

Deno.test("report_changes.sh opens so many and no more, and names the others in one comment", () =>
  withGh(async (stage) => {
    const changes = Array.from({ length: 5 }, (_, index) => change(`flip${index}`));
    const first = await night(stage, changes, { MOST_ISSUES: "2" });
    assertEquals([first.code, titles(stage).length], [0, 2]);
    const comments = [1, 2].map((number) => stage.read(`issues/${number}.comment`));
    assertEquals(comments.map((text) => text !== ""), [false, true]);
    assertStringIncludes(comments[1] ?? "", "3 more changes without an issue");
    const named = changes.filter(({ title }) => comments[1]?.includes(`    ${title}\n`));
    assertEquals(named.length, 3);
    await night(stage, changes, { MOST_ISSUES: "2" });
    await night(stage, changes, { MOST_ISSUES: "2" });
    assertEquals(new Set(titles(stage)).size, 5);
  }));

Deno.test("report_changes.sh opens issues of the newest night first", () =>
  withGh(async (stage) => {
    const changes = [change("old"), change("new", { night: "2026-06-02" })];
    await night(stage, changes, { MOST_ISSUES: "1" });
    assertEquals(titles(stage), ["new is refuted, was confirmed"]);
  }));

const HOSTILE = [
  `"; touch $STAGE/pwned; "`,
  "$(touch $STAGE/pwned)",
  "`touch $STAGE/pwned`",
  "--repo=evil/evil",
  "-F /etc/passwd",
  "'; exit 1 #",
  "\\\\ %s %n \\$HOME",
  "*",
  "repo:evil/evil is:open",
];
Deno.test("report_changes.sh takes commands, options and patterns for nothing but text", () =>
  withGh(async (stage) => {
    const changes = HOSTILE.map((text) => (
      { key: text, title: text, body: text, machine: text, night: text }
    ));
    for (const _ of [1, 2]) {
      const { code, stderr } = await night(stage, changes, { MOST_ISSUES: "99" });
      assertEquals([code, stderr], [0, ""]);
    }
    assertEquals(titles(stage).toSorted(), HOSTILE.toSorted());
    const bodies = HOSTILE.map((_, index) => stage.read(`issues/${index + 1}.md`));
    for (const text of HOSTILE) {
      assert(bodies.some((body) => body.startsWith(`    ${text}\n    \n`)), text);
    }
    assertEquals(stage.read("pwned"), "");
  }));

Deno.test("report_changes.sh leaves no line of a body where GitHub reads markup or mentions", () =>
  withGh(async (stage) => {
    const body =
      "@owner\r@owner\r\n\n```\n</code></pre><img src=x>\n# head\n\u0000\u001b[31m\u0085#1";
    await night(stage, [change("flip", { body: `${body}\n${"x ".repeat(50_000)}` })]);
    const lines = stage.read("issues/1.md").trimEnd().split("\n");
    const [last = "", ...others] = lines.reverse();
    assert(/^This change is told once, .*cellproof[0-9a-f]{32} stands here\.$/.test(last), last);
    assertEquals(others.filter((line) => line !== "" && !line.startsWith("    ")), []);
    // deno-lint-ignore no-control-regex -- control characters are what is looked for
    assert(!/[\u0000-\u0008\u000b-\u001f]/.test(stage.read("issues/1.md")));
    assert(stage.read("issues/1.md").length < 65_536, "GitHub takes no longer one");
  }));

Deno.test("report_changes.sh makes one line of a title, and cuts it", () =>
  withGh(async (stage) => {
    await night(stage, [change("flip", { title: `a\n::error::b\r${"x".repeat(999)}` })]);
    const [title = ""] = titles(stage);
    assert(title.startsWith("a ::error::b x") && title.length === 200, title);
  }));

for (const call of ["list", "create", "comment"]) {
  Deno.test(`report_changes.sh fails where gh issue ${call} does`, () =>
    withGh(async (stage) => {
      const env = { GH_FAILS_AT: call, MOST_ISSUES: "1" };
      const { code, stderr } = await night(stage, [change("a"), change("b")], env);
      assert(code !== 0);
      assertStringIncludes(stderr, "HTTP 502");
      assertEquals(titles(stage).length, call === "comment" ? 1 : 0);
    }));
}

Deno.test("report_changes.sh refuses what is no list of changes, and opens nothing", () =>
  withGh(async (stage) => {
    for (const broken of ["", "{", "{}", "null", '[{"key": "a"}]', [{ ...change("a"), key: 1 }]]) {
      const { code, stderr } = await night(stage, broken);
      assert(code !== 0, JSON.stringify(broken));
      assert(stderr !== "");
    }
    assertEquals(stage.read("calls"), "");
  }));
