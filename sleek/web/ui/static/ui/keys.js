// The keyboard of the back office: `/` search, `n` new, `j` and `k` rows, `g` and a letter to go somewhere.
// Pages mark their elements: data-key="n" on what a key should open or focus, class row-link on the rows' links.

const GO = { o: "overview", l: "link-index", b: "bill-index", p: "payment-index", w: "wallet-index", c: "customer-index", s: "settings-edit" };
let going = false;

function isTyping(element) {
  return element.closest("input, textarea, select, [contenteditable]") !== null;
}

function moveRow(step) {
  const rows = [...document.querySelectorAll("a.row-link")];
  if (!rows.length) return;
  const here = rows.indexOf(document.activeElement);
  rows[Math.min(Math.max(here + step, 0), rows.length - 1)].focus();
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
  else {
    // The page's own field stands after the one in the bar above, and goes before it.
    const target = [...document.querySelectorAll(`[data-key="${CSS.escape(event.key)}"]`)].at(-1);
    if (!target) return;
    event.preventDefault();
    if (target.matches("input, textarea, select")) target.focus();
    else target.click();
  }
});
