// Many files, each in a request and a row of its own: sent with progress, then followed until it is ready.
(() => {
  const AT_ONCE = 3;
  const form = document.getElementById("upload");
  const zone = document.getElementById("dropzone");
  const input = document.getElementById("files");
  const rows = document.getElementById("rows");
  const template = document.getElementById("sending");

  const waiting = [];
  let sending = 0;

  function add(name, field, value) {
    const row = template.content.firstElementChild.cloneNode(true);
    row.querySelector(".name").textContent = name;
    rows.append(row);
    const job = { row, field, value };
    row.querySelector("button").addEventListener("click", () => {
      note(job, "Waiting to be sent…", false);
      waiting.push(job);
      next();
    });
    waiting.push(job);
    next();
  }

  function note(job, text, failed) {
    const words = job.row.querySelector(".note");
    words.textContent = text;
    words.classList.toggle("wrong", failed);
    words.classList.toggle("quiet", !failed);
    job.row.querySelector("progress").hidden = failed;
    job.row.querySelector(".buttons").hidden = !failed;
  }

  function next() {
    while (sending < AT_ONCE && waiting.length) send(waiting.shift());
  }

  function send(job) {
    sending += 1;
    const body = new FormData(form);
    body.delete("file");
    body.delete("url");
    body.append(job.field, job.value);
    const request = new XMLHttpRequest();
    const bar = job.row.querySelector("progress");
    request.upload.addEventListener("progress", (event) => {
      if (!event.lengthComputable) return;
      bar.value = event.loaded / event.total;
      note(job, event.loaded < event.total ? "Sending…" : "Checking…", false);
      // From here on nobody knows how long it takes.
      if (event.loaded === event.total) bar.removeAttribute("value");
    });
    request.addEventListener("load", () => answered(job, request));
    request.addEventListener("error", () => note(job, "The connection broke. Nothing was lost; try again.", true));
    request.addEventListener("loadend", () => {
      sending -= 1;
      next();
    });
    request.open("POST", form.action);
    request.setRequestHeader("HX-Request", "true");
    note(job, job.field === "url" ? "Fetching…" : "Sending…", false);
    if (job.field === "url") bar.removeAttribute("value");
    request.send(body);
  }

  function answered(job, request) {
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    const row = page.querySelector("body > li.row");
    if (row) {
      job.row.replaceWith(row);
      htmx.process(row);
    } else if (new URL(request.responseURL).pathname !== new URL(form.action).pathname) {
      note(job, "You are signed out. Sign in again in another tab, then try again.", true);
    } else if (request.status === 403) {
      note(job, "This page is too old to send from. Reload it and try again.", true);
    } else if (request.status === 413) {
      note(job, "The file is larger than the server takes.", true);
    } else {
      note(job, "The library could not take it just now. Try again in a moment.", true);
    }
  }

  const take = (files) => [...files].forEach((file) => add(file.name || "Pasted picture", "file", file));

  input.addEventListener("change", () => {
    take(input.files);
    input.value = "";
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const url = form.elements.url.value.trim();
    if (url) add(url, "url", url);
    form.elements.url.value = "";
  });

  // The whole page takes files, so that none is opened by the browser because it missed the zone.
  const carriesFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  addEventListener("dragover", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    zone.classList.add("over");
  });
  addEventListener("dragleave", (event) => event.relatedTarget ?? zone.classList.remove("over"));
  addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    zone.classList.remove("over");
    take(event.dataTransfer.files);
  });
  addEventListener("paste", (event) => {
    if (event.clipboardData.files.length) take(event.clipboardData.files);
  });
  addEventListener("beforeunload", (event) => {
    if (sending) event.preventDefault();
  });
})();
