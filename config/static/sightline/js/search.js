// Searching by a file that is dropped anywhere, pasted or chosen, the filters, and what is offered under the empty box.
(() => {
  const drop = document.getElementById("drop");
  const form = document.getElementById("by-file");
  const ask = document.getElementById("ask");
  const box = ask.elements.q;

  function send(file) {
    const files = new DataTransfer();
    files.items.add(file);
    form.elements.file.files = files.files;
    // Words and filters as they stand now, not as they stood when the page came.
    form.querySelectorAll("input[type=hidden]:not([name=csrfmiddlewaretoken])").forEach((input) => input.remove());
    for (const [name, value] of new FormData(ask)) {
      if (typeof value !== "string" || !value) continue;
      form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
    }
    drop.querySelector("span").textContent = "Looking at it…";
    drop.hidden = false;
    form.requestSubmit();
  }

  // --- Filters: folded away, and the button says how many are set ---

  const refine = document.getElementById("refine");
  const refinements = document.getElementById("refinements");

  function count() {
    const set = [...refinements.querySelectorAll("input, select:not([hidden])")].filter((field) => field.value).length;
    document.getElementById("refined").textContent = set || "";
  }
  refinements?.addEventListener("change", count);
  if (refinements) count();

  document.getElementById("lists")?.addEventListener("htmx:afterSwap", () => {
    const albums = document.getElementById("album");
    const [any, ...others] = albums.options;
    const chosen = albums.value;
    others.forEach((option) => option.remove());
    for (const option of document.getElementById("albums").options) albums.append(option.cloneNode(true));
    if (chosen && ![...albums.options].some((option) => option.value === chosen)) albums.append(others[0]);
    albums.value = chosen;
  });

  addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !refine?.open || !refine.contains(event.target)) return;
    refine.open = false;
    refine.querySelector("summary").focus();
  });

  // --- Under the empty box: the last searches and the saved ones ---

  const recent = document.getElementById("recent");
  if (recent) {
    const links = () => [...recent.querySelectorAll("a")];
    let asked = false;
    const show = () => (recent.hidden = Boolean(box.value) || !links().length);
    box.addEventListener("focus", () => {
      if (!asked && !box.value) htmx.trigger(recent, "ask");
      else show();
      asked = asked || !box.value;
    });
    recent.addEventListener("htmx:afterSwap", () => document.activeElement === box && show());
    box.addEventListener("input", show);
    box.addEventListener("search", show);
    box.closest(".boxed").addEventListener("focusout", ({ relatedTarget }) => {
      if (!box.closest(".boxed").contains(relatedTarget)) recent.hidden = true;
    });
    box.closest(".boxed").addEventListener("keydown", (event) => {
      if (recent.hidden) return;
      const all = links();
      const at = all.indexOf(document.activeElement);
      if (event.key === "Escape") {
        recent.hidden = true;
        if (at >= 0) box.focus({ preventScroll: true });
        recent.hidden = true;
        event.stopPropagation();
        return;
      }
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      event.stopPropagation();
      if (at + step < 0) box.focus();
      else all[Math.min(at + step, all.length - 1)].focus();
    });
    ask.addEventListener("submit", () => (recent.hidden = true));
  }

  // --- Dropping and pasting ---

  const carriesFile = (event) => [...(event.dataTransfer?.types ?? [])].some((type) => type === "Files" || type === "text/uri-list");

  let depth = 0;
  addEventListener("dragenter", (event) => {
    if (!carriesFile(event)) return;
    depth += 1;
    drop.hidden = false;
  });
  addEventListener("dragleave", (event) => {
    if (!carriesFile(event)) return;
    depth -= 1;
    if (depth <= 0) drop.hidden = true;
  });
  addEventListener("dragover", (event) => carriesFile(event) && event.preventDefault());
  addEventListener("drop", (event) => {
    if (!carriesFile(event)) return;
    event.preventDefault();
    depth = 0;
    drop.hidden = true;
    const [file] = event.dataTransfer.files;
    const address = event.dataTransfer.getData("text/uri-list").split("\n").find((line) => /^https?:/.test(line));
    // A picture dragged out of this page is both; its address names the item.
    if (address) search(address.trim());
    else if (file) send(file);
  });

  function search(address) {
    box.value = address;
    ask.requestSubmit();
  }

  addEventListener("paste", (event) => {
    const [file] = event.clipboardData.files;
    if (!file) return;
    event.preventDefault();
    send(file);
  });

  document.getElementById("pick").addEventListener("change", (event) => {
    const [file] = event.target.files;
    if (file) send(file);
  });

  // Besides what is searched by already.
  document.getElementById("pick-too")?.addEventListener("change", (event) => {
    const [file] = event.target.files;
    if (!file) return;
    form.elements.together.checked = true;
    send(file);
  });

  // From the map one comes to search within what was selected there.
  if (location.hash === "#q") box.focus();

  // Coming back by the back button, nothing is being looked at.
  addEventListener("pageshow", () => (drop.hidden = true));
})();
