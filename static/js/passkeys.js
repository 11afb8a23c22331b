// Forms under data-passkey: asks the server for a challenge, the device for its answer, and sends the form with it.
(() => {
  "use strict";

  const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const named = (list) => (list ?? []).map((entry) => ({ ...entry, id: bytes(entry.id) }));
  const written = (credential, response) => JSON.stringify({
    id: credential.id, rawId: text(credential.rawId), type: credential.type,
    response: { clientDataJSON: text(credential.response.clientDataJSON), ...response },
  });

  const ceremonies = {
    create: async (options) => {
      const made = await navigator.credentials.create({ publicKey: {
        ...options, challenge: bytes(options.challenge), user: { ...options.user, id: bytes(options.user.id) },
        excludeCredentials: named(options.excludeCredentials),
      } });
      const { response } = made;
      return written(made, { attestationObject: text(response.attestationObject), transports: response.getTransports?.() ?? [] });
    },
    get: async (options) => {
      const used = await navigator.credentials.get({ publicKey: {
        ...options, challenge: bytes(options.challenge), allowCredentials: named(options.allowCredentials),
      } });
      const { authenticatorData, signature, userHandle } = used.response;
      const answer = { authenticatorData: text(authenticatorData), signature: text(signature) };
      return written(used, userHandle?.byteLength ? { ...answer, userHandle: text(userHandle) } : answer);
    },
  };
  // What went wrong, by the name that browsers give it.
  const reasons = { NotAllowedError: "textCancelled", AbortError: "textCancelled", InvalidStateError: "textKnown", SecurityError: "textAddress" };

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const button = form.querySelector("button[type=submit]");
    const message = form.querySelector("[data-passkey-message]");
    const say = (words) => {
      message.textContent = words;
      message.hidden = !words;
    };
    button.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (!window.PublicKeyCredential) {
        say(location.origin === form.dataset.origin ? form.dataset.textUnsupported : form.dataset.textAddress);
        return;
      }
      button.disabled = true;
      say("");
      try {
        const headers = { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value, Accept: "application/json" };
        const asked = await fetch(form.dataset.options, { method: "POST", headers });
        if (asked.redirected) { // something else comes first: to log in, or to confirm who it is
          location.assign(asked.url);
          return;
        }
        const options = await asked.json();
        if (options.error) {
          say(options.error);
        } else {
          form.elements.answer.value = await ceremonies[form.dataset.passkey](options);
          form.submit();
        }
      } catch (error) {
        say(form.dataset[reasons[error.name] ?? "textFailed"]);
      } finally {
        button.disabled = false;
      }
    });
  }
})();
