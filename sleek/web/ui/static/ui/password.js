// What a new password still lacks, while it is typed. The server decides by the same rule (merchants/rules.py).

const MIN_LENGTH = 8;
const PASSPHRASE_LENGTH = 15;
const PASSPHRASE_VARIETY = 5;

const KINDS = {
  upper: /[\p{Lu}\p{Lt}]/u,
  lower: /\p{Ll}/u,
  digit: /\p{Nd}/u,
  symbol: /[^\p{Lu}\p{Lt}\p{Ll}\p{Nd}]/u,
};

function meets(password, email) {
  const characters = [...password];
  const kinds = Object.entries(KINDS).map(([name, pattern]) => [name, pattern.test(password)]);
  const varied = new Set(characters).size >= PASSPHRASE_VARIETY;
  const name = email.split("@")[0].toLowerCase();
  return {
    ...Object.fromEntries(kinds),
    length: characters.length >= MIN_LENGTH,
    passphrase: characters.length >= PASSPHRASE_LENGTH && varied,
    unlike: password !== "" && (name.length < 4 || !password.toLowerCase().includes(name)),
  };
}

function level(met) {
  const kinds = Object.keys(KINDS).filter((name) => met[name]).length;
  if (met.passphrase) return met.unlike ? 5 : 4;
  if (!met.length) return Math.min(kinds, 2);
  return met.unlike ? kinds + 1 : Math.min(kinds + 1, 4);
}

function show(guide, met, typed) {
  const isSomething = typed !== "";
  guide.querySelector(".guide-meter").dataset.level = isSomething ? Math.max(level(met), 1) : 0;
  for (const item of guide.querySelectorAll("[data-need]")) {
    const need = item.dataset.need;
    const byPassphrase = met.passphrase && need in KINDS;
    item.classList.toggle("is-met", isSomething && (met[need] || byPassphrase));
  }
  const missing = [...guide.querySelectorAll("[data-need]:not(.is-met)")]
    .filter((item) => item.dataset.need !== "passphrase")
    .map((item) => item.textContent.trim());
  const word = guide.querySelector("[data-word]");
  if (!isSomething) word.textContent = word.dataset.rule;
  else if (missing.length) word.textContent = word.dataset.missing + missing.join(word.dataset.comma);
  else word.textContent = word.dataset.good;
}

function guide(input) {
  const guide = document.getElementById(`${input.id}_guide`);
  if (!guide) return;
  const email = input.form.querySelector("input[type=email]");
  const refresh = () => show(guide, meets(input.value, email?.value ?? guide.dataset.email ?? ""), input.value);
  guide.querySelector(".guide-live").hidden = false;
  input.addEventListener("input", refresh);
  email?.addEventListener("input", refresh);
  refresh();
}

function offerReveal(button) {
  const input = document.getElementById(button.getAttribute("aria-controls"));
  button.hidden = false;
  button.addEventListener("click", () => {
    const isShown = input.type === "text";
    input.type = isShown ? "password" : "text";
    button.setAttribute("aria-pressed", String(!isShown));
  });
}

document.querySelectorAll("input[data-guided]").forEach(guide);
document.querySelectorAll("button.reveal").forEach(offerReveal);
