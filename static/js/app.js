// Small comforts on every page. Each page also works when this file never arrives.
(() => {
  "use strict";

  // Menus close like menus: by Escape, by a click elsewhere, when another one opens.
  const openMenus = () => document.querySelectorAll("details.menu[open]");
  document.addEventListener("click", (event) => {
    for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of openMenus()) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
  document.addEventListener("focusin", (event) => {
    for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
  });

  // Typed confirmation: the button waits for the word. The server checks it again.
  for (const form of document.querySelectorAll("form[data-confirm-word]")) {
    const input = form.querySelector(".confirm-word");
    const button = form.querySelector("button[type=submit]");
    const check = () => { button.disabled = input.value.trim() !== form.dataset.confirmWord; };
    input.addEventListener("input", check);
    check();
  }

  // One box for all boxes of that name on the page; without this script it stays hidden.
  for (const box of document.querySelectorAll("input[data-check-all]")) {
    box.hidden = false;
    box.addEventListener("change", () => {
      for (const other of box.form.querySelectorAll(`input[name="${box.dataset.checkAll}"]`)) other.checked = box.checked;
    });
  }

  // A value to hand on: the first click selects it, the button copies it.
  for (const input of document.querySelectorAll("input[data-select-all]")) {
    input.addEventListener("focus", () => input.select());
  }
  for (const button of document.querySelectorAll("button[data-copy]")) {
    if (!navigator.clipboard) break; // only pages that came over TLS may
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).value);
      button.querySelector("span").textContent = button.dataset.textCopied;
    });
  }

  // A double click sends a form once. Not for ever: the answer may be a download that leaves the page as it is.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "true";
    setTimeout(() => { delete form.dataset.sent; }, 3000);
  });

  // Partial updates that fail say so; a page that only stops responding would look broken.
  const messages = document.getElementById("messages");
  const report = (text) => {
    const alert = document.createElement("div");
    const words = document.createElement("div");
    alert.className = "alert alert-danger";
    words.className = "alert-text";
    words.textContent = text;
    alert.append(words);
    messages.replaceChildren(alert);
    messages.scrollIntoView({ block: "nearest" });
  };
  if (messages) {
    document.addEventListener("htmx:responseError", () => report(messages.dataset.textFailed));
    document.addEventListener("htmx:sendError", () => report(messages.dataset.textOffline));
  }
})();
