// Comforts of every page. Each one only adds to what already works without a script.

// Copy buttons: shown only where copying can work.
function offerCopying(root) {
  if (!navigator.clipboard) return;
  for (const button of root.querySelectorAll("button[data-copy][hidden]")) button.hidden = false;
}

async function copy(button) {
  await navigator.clipboard.writeText(button.dataset.copy);
  const word = button.querySelector("[data-copy-word]");
  if (!word || button.dataset.label) return;
  button.dataset.label = word.textContent;
  word.textContent = button.dataset.copied;
  setTimeout(() => {
    word.textContent = button.dataset.label;
    delete button.dataset.label;
  }, 2000);
}

// The theme changes at once; the form's own answer (a reload) is for browsers without a script.
async function changeTheme(form, value) {
  const root = document.documentElement;
  if (value) root.dataset.theme = value;
  else delete root.dataset.theme;
  for (const choice of form.querySelectorAll("button")) {
    choice.setAttribute("aria-pressed", String(choice.value === value));
  }
  const body = new FormData(form);
  body.set("theme", value);
  await fetch(form.action, { method: "POST", body, redirect: "manual" });
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-copy]");
  if (button) copy(button);
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("submit", (event) => {
  if (event.target.matches("[data-theme-form]") && event.submitter) {
    event.preventDefault();
    changeTheme(event.target, event.submitter.value);
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// A complaint goes away as soon as its field is being put right.
document.addEventListener("input", (event) => {
  const field = event.target.closest(".field");
  if (!field || !event.target.hasAttribute("aria-invalid")) return;
  event.target.removeAttribute("aria-invalid");
  for (const error of field.querySelectorAll(".field-error")) error.remove();
});

// A toast that went well leaves by itself; bad news stays.
function dismissToasts() {
  for (const toast of document.querySelectorAll("#toasts .toast-good:not([data-leaving])")) {
    toast.dataset.leaving = "";
    setTimeout(() => toast.remove(), 6000);
  }
}

new MutationObserver(dismissToasts).observe(document.getElementById("toasts"), { childList: true });
document.addEventListener("htmx:afterSettle", (event) => offerCopying(event.target));
offerCopying(document);
dismissToasts();

// On a phone the settings' tabs are one long row: the current one is brought into sight.
document
  .querySelector(".area-tab[aria-current]")
  ?.scrollIntoView({ block: "nearest", inline: "center" });

// A form says for which workspace its page was made: another tab may have switched meanwhile.
document.addEventListener("submit", (event) => {
  const form = event.target;
  const workspace = document.querySelector("[data-workspace]")?.dataset.workspace;
  if (!workspace || form.method !== "post" || form.matches("[data-any-workspace]")) return;
  if (form.elements.workspace) return;
  const field = document.createElement("input");
  Object.assign(field, { type: "hidden", name: "workspace", value: workspace });
  form.append(field);
});

// A form that acts is sent once, however often its button is pressed.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-once]")) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
});

// A page that comes back from the browser's memory may be sent again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("[data-sent]")) delete form.dataset.sent;
});

// A button that has to cool down says for how long. The server insists on it too.
for (const button of document.querySelectorAll("[data-cool-down]")) {
  const word = button.querySelector("[data-word]");
  const text = word.textContent;
  let left = Number(button.dataset.coolDown);
  button.disabled = true;
  const tick = () => {
    if (left > 0) word.textContent = button.dataset.wait.replace("{seconds}", left--);
    else {
      word.textContent = text;
      button.disabled = false;
      clearInterval(timer);
    }
  };
  const timer = setInterval(tick, 1000);
  tick();
}
