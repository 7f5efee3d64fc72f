// Puts a live view in the place of each chart's picture, and opens the claim that a link names.
// Without this script the page is complete, only still.

const specs = JSON.parse(document.getElementById("charts").textContent);
const views = Object.entries(specs).map(([name, spec]) =>
  showLive(document.getElementById(`chart-${name}`), spec).catch((error) => {
    console.error(`The chart ${name} stays a picture:`, error);
  })
);

async function showLive(figure, spec) {
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

const openClaim = () => document.querySelector("td.cell details[open]");

function openLinkedClaim() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const details = target?.closest("details");
  if (!details) return;
  details.open = true;
  (target.closest("tr") ?? details).scrollIntoView({ block: "center" });
}

addEventListener("hashchange", openLinkedClaim);
openLinkedClaim();
// A live view may be taller or lower than its picture, which moves what lies below it.
Promise.all(views).then(openLinkedClaim);

addEventListener("click", (event) => {
  const open = openClaim();
  if (open && !open.contains(event.target)) open.open = false;
  // A link to the claim that the address already names changes nothing, and so opens nothing.
  if (event.target.closest?.("a[href^='#']")) setTimeout(openLinkedClaim);
});

addEventListener("keydown", (event) => {
  const open = event.key === "Escape" ? openClaim() : null;
  if (!open) return;
  open.open = false;
  open.querySelector("summary").focus();
});
