// Two comforts: a form is sent once, and the page follows its payment. Everything works without this file.
"use strict";

for (const form of document.querySelectorAll("form[data-once]")) once(form);

function once(form) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "yes";
    const button = form.querySelector("button");
    button.setAttribute("aria-busy", "true");
    button.dataset.idle = button.textContent;
    button.textContent = button.dataset.busy;
  });
}

// Back from the provider by the browser's own button: the form may be sent again.
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll("form[data-sent]")) {
    const button = form.querySelector("button");
    delete form.dataset.sent;
    button.removeAttribute("aria-busy");
    button.textContent = button.dataset.idle;
  }
});

// Hours are written in the payee's zone; here the payer's own is known.
function hours(part) {
  for (const time of part.querySelectorAll("time[data-hour]"))
    time.textContent = new Date(time.dateTime).toLocaleTimeString(document.documentElement.lang, {
      hour: "2-digit",
      minute: "2-digit",
    });
}

hours(document);

const live = document.getElementById("live");
const FIRST_MS = 2000, SLOWEST_MS = 15000, PATIENCE_MS = 3600000;
const began = Date.now();
let pause = FIRST_MS, timer = 0, asking = false;

if (live) {
  plan();
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return clearTimeout(timer);
    pause = FIRST_MS;
    ask();
  });
}

function plan() {
  clearTimeout(timer);
  const panel = live.firstElementChild;
  if (document.hidden || "final" in panel.dataset || Date.now() - began > PATIENCE_MS) return;
  timer = setTimeout(ask, pause);
  pause = Math.min(pause * 1.1, SLOWEST_MS);
}

async function ask() {
  if (asking || "final" in live.firstElementChild.dataset) return;
  asking = true;
  try {
    const answer = await fetch(live.dataset.url, {
      cache: "no-store",
      headers: { "If-None-Match": live.firstElementChild.dataset.tag },
    });
    if (answer.status === 200) show(await answer.text());
  } catch {
    pause = SLOWEST_MS; // no network: the next round finds it, or the one after
  } finally {
    asking = false;
    plan();
  }
}

function show(text) {
  // A form that has been sent is on its way to another page; it must not vanish under the click.
  if (live.querySelector("form[data-sent]")) return;
  const had = live.contains(document.activeElement);
  live.innerHTML = text;
  hours(live);
  for (const form of live.querySelectorAll("form[data-once]")) once(form);
  const heading = live.querySelector("h2");
  document.getElementById("spoken").textContent = heading ? heading.textContent : "";
  if (had && heading) {
    heading.tabIndex = -1;
    heading.focus();
  }
  pause = FIRST_MS;
}
