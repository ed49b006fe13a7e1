// Searching by a picture or clip: dropped anywhere, pasted, or chosen, it goes the way of the plain form.
(() => {
  const drop = document.getElementById("drop");
  const form = document.getElementById("by-file");
  const ask = document.getElementById("ask");

  function send(file) {
    const files = new DataTransfer();
    files.items.add(file);
    form.elements.file.files = files.files;
    // Words and filters as they stand now, not as they stood when the page came.
    form.querySelectorAll("input[type=hidden]:not([name=csrfmiddlewaretoken])").forEach((input) => input.remove());
    for (const [name, value] of new FormData(ask)) {
      if (["by", "like"].includes(name) || typeof value !== "string" || !value) continue;
      form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
    }
    drop.querySelector("span").textContent = "Looking at it…";
    drop.hidden = false;
    form.requestSubmit();
  }

  // --- On a phone dates and tags stay folded away; the button says how many are set ---

  const refine = document.getElementById("refine");
  const refinements = document.getElementById("refinements");

  function count() {
    const set = [...refinements.querySelectorAll("input")].filter((input) => input.value).length;
    document.getElementById("refined").textContent = set || "";
  }
  refine.addEventListener("click", () => {
    refine.setAttribute("aria-expanded", refinements.classList.toggle("open"));
  });
  refinements.addEventListener("change", count);
  count();

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
    ask.elements.q.value = address;
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

  // Coming back by the back button, nothing is being looked at.
  addEventListener("pageshow", () => (drop.hidden = true));
})();
