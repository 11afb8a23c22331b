// Makes a drop zone of a plain upload form: files and folders by drag and drop, one request a file, a progress bar each.
(() => {
  "use strict";

  // A dropped folder is read to its end; the browser hands out its entries in portions, until an empty one.
  const readAll = async (reader) => {
    const found = [];
    for (;;) {
      const portion = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
      if (!portion.length) return found;
      found.push(...portion);
    }
  };
  const walk = async (entry, folder) => {
    const path = folder + entry.name;
    if (entry.isFile) return [{ file: await new Promise((resolve, reject) => entry.file(resolve, reject)), path }];
    const entries = await readAll(entry.createReader());
    const lists = [];
    for (const child of entries) lists.push(...(await walk(child, `${path}/`)));
    return lists;
  };
  const dropped = async (transfer) => {
    // The list dies with the event, so the entries are taken out before the first wait.
    const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
    if (!entries.length) return [...transfer.files].map((file) => ({ file, path: file.name }));
    const lists = [];
    for (const entry of entries) lists.push(...(await walk(entry, "")));
    return lists;
  };

  const send = (form, item, onProgress) => new Promise((resolve) => {
    const text = form.dataset;
    const body = new FormData(form);
    body.delete("files");
    body.append("paths", item.path);
    body.append("files", item.file, item.file.name);
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("X-CSRFToken", form.elements.csrfmiddlewaretoken.value);
    request.setRequestHeader("X-Requested-With", "XMLHttpRequest");
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (event) => event.lengthComputable && onProgress(event.loaded / event.total));
    request.addEventListener("error", () => resolve(text.textBroken));
    request.addEventListener("load", () => {
      let answer = null;
      try {
        answer = JSON.parse(request.responseText);
      } catch {
        // An error page or a log-in page instead of an answer: the reason below says what to do.
      }
      if (request.status < 400 && answer?.ok) resolve("");
      else resolve(answer?.error || (request.status === 413 ? text.textTooLarge : text.textRefused));
    });
    request.send(body);
  });

  const row = (form, item) => {
    const line = document.createElement("li");
    const name = document.createElement("span");
    const bar = document.createElement("progress");
    const state = document.createElement("span");
    name.textContent = item.path;
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", item.path);
    state.textContent = form.dataset.textWaiting;
    line.append(name, bar, state);
    const finish = (reason) => {
      bar.value = reason ? 0 : 1;
      state.className = reason ? "failed" : "done";
      state.textContent = reason ? form.dataset.textFailed : form.dataset.textDone;
      if (!reason) return;
      const why = document.createElement("p");
      why.className = "reason";
      why.textContent = reason;
      line.append(why);
    };
    const progress = (part) => {
      bar.value = part;
      state.textContent = form.dataset.textSending;
    };
    return { line, finish, progress };
  };

  const say = (form, key, numbers) => {
    const sentence = form.dataset[key].replace(/\{(\w+)\}/g, (_, name) => numbers[name]);
    form.querySelector(".dropzone-status").textContent = sentence;
  };

  const upload = async (form, items) => {
    const maximum = Number(form.dataset.maximum) || Infinity;
    const rows = items.map((item) => row(form, item));
    form.querySelector(".dropzone-files").replaceChildren(...rows.map((one) => one.line));
    const total = items.length;
    let failed = 0;
    for (const [index, item] of items.entries()) {
      say(form, "textProgress", { done: index - failed, total });
      const tooLarge = item.file.size > maximum;
      const reason = tooLarge ? form.dataset.textTooLarge : await send(form, item, rows[index].progress);
      rows[index].finish(reason);
      rows[index].line.scrollIntoView({ block: "nearest" });
      if (reason) failed += 1;
    }
    say(form, failed ? "textUnfinished" : "textFinished", { failed, total });
    return !failed;
  };

  const enhance = (form) => {
    let busy = false;
    const inputs = form.querySelectorAll("input[type=file]");
    const begin = async (items) => {
      if (busy || !items.length) return;
      busy = true;
      for (const input of inputs) input.disabled = true;
      const complete = await upload(form, items).finally(() => {
        busy = false;
        for (const input of inputs) {
          input.disabled = false;
          input.value = "";
        }
      });
      if (complete) window.location.reload();
    };
    const over = (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      form.classList.toggle("over", event.type !== "drop");
    };
    form.addEventListener("dragover", over);
    form.addEventListener("dragleave", (event) => form.contains(event.relatedTarget) || form.classList.remove("over"));
    form.addEventListener("drop", async (event) => {
      over(event);
      begin(await dropped(event.dataTransfer));
    });
    for (const input of inputs) {
      input.addEventListener("change", () => begin([...input.files].map((file) => ({ file, path: file.webkitRelativePath || file.name }))));
    }
    // A file that misses the zone would otherwise replace the page.
    window.addEventListener("dragover", (event) => event.preventDefault());
    window.addEventListener("drop", (event) => event.preventDefault());
    window.addEventListener("beforeunload", (event) => busy && event.preventDefault());
  };
  document.querySelectorAll("form[data-upload]").forEach(enhance);
})();
