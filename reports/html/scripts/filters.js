// Chooses which claims the matrices show: by verdict, paradigm, check, and the words of a search.

const filterForm = document.getElementById("filters");
const matching = document.getElementById("matching");
const searchField = document.getElementById("search");
const allClaims = [...document.querySelectorAll("details[name=claim]")];
const wordsOfClaim = new Map();

function wordsOf(details) {
  const known = wordsOfClaim.get(details);
  if (known !== undefined) return known;
  const headings = [
    details.closest("tr").querySelector("th"),
    details.closest("td").querySelector(".column"),
    details.closest("section").querySelector("h2, h3"),
  ].map((heading) => heading?.textContent ?? "");
  const words = [details.textContent, ...headings].join(" ").toLowerCase();
  wordsOfClaim.set(details, words);
  return words;
}

function chosen() {
  const checked = [...filterForm.querySelectorAll("input[type=checkbox]:checked")];
  return {
    verdicts: checked.map(({ value }) => value),
    paradigm: document.getElementById("paradigm").value,
    suite: document.getElementById("suite").value,
    words: searchField.value.toLowerCase().split(/\s+/).filter((word) => word !== ""),
  };
}

function matches(details, { verdicts, paradigm, suite, words }) {
  const { verdict, paradigm: own, suites } = details.dataset;
  return (verdicts.length === 0 || verdicts.includes(verdict)) &&
    (paradigm === "" || paradigm === own) &&
    (suite === "" || suites.split(" ").includes(suite)) &&
    words.every((word) => wordsOf(details).includes(word));
}

function applyFilters() {
  const wanted = chosen();
  const isFiltering = wanted.verdicts.length + wanted.words.length > 0 ||
    wanted.paradigm !== "" || wanted.suite !== "";
  let count = 0;
  for (const details of allClaims) {
    const shown = matches(details, wanted);
    if (shown) count++;
    details.closest("td").classList.toggle("left-out", !shown);
  }
  for (const row of document.querySelectorAll(".matrix > tbody > tr")) {
    row.hidden = row.querySelector("td.cell:not(.left-out)") === null;
  }
  for (const block of document.querySelectorAll("section.block, #facts")) {
    block.hidden = block.querySelector("tbody > tr:not([hidden])") === null;
  }
  document.querySelector(".contents").hidden = isFiltering;
  for (const tile of document.querySelectorAll("[data-choose]")) {
    const on = wanted.verdicts.includes(tile.dataset.choose);
    tile.querySelector("button")?.setAttribute("aria-pressed", String(on));
  }
  const none = count === 0 ? " – nothing matches 无匹配" : "";
  matching.textContent = isFiltering ? `${count} / ${allClaims.length}${none}` : "";
}

/** A count becomes a button that shows the claims which it counts. */
function makeChoosing(tile) {
  const button = document.createElement("button");
  button.type = "button";
  button.setAttribute("aria-pressed", "false");
  button.append(...tile.childNodes);
  tile.append(button);
  button.addEventListener("click", () => {
    const box = document.getElementById(`verdict-${tile.dataset.choose}`);
    const alone = !box.checked;
    for (const other of filterForm.querySelectorAll("input[type=checkbox]")) other.checked = false;
    box.checked = alone;
    applyFilters();
    if (alone) document.getElementById("matrices").scrollIntoView();
  });
}

document.querySelectorAll("[data-choose]").forEach(makeChoosing);
filterForm.hidden = false;
filterForm.addEventListener("input", applyFilters);
filterForm.addEventListener("submit", (event) => event.preventDefault());
filterForm.addEventListener("reset", () => setTimeout(applyFilters));
// A link leads to its claim also where the filters leave that out.
addEventListener("hashchange", () => {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target?.closest(".left-out, [hidden]")) return;
  filterForm.reset();
  // At once, so that the cell is there to be scrolled to.
  applyFilters();
});

addEventListener("keydown", (event) => {
  const isTyping = event.target.matches?.("input[type=search], select, textarea");
  if (event.key !== "/" || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  searchField.focus();
  searchField.select();
});
