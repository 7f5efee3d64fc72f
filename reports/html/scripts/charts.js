// Puts a live view in the place of each chart's picture, once a reader comes near it. Without this
// script the page is complete, only still.

/** The text that `packed` of html.ts packed. */
async function unpack(id) {
  const text = atob(document.getElementById(id).textContent);
  const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return await new Response(stream).text();
}

const pageData = unpack("packed-data").then(JSON.parse);

/** Vega runs once the first chart is drawn; on a site, where pages share it, it is there already. */
let vegaReady = null;
function loadVega() {
  if (typeof vega === "object") return Promise.resolve();
  return vegaReady ??= unpack("packed-vega").then((text) => {
    const script = document.createElement("script");
    script.textContent = text;
    document.head.append(script);
  });
}

const drawChart = async (figure) => {
  const { charts } = await pageData;
  await showLive(figure, compiled(charts[figure.id.slice("chart-".length)]));
};

/** The pages of a site leave it to their readers to compile a chart. */
function compiled(spec) {
  return spec.$schema.includes("/vega-lite/") ? vegaLite.compile(spec).spec : spec;
}

const nearby = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    nearby.unobserve(target);
    drawChart(target).catch((error) => console.error(`${target.id} stays a picture:`, error));
  }
}, { rootMargin: "600px" });

const figures = [...document.querySelectorAll("figure.chart[id]")];
figures.forEach((figure) => nearby.observe(figure));

async function showLive(figure, spec) {
  await loadVega();
  const container = document.createElement("div");
  const view = new vega.View(vega.parse(spec, null, { ast: true }), {
    expr: vegaExpressionInterpreter,
    renderer: "svg",
    container,
    hover: true,
    tooltip: showTooltip,
  });
  await view.runAsync();
  figure.replaceChildren(container);
  // What the picture says stands in its name; its parts would be read one by one.
  for (const part of container.querySelectorAll("[role], [aria-label], [aria-roledescription]")) {
    for (const name of ["role", "aria-label", "aria-roledescription"]) part.removeAttribute(name);
  }
  figure.dataset.live = "true";
}

const tooltip = document.body.appendChild(document.createElement("div"));
tooltip.className = "tooltip";
tooltip.hidden = true;

function showTooltip(_handler, event, _item, value) {
  tooltip.hidden = value === null || value === undefined || value === "";
  if (tooltip.hidden) return;
  const pairs = typeof value === "object" ? Object.entries(value) : [["", value]];
  tooltip.replaceChildren(...pairs.map(([name, text]) => {
    const line = document.createElement("div");
    line.append(Object.assign(document.createElement("b"), { textContent: name }), ` ${text}`);
    return line;
  }));
  const { width, height } = tooltip.getBoundingClientRect();
  const left = Math.min(event.clientX + 14, innerWidth - width - 8);
  const below = event.clientY + 18;
  tooltip.style.left = `${Math.max(8, left)}px`;
  tooltip.style.top = `${below + height > innerHeight ? event.clientY - height - 10 : below}px`;
}

// A printed page has no scrolling reader: what was not drawn yet is drawn before.
addEventListener("beforeprint", () => {
  for (const figure of figures) if (!figure.dataset.live) drawChart(figure).catch(() => {});
});
