// The review of an invoice: what is looked at lights up on the page and in the form; keys go through the values.
(() => {
  const review = document.querySelector("[data-review]");
  if (!review) return;
  const form = review.querySelector("form");
  const pages = new Map([...review.querySelectorAll("[data-page]")].map((page) => [page.dataset.page, page]));
  const SVG = "http://www.w3.org/2000/svg";
  const rects = new Map();

  for (const placed of form.querySelectorAll("[data-box]")) {
    const svg = pages.get(placed.dataset.at)?.querySelector("svg");
    if (!svg) continue;
    const [x, y, width, height] = placed.dataset.box.split(" ").map(Number);
    const rect = document.createElementNS(SVG, "rect");
    for (const [name, value] of Object.entries({ x, y, width, height })) rect.setAttribute(name, value);
    svg.append(rect);
    rects.set(placed, rect);
    const input = placed.matches("input") ? placed : placed.querySelector("input, textarea");
    const light = (on, follow) => {
      rect.classList.toggle("lit", on);
      placed.classList.toggle("lit", on);
      if (on && follow) bring(rect, svg);
    };
    placed.addEventListener("pointerenter", () => light(true, false));
    placed.addEventListener("pointerleave", () => light(document.activeElement === input, false));
    input.addEventListener("focus", () => light(true, true));
    input.addEventListener("blur", () => light(false, false));
    rect.addEventListener("pointerenter", () => light(true, false));
    rect.addEventListener("pointerleave", () => light(document.activeElement === input, false));
    rect.addEventListener("click", () => input.focus());
  }

  // Within the pages alone: the form stays where it is.
  function bring(rect, svg) {
    const around = review.querySelector(".review-pages");
    const page = svg.parentElement;
    const middle = page.offsetTop + (Number(rect.getAttribute("y")) + Number(rect.getAttribute("height")) / 2) * page.clientHeight;
    around.scrollTo({ top: middle - around.clientHeight / 2 });
  }

  const fields = () => [...form.querySelectorAll('input[type="text"], textarea, select')];
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || event.target.matches("button")) return;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      form.requestSubmit(form.querySelector('[name="approve"]'));
    } else if (!event.shiftKey) {
      event.preventDefault();
      const all = fields();
      const next = all[all.indexOf(event.target) + 1];
      if (next) {
        next.focus();
        next.select?.();
      } else form.querySelector('[name="approve"]')?.focus();
    }
  });

  let changed = false;
  form.addEventListener("input", () => (changed = true));
  form.addEventListener("submit", () => (changed = false));
  addEventListener("beforeunload", (event) => {
    if (changed) event.preventDefault();
  });
  (form.querySelector(".unsure input, input.unsure") || fields()[1])?.focus({ preventScroll: true });
})();
