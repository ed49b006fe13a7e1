// Grids: exact shapes, moves by keyboard, and videos that play from the hit while one looks at them.
(() => {
  // The policy of these pages forbids style attributes; scripts may set what a picture's shape is.
  function shape(root) {
    for (const card of root.querySelectorAll(".card[data-ratio]:not([data-shaped])")) {
      card.style.setProperty("--ratio", card.dataset.ratio);
      card.dataset.shaped = "";
    }
  }
  document.addEventListener("htmx:load", ({ detail }) => shape(detail.elt.parentElement ?? document));
  shape(document);

  // --- Keyboard ---

  const pictures = () => [...document.querySelectorAll("main .grid .card .picture")];

  function below(all, from, direction) {
    const { left, width, top } = from.getBoundingClientRect();
    const middle = left + width / 2;
    const rows = all
      .map((picture) => ({ picture, box: picture.getBoundingClientRect() }))
      .filter(({ box }) => (box.top - top) * direction > 8);
    if (!rows.length) return null;
    const edge = direction > 0 ? Math.min(...rows.map(({ box }) => box.top)) : Math.max(...rows.map(({ box }) => box.top));
    const distance = ({ box }) => Math.abs(box.left + box.width / 2 - middle);
    return rows.filter(({ box }) => Math.abs(box.top - edge) < 8).sort((a, b) => distance(a) - distance(b))[0].picture;
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (event.target.closest("input:not([type=checkbox]), textarea, select, video, dialog, .timeline")) {
      if (event.key === "Escape" && event.target.closest("#ask")) event.target.blur();
      return;
    }
    const all = pictures();
    const at = all.indexOf(document.activeElement);
    const next = { j: at + 1, ArrowRight: at + 1, k: at - 1, ArrowLeft: at - 1 }[event.key];
    let to = next === undefined ? null : all[next];
    if (event.key === "Escape" && at >= 0) return document.activeElement.blur();
    // Arrows belong to the page until a picture has the focus.
    if (event.key.startsWith("Arrow") && at < 0) return;
    if (event.key === "ArrowDown") to = below(all, all[at], 1);
    if (event.key === "ArrowUp") to = below(all, all[at], -1);
    if (!to) return;
    event.preventDefault();
    to.focus();
    to.scrollIntoView({ block: "nearest" });
  });

  // --- Videos that play from the hit ---

  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  let playing = null;

  function play(link) {
    if (playing?.link === link) return;
    stop();
    const video = document.createElement("video");
    video.muted = video.playsInline = video.loop = true;
    video.preload = "metadata";
    video.tabIndex = -1;
    video.setAttribute("aria-hidden", "true");
    video.hidden = true;
    video.addEventListener("playing", () => (video.hidden = false), { once: true });
    video.src = `${link.dataset.play}#t=${link.dataset.start}`;
    link.querySelector("img, .blank").after(video);
    // What the browser cannot play stays a picture.
    video.play().catch(() => {});
    playing = { link, video };
  }

  function stop() {
    playing?.video.removeAttribute("src");
    playing?.video.load();
    playing?.video.remove();
    playing = null;
  }

  let waiting = null;
  function attend(event) {
    const link = event.target.closest?.("a[data-play]");
    if (!link || event.pointerType === "touch") return;
    clearTimeout(waiting);
    waiting = setTimeout(() => play(link), 150);
  }
  function leave(event) {
    const link = event.target.closest?.("a[data-play]");
    if (!link || link.contains(event.relatedTarget)) return;
    clearTimeout(waiting);
    stop();
  }
  document.addEventListener("pointerover", attend);
  document.addEventListener("pointerout", leave);
  document.addEventListener("focusin", attend);
  document.addEventListener("focusout", leave);
})();
