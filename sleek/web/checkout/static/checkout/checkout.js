// Comforts: a form is sent once, what is wrong is said while typing, totals follow the choice, and the page follows
// its payment. Everything works without this file.
"use strict";

const all = (selector, within = document) => within.querySelectorAll(selector);

function prepare(within) {
  for (const form of all("form[data-once]", within)) {
    once(form);
    watch(form);
  }
  hours(within);
  copies(within);
  onward(within.querySelector("[data-onward]"));
}

function once(form) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "yes";
    const button = form.querySelector(".button");
    button.setAttribute("aria-busy", "true");
    button.dataset.idle = button.textContent;
    button.textContent = button.dataset.busy;
  });
}

// Back from the provider by the browser's own button: the form may be sent again.
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll("form[data-sent]")) {
    const button = form.querySelector(".button");
    delete form.dataset.sent;
    button.removeAttribute("aria-busy");
    button.textContent = button.dataset.idle;
  }
});

// What a bank's form asks for is copied by a touch, where copying works.
function copies(part) {
  if (!navigator.clipboard) return;
  for (const button of all("[data-copy]", part)) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copy);
      document.getElementById("spoken").textContent = button.dataset.copied;
      const word = button.querySelector("[data-copy-word]");
      if (word) word.textContent = button.dataset.copied;
      button.dataset.done = "";
    });
  }
}

// Hours are written in the payee's zone; here the payer's own is known.
function hours(part) {
  for (const time of all("time[data-hour]", part))
    time.textContent = new Date(time.dateTime).toLocaleTimeString(document.documentElement.lang, {
      hour: "numeric",
      minute: "2-digit",
    });
}

// A field says what is wrong with it once it is left, and that it is right as soon as it is.
function watch(form) {
  const fields = [...all("[data-missing]", form)];
  form.noValidate = true;
  for (const field of fields) {
    const error = document.getElementById(field.id + "-error") || document.getElementById(field.id + "_error") ||
      document.getElementById("terms-error");
    if (!error) continue;
    field.setAttribute("aria-describedby", (field.getAttribute("aria-describedby") || error.id));
    const look = () => {
      const text = trouble(field);
      error.textContent = text;
      text ? field.setAttribute("aria-invalid", "true") : field.removeAttribute("aria-invalid");
      return text;
    };
    field.look = look;
    field.addEventListener("change", look);
    field.addEventListener("input", () => field.hasAttribute("aria-invalid") && look());
  }
  // In the capture phase: before the form counts as sent.
  form.addEventListener("submit", (event) => {
    if (event.submitter && event.submitter.formNoValidate) return;
    const wrong = fields.filter((field) => field.look && field.look());
    if (!wrong.length) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    wrong[0].focus();
  }, true);
}

function trouble(field) {
  const state = field.validity;
  if (state.valueMissing) return field.dataset.missing;
  const minor = chosen(field);
  if (minor > field.dataset.high * (field.dataset.price || 1)) return field.dataset.above;
  if (minor && minor < field.dataset.low) return field.dataset.below;
  return state.valid ? "" : field.dataset.wrong || field.dataset.missing;
}

// What an amount or a quantity comes to in minor units; 0 where only the server can tell.
function chosen(field) {
  const typed = field.value.replace(/\s/g, "");
  if ("quantity" in field.dataset) return /^\d{1,6}$/.test(typed) ? typed * field.dataset.price : 0;
  if (!("amount" in field.dataset) || !/^\d+(?:[.,]\d{0,2})?$/.test(typed)) return 0;
  return Math.round(typed.replace(",", ".") * 10 ** field.form.dataset.digits);
}

// What is to be paid follows the choice. The server has the last word, and only the server.
function total() {
  const place = document.querySelector("[data-total]");
  const amount = document.querySelector("[data-amount]"), quantity = document.querySelector("[data-quantity]");
  if (!place || !(amount || quantity)) return;
  const { digits, decimal, group, currency } = document.querySelector("form.methods").dataset;
  const button = document.querySelector("form.methods > .button");

  const written = (minor, places = +digits) => {
    const [whole, part] = (minor / 10 ** places).toFixed(places).split(".");
    return whole.replace(/\B(?=(\d{3})+$)/g, group) + (part ? decimal + part : "");
  };
  const field = amount || quantity;
  const show = () => {
    const minor = chosen(field);
    if (!minor || trouble(field)) return;
    const text = written(minor) + "\u00a0" + currency;
    place.textContent = text;
    button.textContent = button.dataset.pay.replace("%s", text);
    const shown = document.querySelector("[name=shown]");
    if (shown) shown.value = minor;
    const estimate = document.querySelector("[data-estimate]");
    if (!estimate) return;
    const { per, sample, places } = estimate.dataset;
    estimate.hidden = false;
    estimate.querySelector("span").textContent =
      written(Math.round((minor * per) / sample), +places) + "\u00a0" + estimate.dataset.currency;
  };
  field.addEventListener("input", show);
  for (const step of all("[name=step]"))
    step.addEventListener("click", (event) => {
      event.preventDefault();
      const now = (parseInt(quantity.value, 10) || 1) + (step.value === "more" ? 1 : -1);
      quantity.value = Math.min(Math.max(now, 1), quantity.dataset.high);
      if (quantity.look) quantity.look();
      show();
    });
}

// The button names the sum of the part of a bill that is chosen.
function part() {
  const button = document.querySelector("form.methods > .button"), plain = button && button.textContent;
  const show = () => {
    const sum = document.querySelector("[name=what]:checked ~ .sum");
    button.textContent = sum ? button.dataset.pay.replace("%s", sum.textContent) : plain;
  };
  for (const choice of all("[name=what][type=radio]")) choice.addEventListener("change", show);
  if (document.querySelector("[name=what][type=radio]")) show();
}

// After paying, on to the payee's own site, unless the payer would rather stay.
const ONWARD_MS = 5000;
let leaving = 0;

function onward(place) {
  if (!place || leaving) return;
  const note = place.querySelector("p");
  note.hidden = false;
  leaving = setTimeout(() => location.assign(place.querySelector("a").href), ONWARD_MS);
  note.querySelector("button").addEventListener("click", () => {
    clearTimeout(leaving);
    note.hidden = true;
  });
}

prepare(document);
total();
part();

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
  prepare(live);
  const heading = live.querySelector("h2");
  document.getElementById("spoken").textContent = heading ? heading.textContent : "";
  if (had && heading) {
    heading.tabIndex = -1;
    heading.focus();
  }
  pause = FIRST_MS;
}
