// Adds to a claim's panel, when it is opened for the first time: its rule and parts, its chart, the controls
// of what was observed, the raw samples, and the commands, each with a button to copy.

const MOST_LINES = 240;

const WORDS = {
  copy: ["Copy", "复制"],
  copied: ["Copied", "已复制"],
  controls: ["Controls", "对照"],
  more: ["All are in result.json.", "全部见 result.json。"],
  samples: ["Raw samples", "原始样本"],
  commands: ["Commands that were run", "运行过的命令"],
  columns: {
    order: ["Order", "次序"],
    block: ["Block", "区组"],
    workload: ["Workload", "负载"],
    arm: ["Arm", "分组"],
    value: ["Value", "数值"],
  },
};

function make(tag, { text, children = [], ...properties } = {}) {
  const element = Object.assign(document.createElement(tag), properties);
  if (text !== undefined) element.textContent = text;
  element.append(...children);
  return element;
}

/** A word of the page's own in both languages, as `both` of labels.ts makes it. */
function bilingual([en, zh]) {
  return [make("span", { lang: "en", text: en }), " ", make("span", { lang: "zh", text: zh })];
}

function fold(words, count, content) {
  const summary = make("summary", { children: [...bilingual(words), ` (${count})`] });
  return make("details", { className: "fold", children: [summary, content] });
}

function copyButton(text) {
  const button = make("button", {
    type: "button",
    className: "copy",
    children: bilingual(WORDS.copy),
  });
  button.addEventListener("click", async () => {
    await copy(text, button);
    button.replaceChildren(...bilingual(WORDS.copied));
    setTimeout(() => button.replaceChildren(...bilingual(WORDS.copy)), 1500);
  });
  return button;
}

/** The clipboard of a page that was opened from a file may be out of reach: then by a selection. */
async function copy(text, button) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const field = make("textarea", { value: text, className: "off-screen" });
    button.after(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
}

async function claimChart({ parts }, chart) {
  if (parts.length === 0) return null;
  const spec = structuredClone(chart);
  spec.data.find(({ name }) => name === "parts").values = parts;
  const { domain } = spec.scales.find(({ name }) => name === "x");
  domain[1] = Math.max(domain[1], ...parts.map(({ high }) => 1.05 * high));
  const figure = make("figure", { className: "chart", role: "img" });
  const figures = parts.map(({ name, ratio }) => `${name} ${ratio.toFixed(3)}`);
  figure.setAttribute("aria-label", `ratios to native: ${figures.join(", ")}`);
  await showLive(figure, spec);
  return figure;
}

/** What the panel's links name as observed: its controls, as they stand in the table of the probe. */
function controls(panel) {
  const rows = [...panel.querySelectorAll("a[href^='#']")].flatMap((link) => {
    const target = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    return target?.matches("table.observations tr") ? [target] : [];
  });
  const items = [...new Set(rows)].flatMap((row) => {
    const list = row.querySelector(".controls ul");
    if (!list) return [];
    return [make("li", { children: [row.cells[0].firstChild.textContent, list.cloneNode(true)] })];
  });
  if (items.length === 0) return null;
  return fold(WORDS.controls, items.length, make("ul", { className: "controls", children: items }));
}

/** The samples of the arms and workloads that a claim rests on. */
function samplesOf({ subjects }, experiments) {
  return subjects.flatMap(({ experiment, arms, workloads }) => {
    const { samples, texts } = experiments[experiment];
    return samples.map(([order, block, ...places]) => {
      const [workload, arm, value, command] = places.map((place) => texts[place]);
      return { experiment, order, block, workload, arm, value, command };
    }).filter(({ arm, workload }) => arms.includes(arm) && workloads.includes(workload));
  });
}

/** How many there are of these arms and workloads: of a long run not all are in the page. */
function samplesInAll({ subjects }, experiments) {
  return subjects.reduce((sum, { experiment, arms, workloads }) => {
    const counts = experiments[experiment].counts;
    return sum +
      arms.flatMap((arm) => workloads.map((workload) => counts[`${workload} ${arm}`] ?? 0))
        .reduce((a, b) => a + b, 0);
  }, 0);
}

function samplesFold(samples, total) {
  const head = make("tr", {
    children: Object.values(WORDS.columns).map((words) =>
      make("th", { scope: "col", children: bilingual(words) })
    ),
  });
  const rows = samples.slice(0, MOST_LINES).map((sample) =>
    make("tr", {
      children: Object.keys(WORDS.columns).map((name) => make("td", { text: sample[name] })),
    })
  );
  const table = make("table", {
    className: "figures samples",
    children: [make("thead", { children: [head] }), make("tbody", { children: rows })],
  });
  const scroller = make("div", { className: "scroller", tabIndex: 0, role: "region" });
  scroller.setAttribute("aria-label", WORDS.samples[0]);
  scroller.append(table);
  const content = make("div", { children: [scroller] });
  if (total > rows.length) {
    content.append(
      make("p", {
        className: "muted",
        children: [`${rows.length} / ${total}. `, ...bilingual(WORDS.more)],
      }),
    );
  }
  return fold(WORDS.samples, total, content);
}

/** The first command of each arm and workload. */
function commandsFold(samples) {
  const first = new Map();
  for (const { arm, workload, command } of samples) {
    const heading = `${arm}, ${workload}`;
    if (command !== "" && !first.has(heading)) first.set(heading, command);
  }
  if (first.size === 0) return null;
  const items = [...first].map(([heading, command]) =>
    make("li", {
      children: [heading, copyButton(command), make("code", { className: "line", text: command })],
    })
  );
  return fold(WORDS.commands, first.size, make("ul", { className: "lines", children: items }));
}

/** Where in the document the claim stands: the headings of its matrix, row and column. */
function placeOf(panel) {
  const cell = panel.closest("td");
  const heads = [
    panel.closest("section").querySelector("h2, h3"),
    cell.parentElement.querySelector("th"),
    cell.closest("table").matches(".facts")
      ? null
      : cell.closest("table").tHead.rows[0].cells[cell.cellIndex],
  ].filter((head) => head !== null);
  const parts = heads.flatMap((head, index) => [
    index === 0 ? "" : " · ",
    ...[...head.childNodes].map((node) => node.cloneNode(true)),
  ]);
  return make("p", { className: "place", children: parts });
}

async function fillPanel(panel) {
  panel.prepend(placeOf(panel));
  const place = panel.querySelector(".live");
  const command = `deno task bench ${panel.id}`;
  panel.querySelector(".permalink").after(
    " ",
    make("code", { text: command }),
    " ",
    copyButton(command),
  );
  if (!place) return;
  const { panels } = await pageData;
  const claim = panels.claims[place.dataset.claim];
  // Markup that panel.ts made: every text in it is escaped.
  place.innerHTML = claim.more;
  const samples = samplesOf(claim, panels.experiments);
  const parts = [
    await claimChart(claim, panels.chart),
    controls(panel),
    ...(samples.length === 0 ? [] : [
      samplesFold(samples, samplesInAll(claim, panels.experiments)),
      commandsFold(samples),
    ]),
  ];
  place.append(...parts.filter((part) => part !== null));
}

// The event does not bubble, but it can be caught on its way down.
addEventListener("toggle", ({ target }) => {
  if (!target.matches?.("details[name=claim][open]:not([data-filled])")) return;
  target.dataset.filled = "true";
  fillPanel(target.querySelector(".panel")).catch((error) => console.error(error));
}, true);
for (const details of document.querySelectorAll("details[name=claim][open]")) {
  details.dispatchEvent(new Event("toggle"));
}
