// What was read of a document beside its pages: what is looked at lights up on both sides, keys go through the values,
// and what was put right is sent, nothing else.
(() => {
  const review = document.querySelector("[data-review]");
  if (!review) return;
  const form = review.querySelector("[data-keep]") || review.querySelector("form");
  const grid = review.querySelector("[data-grid]");
  const pages = new Map([...review.querySelectorAll("[data-page]")].map((page) => [page.dataset.page, page]));
  const SVG = "http://www.w3.org/2000/svg";

  for (const placed of review.querySelectorAll("[data-box]")) {
    const svg = pages.get(placed.dataset.at)?.querySelector("svg");
    if (!svg) continue;
    const [x, y, width, height] = placed.dataset.box.split(" ").map(Number);
    const rect = document.createElementNS(SVG, "rect");
    for (const [name, value] of Object.entries({ x, y, width, height })) rect.setAttribute(name, value);
    rect.classList.toggle("answers", placed.classList.contains("answers"));
    svg.append(rect);
    const input = placed.matches("input, textarea") ? placed : placed.querySelector("input, textarea");
    const light = (on, follow) => {
      rect.classList.toggle("lit", on);
      placed.classList.toggle("lit", on);
      if (on && follow) bring(rect, svg);
    };
    const kept = () => placed.contains(document.activeElement);
    placed.addEventListener("pointerenter", () => light(true, false));
    placed.addEventListener("pointerleave", () => light(kept(), false));
    placed.addEventListener("focusin", () => light(true, true));
    placed.addEventListener("focusout", () => light(false, false));
    rect.addEventListener("pointerenter", () => light(true, false));
    rect.addEventListener("pointerleave", () => light(kept(), false));
    rect.addEventListener("click", () => (input ? input.focus() : placed.scrollIntoView({ block: "nearest" })));
  }

  // Within the pages alone: the form stays where it is.
  function bring(rect, svg) {
    const around = review.querySelector(".review-pages");
    const page = svg.parentElement;
    const middle = page.offsetTop + (Number(rect.getAttribute("y")) + Number(rect.getAttribute("height")) / 2) * page.clientHeight;
    around.scrollTo({ top: middle - around.clientHeight / 2 });
  }

  // --- Keys ---

  const all = () => [...form.querySelectorAll('input[type="text"], textarea, select')];
  const fields = () => all().filter((field) => !field.closest("details:not([open])"));
  const keep = () => form.querySelector('.button:is([name="approve"], [name="keep"])');

  // The field above or below, in the column that stands there.
  function beside(field, down) {
    const middle = field.getBoundingClientRect();
    const at = middle.left + middle.width / 2;
    let row = field.closest("tr");
    while ((row = down ? row.nextElementSibling : row.previousElementSibling)) {
      for (const other of row.querySelectorAll("textarea")) {
        const { left, right } = other.closest("td, th").getBoundingClientRect();
        if (left <= at && at <= right) return other;
      }
    }
    return null;
  }

  function go(field) {
    if (!field) return;
    field.focus();
    field.select?.();
  }

  form.addEventListener("keydown", (event) => {
    const field = event.target;
    if (event.isComposing || !field.matches("input, textarea, select")) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      if (keep()) form.requestSubmit(keep());
    } else if (event.altKey && event.code === "KeyR" && changesFor(field)) {
      event.preventDefault();
      changesFor(field).open = true;
      changesFor(field).querySelector("input, button").focus();
    } else if (event.key === "Enter" && field.closest("[data-changes]")) {
      // Among these it goes on to what is done with them.
      event.preventDefault();
      field.closest("fieldset, p").querySelector("button").focus();
    } else if (event.key === "Enter" && grid) {
      event.preventDefault();
      go(beside(field, !event.shiftKey) || (event.shiftKey ? null : keep()));
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      const visible = fields();
      go(visible[visible.indexOf(field) + 1] || keep());
    } else if (grid?.contains(field) && (event.key === "ArrowDown" || event.key === "ArrowUp") && !event.altKey) {
      const down = event.key === "ArrowDown";
      const edge = down ? field.selectionEnd === field.value.length : field.selectionStart === 0;
      const whole = field.selectionStart === 0 && field.selectionEnd === field.value.length;
      const other = edge || whole ? beside(field, down) : null;
      if (!other) return;
      event.preventDefault();
      go(other);
    }
  });

  for (const button of review.querySelectorAll("[data-next-unsure]")) {
    button.hidden = false;
    let last = -1;
    button.addEventListener("click", () => {
      const unsure = [...form.querySelectorAll(".unsure textarea")];
      if (unsure.length) go(unsure[(last = (last + 1) % unsure.length)]);
    });
  }

  // --- Adding and taking away ---

  // What adds and takes away where a field stands: at its step, or below the table.
  function changesFor(field) {
    return (field.closest(".flow-step") || form).querySelector("[data-changes]");
  }

  form.addEventListener("focusin", ({ target }) => {
    const place = target.name?.match(/^cell:\d+\.(\d+)\.(\d+)$/);
    if (!place) return;
    for (const [at, name] of ["row", "column"].entries()) {
      const number = form.querySelector(`[data-follows="${name}"]`);
      if (number) number.value = Number(place[at + 1]) + 1;
    }
  });

  // --- Keeping ---

  const isChanged = (field) =>
    field.matches("select") ? [...field.options].some((option) => option.selected !== option.defaultSelected) : field.value !== field.defaultValue;
  let changed = false;
  form.addEventListener("input", ({ target }) => (changed ||= target.type !== "number"));
  form.addEventListener("submit", () => {
    changed = false;
    // Very many fields are more than a server takes.
    for (const field of all()) field.disabled = !isChanged(field);
  });
  addEventListener("pageshow", () => all().forEach((field) => (field.disabled = false)));
  addEventListener("beforeunload", (event) => {
    if (changed) event.preventDefault();
  });
  // Of an invoice, what is least certain has the keys at once.
  if (form.querySelector(".review-field")) {
    (form.querySelector(".unsure input, input.unsure") || fields()[1])?.focus({ preventScroll: true });
  }

  // After something was added or taken away, the keys are where it was: once the browser, which takes them away when
  // it goes to a place on the page, is there.
  const looked = location.search.includes("reshape=") && document.getElementById(location.hash.slice(1));
  if (looked && form.contains(looked)) {
    addEventListener("load", () => requestAnimationFrame(() => setTimeout(() => go(looked.querySelector("textarea")))));
  }

  // --- Copying ---

  for (const button of document.querySelectorAll("[data-copy-from]")) {
    if (!navigator.clipboard) continue;
    button.hidden = false;
    button.addEventListener("click", async () => {
      const copied = await fetch(button.dataset.copyFrom)
        .then((response) => (response.ok ? response.text() : Promise.reject(new Error("not there"))))
        .then((text) => navigator.clipboard.writeText(text))
        .then(
          () => true,
          () => false,
        );
      button.textContent = copied ? "Copied" : "Download it instead";
    });
  }
})();
