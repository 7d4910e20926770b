// Comforts of making and sharing links. Everything works without this file.

// Handing the address to whatever apps the device has.
for (const button of document.querySelectorAll("button[data-share-url]")) {
  if (!navigator.share) break;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const { shareTitle: title, shareText: text, shareUrl: url } = button.dataset;
    try {
      await navigator.share({ title, text, url });
    } catch {
      // Closed without choosing an app: nothing was sent, and nothing need be said.
    }
  });
}

for (const select of document.querySelectorAll("select[data-submits]")) {
  select.addEventListener("change", () => select.form.requestSubmit());
}

// A fresh preview waits behind the old one until it is drawn, so that typing never flickers.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target.id !== "sketch") return;
  const old = document.querySelector("#sketch iframe");
  const text = new DOMParser().parseFromString(event.detail.serverResponse, "text/html");
  const fresh = text.querySelector("#sketch iframe");
  if (!old || !fresh) return;
  for (const part of text.querySelectorAll("[hx-swap-oob]")) document.getElementById(part.id)?.replaceWith(part);
  for (const note of document.querySelectorAll("#sketch > .note, #sketch > p, #sketch > table")) note.remove();
  for (const note of text.querySelectorAll("#sketch > .note, #sketch > p, #sketch > table")) document.getElementById("sketch").append(note);
  event.detail.shouldSwap = false;
  if (old.getAttribute("src") !== fresh.getAttribute("src")) draw(old, fresh.getAttribute("src"));
});

function draw(old, src) {
  for (const late of document.querySelectorAll("#sketch iframe.phone-next")) late.remove();
  const next = old.cloneNode();
  next.classList.add("phone-next");
  next.loading = "eager";
  next.style.position = "absolute";
  next.style.visibility = "hidden";
  next.src = src;
  next.addEventListener("load", () => {
    if (!next.isConnected) return;
    next.classList.remove("phone-next");
    next.removeAttribute("style");
    old.remove();
  });
  old.after(next);
}

// Pictures that have just been kept belong on the preview.
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id === "pictures") event.target.closest("form").dispatchEvent(new Event("change"));
});

// The counter's keys, for tablets without a keyboard.
const amount = document.querySelector(".counter-amount");
for (const pad of document.querySelectorAll(".keypad")) {
  pad.hidden = false;
  if (matchMedia("(pointer: coarse)").matches) amount.inputMode = "none";
  pad.addEventListener("click", (event) => {
    const key = event.target.closest("[data-digit]")?.dataset.digit;
    if (!key) return;
    amount.value = key === "back" ? amount.value.slice(0, -1) : amount.value + key;
    amount.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

for (const button of document.querySelectorAll("button[data-prints]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

// How long a code at the counter is still good.
setInterval(() => {
  const line = document.querySelector("[data-ends]");
  if (!line) return;
  const left = Math.max(0, Math.round((new Date(line.dataset.ends) - Date.now()) / 1000));
  const time = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  line.textContent = line.dataset.left.replace("{time}", time);
}, 500);
