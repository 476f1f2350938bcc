// What a page does beyond links and forms; without it every page still says everything.
"use strict";
const root = document.documentElement;
const kept = () => { try { return localStorage.getItem("wirecopy-theme"); } catch { return null; } };
if (kept()) root.dataset.theme = kept();

// Light or dark: a button, remembered where the browser lets us.
const theme = document.querySelector(".theme");
if (theme) {
  theme.hidden = false;
  theme.addEventListener("click", () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    try { localStorage.setItem("wirecopy-theme", root.dataset.theme); } catch { /* for this page alone, then */ }
  });
}

// "/" goes to the search, as on many sites; any element with data-key answers to its key.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const target = [...document.querySelectorAll("[data-key]")].find((one) => one.dataset.key === event.key);
  if (!target) return;
  event.preventDefault();
  if (target.matches("input, textarea")) target.focus(); else target.click();
});

// A comparison without the passages that are the same.
const fold = document.querySelector(".fold");
if (fold) {
  fold.hidden = false;
  fold.addEventListener("click", () => {
    const on = document.querySelector(".passages").classList.toggle("folded");
    fold.setAttribute("aria-pressed", String(on));
  });
}

// On a phone the filters are folded away while none is in use.
const more = document.querySelector(".more");
if (more && !more.dataset.asked && matchMedia("(max-width: 46rem)").matches) more.open = false;

// Filters that say nothing do not belong into the address.
for (const form of document.querySelectorAll("form.filters, form.find")) {
  form.addEventListener("submit", () => {
    for (const field of form.elements) if (field.name && !field.value) field.disabled = true;
    setTimeout(() => { for (const field of form.elements) field.disabled = false; });
  });
}

// The editor runs on Ctrl+Enter, as editors do.
for (const editor of document.querySelectorAll("[data-run]")) {
  document.querySelector(".keys").hidden = false;
  editor.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    editor.form.requestSubmit();
  });
}
