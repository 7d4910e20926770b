// Comforts of the bill's editor. Everything works without this file.

const form = document.getElementById("bill");

// Enter goes to the same field of the next row, and makes that row where there is none.
form?.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing || !event.target.matches("input")) return;
  event.preventDefault();
  const row = event.target.closest("[data-row]");
  if (!row) return;
  const next = row.nextElementSibling?.matches("[data-row]") ? row.nextElementSibling : null;
  if (!next) {
    row.closest("section, details").querySelector("[data-adds]")?.click();
    return;
  }
  const field = event.target.name.split("-").at(-1);
  const target = next.querySelector(`[name$="-${field}"]`);
  target?.focus();
  target?.select?.();
});

// Rows that have come or gone are on the paper, too. (The figures that come with a paper are not.)
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.matches("#payer, #lines, #terms, #documents")) form.dispatchEvent(new Event("moved"));
});

// Choosing stages gives two of them to begin with.
form?.addEventListener("change", (event) => {
  if (event.target.name !== "split" || !event.target.value) return;
  const count = form.querySelector('[name="stage-count"]');
  if (count.value === "0") form.querySelector('[value="stage:add"]').click();
});

// The list of customers goes away when one looks elsewhere, or by Escape.
function close(event) {
  const list = document.querySelector(".bill-matches:not([hidden])");
  const leaves = event.type === "keydown" ? event.key === "Escape" : !event.target.closest(".bill-finder");
  if (list && leaves) list.hidden = true;
}
for (const kind of ["click", "focusin", "keydown"]) document.addEventListener(kind, close);

// Ticking all rows of the list, and saying how many are ticked.
const bulk = document.querySelector("[data-bulk]");

function tell() {
  const picked = document.querySelectorAll('[name="pick"]:checked').length;
  const whole = bulk.querySelector("[data-whole]");
  if (whole && picked === 0) whole.checked = false;
  bulk.hidden = picked === 0;
  bulk.querySelector("[data-picked]").textContent = whole?.checked ? bulk.querySelector('[name="seen"]').value : picked;
}

if (bulk) {
  bulk.hidden = true;
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-all]")) {
      for (const box of document.querySelectorAll('[name="pick"]')) box.checked = event.target.checked;
    }
    if (event.target.matches('[data-all], [data-whole], [name="pick"]')) tell();
  });
  addEventListener("pageshow", tell);
}

for (const select of document.querySelectorAll("select[data-submits]")) {
  select.addEventListener("change", () => select.form.requestSubmit());
}
