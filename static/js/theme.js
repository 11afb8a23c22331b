// Light, dark or as the device says. Runs in the head, before anything is painted; the choice stays in this browser.
(() => {
  "use strict";
  const KEY = "sekisho-theme";
  const ORDER = ["auto", "light", "dark"];
  const root = document.documentElement;
  const device = window.matchMedia("(prefers-color-scheme: dark)");

  const chosen = () => {
    try {
      const value = localStorage.getItem(KEY);
      return ORDER.includes(value) ? value : "auto";
    } catch {
      return "auto"; // storage may be forbidden by the browser's settings
    }
  };
  const apply = () => {
    const choice = chosen();
    root.dataset.bsTheme = choice === "auto" ? (device.matches ? "dark" : "light") : choice;
    for (const button of document.querySelectorAll("[data-theme-toggle]")) {
      const label = button.dataset[`text${choice[0].toUpperCase()}${choice.slice(1)}`];
      button.hidden = false;
      button.title = label;
      button.setAttribute("aria-label", label);
      for (const icon of button.querySelectorAll("[data-theme-icon]")) icon.hidden = icon.dataset.themeIcon !== choice;
    }
    document.dispatchEvent(new CustomEvent("sekisho:theme"));
  };
  const next = () => {
    try {
      localStorage.setItem(KEY, ORDER[(ORDER.indexOf(chosen()) + 1) % ORDER.length]);
    } catch {
      return;
    }
    apply();
  };

  root.classList.add("has-js");
  apply();
  device.addEventListener("change", apply);
  window.addEventListener("storage", apply);
  document.addEventListener("DOMContentLoaded", () => {
    apply();
    for (const button of document.querySelectorAll("[data-theme-toggle]")) button.addEventListener("click", next);
  });
})();
