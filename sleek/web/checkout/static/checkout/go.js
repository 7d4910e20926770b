// Sends the form to the provider; not again when the payer comes back by the browser's own button.
"use strict";

const form = document.querySelector("form[data-go]");
const [arrival] = performance.getEntriesByType("navigation");
// A field of the provider's may be called "submit", too.
if (!arrival || arrival.type !== "back_forward") HTMLFormElement.prototype.submit.call(form);
