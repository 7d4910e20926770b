// Passkeys: a form marked data-passkey asks its address for a challenge, lets the browser sign it,
// and is sent with the answer. Where no script runs, its button stays hidden and other ways remain.

const toBytes = (text) => {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
};

const toText = (buffer) => {
  const binary = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
};

const withBytes = (list) => (list ?? []).map((one) => ({ ...one, id: toBytes(one.id) }));

// The server's options, with bytes where the browser wants bytes.
function readied(options) {
  const ready = { ...options, challenge: toBytes(options.challenge) };
  if (options.user) ready.user = { ...options.user, id: toBytes(options.user.id) };
  if (options.excludeCredentials) ready.excludeCredentials = withBytes(options.excludeCredentials);
  if (options.allowCredentials) ready.allowCredentials = withBytes(options.allowCredentials);
  return ready;
}

// What the browser signed, as text.
function told(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = toText(credential.response[name]);
  }
  return JSON.stringify({
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    response,
    clientExtensionResults: credential.getClientExtensionResults(),
  });
}

async function challenge(form) {
  const answer = await fetch(form.dataset.passkey, { method: "POST", body: new FormData(form), redirect: "manual" });
  if (!answer.ok) throw new TypeError("no challenge");
  return readied((await answer.json()).publicKey);
}

function say(form, what) {
  const note = form.querySelector("[data-passkey-said]");
  note.querySelector("[data-passkey-word]").textContent = note.dataset[what];
  note.hidden = false;
}

async function go(form) {
  form.querySelector("[data-passkey-said]").hidden = true;
  try {
    const publicKey = await challenge(form);
    const credential = "making" in form.dataset
      ? await navigator.credentials.create({ publicKey })
      : await navigator.credentials.get({ publicKey });
    form.querySelector("[name=credential], [name=proof]").value = told(credential);
    form.submit();
  } catch (error) {
    say(form, { InvalidStateError: "known", TypeError: "failed" }[error.name] ?? "refused");
  }
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const button = form.querySelector("[data-passkey-go]");
  if (!form.querySelector("[data-passkey-said]")) continue; // the page says why they are impossible
  if (!window.PublicKeyCredential) {
    say(form, "unable");
    continue;
  }
  button.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopPropagation();
    go(form);
  });
}
