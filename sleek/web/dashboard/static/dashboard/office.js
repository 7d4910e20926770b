// Comforts of the back office's lists and of its live overview.

// A choice in a filter takes effect at once, and the address carries only what is set.
document.addEventListener("change", (event) => {
  if (event.target.matches(".filters > label > select")) event.target.form.requestSubmit();
});

document.addEventListener("submit", (event) => {
  if (!event.target.matches(".filters")) return;
  for (const field of event.target.querySelectorAll("input, select")) {
    if (!field.value) field.disabled = true;
  }
});

// Coming back by the browser's own button must find the fields alive again.
addEventListener("pageshow", () => {
  for (const field of document.querySelectorAll(".filters :disabled")) field.disabled = false;
});

// News replaces the overview's figures; what the reader had unfolded stays unfolded.
let unfolded = [];

document.addEventListener("htmx:beforeSwap", (event) => {
  unfolded = [...event.target.querySelectorAll("details[open][id]")].map((fold) => fold.id);
});

document.addEventListener("htmx:afterSwap", () => {
  for (const id of unfolded.splice(0)) {
    const fold = document.getElementById(id);
    if (fold) fold.open = true;
  }
});
