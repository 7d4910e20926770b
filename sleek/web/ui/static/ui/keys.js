// The keyboard of the back office: `/` search, `n` new, `j` and `k` or the arrows rows, `x` ticks one, `g` and a letter
// to go somewhere, `?` tells all this.
// Pages mark their elements: data-key="n" on what a key should open or focus, class row-link on the rows' links.

const GO = { o: "overview", l: "link-index", b: "bill-index", p: "payment-index", w: "wallet-index", c: "customer-index", s: "settings-edit" };
const ARROWS = { ArrowDown: 1, ArrowUp: -1 };
let going = false;

function isTyping(element) {
  return element.closest("input:not([type=checkbox]), textarea, select, [contenteditable]") !== null;
}

function moveRow(step) {
  const rows = [...document.querySelectorAll("a.row-link")];
  if (!rows.length) return;
  const here = rows.indexOf(rowLink());
  rows[Math.min(Math.max(here + step, 0), rows.length - 1)].focus();
}

// The row in which one is: by its link, or by its box.
function rowLink() {
  return document.activeElement.closest("tr")?.querySelector("a.row-link") ?? document.activeElement;
}

function tick() {
  const box = document.activeElement.closest("tr")?.querySelector('input[name="pick"]');
  box?.click();
  return Boolean(box);
}

const help = document.getElementById("keys");

for (const button of document.querySelectorAll("[data-opens-keys]")) {
  button.hidden = false;
  button.addEventListener("click", () => help.showModal());
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (going) {
    going = false;
    document.querySelector(`[data-go="${GO[event.key]}"]`)?.click();
    return;
  }
  if (event.key === "g") going = true;
  else if (event.key === "j") moveRow(1);
  else if (event.key === "k") moveRow(-1);
  else if (event.key === "?" && !help.open) help.showModal();
  else if (event.key === "x" && tick()) event.preventDefault();
  else if (ARROWS[event.key] && rowLink().matches("a.row-link")) {
    event.preventDefault();
    moveRow(ARROWS[event.key]);
  } else {
    // The page's own field stands after the one in the bar above, and goes before it.
    const target = [...document.querySelectorAll(`[data-key="${CSS.escape(event.key)}"]`)].at(-1);
    if (!target) return;
    event.preventDefault();
    if (target.matches("input, textarea, select")) target.focus();
    else target.click();
  }
});
