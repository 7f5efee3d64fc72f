// Opens the claim that a link names, and moves between the cells of a matrix by the keyboard.

const openClaim = () => document.querySelector("td.cell > details[open]");

function openLinkedClaim() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const details = target?.closest("details[name=claim]");
  if (!details) return;
  details.open = true;
  (target.closest("tr") ?? details).scrollIntoView({ block: "center" });
  details.querySelector("summary").focus({ preventScroll: true });
}

// The address names the claim that is open, so that it can be copied from there.
addEventListener("toggle", ({ target }) => {
  if (!target.matches?.("td.cell > details")) return;
  const hash = `#${target.querySelector(".panel").id}`;
  const isNamed = decodeURIComponent(location.hash) === hash;
  if (target.open && !isNamed) history.replaceState(null, "", hash);
  if (!target.open && isNamed) history.replaceState(null, "", location.pathname + location.search);
}, true);

addEventListener("hashchange", openLinkedClaim);
// The browser's own way to the target comes last, and does not know of the cell above the panel.
addEventListener("load", openLinkedClaim);
openLinkedClaim();

addEventListener("click", (event) => {
  const open = openClaim();
  if (open && event.target.isConnected && !open.contains(event.target)) open.open = false;
  // A link to the claim that the address already names changes nothing, and so opens nothing.
  if (event.target.closest?.("a[href^='#']")) setTimeout(openLinkedClaim);
});

function closeClaim() {
  const open = openClaim();
  if (!open) return;
  open.open = false;
  open.querySelector("summary").focus();
}

const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

const isShown = (element) => element.checkVisibility?.() ?? element.offsetParent !== null;

/** The next cell that is shown, from one cell of a matrix on; the rows go on in the next matrix. */
function nextCell(cell, [down, right]) {
  if (down === 0) {
    let next = cell;
    do next = right > 0 ? next.nextElementSibling : next.previousElementSibling; while (
      next && !(next.matches("td.cell") && isShown(next.querySelector("summary")))
    );
    return next;
  }
  const rows = [...document.querySelectorAll(".matrix > tbody > tr")].filter(isShown);
  const row = rows[rows.indexOf(cell.parentElement) + down];
  const cells = row ? [...row.querySelectorAll(":scope > td.cell")] : [];
  const wanted = cells[Math.min(cell.cellIndex - 1, cells.length - 1)];
  return [wanted, ...cells].find((one) => one && isShown(one.querySelector("summary")));
}

addEventListener("keydown", (event) => {
  if (event.key === "Escape") closeClaim();
  const summary = event.target.closest?.("td.cell > details > summary");
  const step = STEPS[event.key];
  if (!summary || !step || event.altKey || event.ctrlKey || event.metaKey) return;
  const next = nextCell(summary.closest("td"), step);
  if (!next) return;
  event.preventDefault();
  const open = openClaim();
  if (open) open.open = false;
  next.querySelector("summary").focus();
});
