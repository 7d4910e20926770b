// Solves a form's puzzle, or sends it again after a while; else a mailed code or the button does.
"use strict";

const form = document.querySelector("form[data-seed], form[data-again]");
if (form.dataset.again) {
  form.querySelector("[role=status]").hidden = false;
  setTimeout(() => form.submit(), form.dataset.again * 1000);
} else solve();

async function solve() {
  const { seed, bits, parts } = form.dataset;
  const bar = form.querySelector("progress");
  const found = [];
  bar.hidden = false;
  for (let number = 0, rest = Date.now(); found.length < parts; number++) {
    if (head(`${seed}.${found.length}.${number}`) >>> (32 - bits) === 0) {
      bar.value = found.push(number);
      number = -1;
    }
    // The page stays alive under the fingers.
    if (Date.now() - rest > 24) {
      await new Promise((go) => setTimeout(go));
      rest = Date.now();
    }
  }
  form.elements.guard_answer.value = found.join(".");
  form.submit();
}

function turn(x, by) {
  return (x >>> by) | (x << (32 - by));
}

// The first 32 bits of the SHA-256 of at most 55 letters: one block.
function head(text) {
  const [K, I, W] = (head.made ??= make());
  W.fill(0, 0, 15);
  W[15] = text.length * 8;
  for (let i = 0; i <= text.length; i++) W[i >> 2] |= (text.charCodeAt(i) || 128) << (24 - (i % 4) * 8);
  let a = I[0], b = I[1], c = I[2], d = I[3], e = I[4], f = I[5], g = I[6], h = I[7];
  for (let i = 0; i < 64; i++) {
    if (i > 15) {
      const x = W[i - 15], y = W[i - 2];
      W[i] = W[i - 16] + W[i - 7] + (turn(x, 7) ^ turn(x, 18) ^ (x >>> 3)) + (turn(y, 17) ^ turn(y, 19) ^ (y >>> 10));
    }
    const s = h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + K[i] + W[i];
    const t = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    h = g; g = f; f = e; e = (d + s) | 0; d = c; c = b; b = a; a = (s + t) | 0;
  }
  return (a + I[0]) >>> 0;
}

// The standard's constants: roots of the first primes.
function make() {
  const primes = [];
  for (let n = 2; primes.length < 64; n++) if (primes.every((p) => n % p)) primes.push(n);
  const roots = (power) => primes.map((p) => (p ** power * 2 ** 32) | 0);
  return [roots(1 / 3), roots(1 / 2).slice(0, 8), new Int32Array(64)];
}
