// Calls WeChat from a page shown inside it. Its answer decides nothing: the server asks WeChat Pay.
"use strict";

const BRIDGE_MS = 4000; // as long WeChat may take to offer its bridge to a page

function bridge(done) {
  if (window.WeixinJSBridge) return done(true);
  let answered = false;
  const once = (is) => answered || ((answered = true), done(is));
  document.addEventListener("WeixinJSBridgeReady", () => once(true), { once: true });
  setTimeout(() => once(Boolean(window.WeixinJSBridge)), BRIDGE_MS);
}

function say(place, word) {
  for (const note of place.querySelectorAll("[data-said]")) note.hidden = note.dataset.said !== word;
}

function call(place) {
  say(place, "");
  bridge((is) => {
    if (!is) return say(place, "missing");
    window.WeixinJSBridge.invoke("getBrandWCPayRequest", JSON.parse(place.dataset.call), (answer) => {
      const word = String(answer.err_msg).split(":")[1];
      if (word === "ok") return location.assign(place.dataset.back);
      say(place, word === "cancel" ? "closed" : "failed");
    });
  });
}

// The panel may be drawn anew at any time, so the page listens, not the button.
document.addEventListener("click", (event) => {
  const place = event.target.closest("[data-open]") && event.target.closest("[data-call]");
  if (place) call(place);
});

// By itself once for each try; who comes back to the page decides alone.
const first = document.querySelector("[data-call]");
if (first) {
  const mark = "called " + first.dataset.attempt;
  let isNew = true;
  try {
    isNew = !sessionStorage.getItem(mark);
    sessionStorage.setItem(mark, "yes");
  } catch {
    // no memory: then each time the page is opened
  }
  if (isNew) call(first);
}
