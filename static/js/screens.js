// Tells the server when the page is left (G3). Where this never arrives, the log holds no closing.
(() => {
  "use strict";

  const { screen, screenClosed } = document.body.dataset;
  if (!screen || !navigator.sendBeacon) return;
  const token = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
  window.addEventListener("pagehide", () => {
    const told = new FormData();
    told.set("screen", screen);
    told.set("csrfmiddlewaretoken", token);
    navigator.sendBeacon(screenClosed, told);
  }, { once: true });
})();
