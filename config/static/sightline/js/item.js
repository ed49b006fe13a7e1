// The item page: a closer look at a picture, and a video's moments to go to.
(() => {
  // Whoever edits goes on where the form begins, or where something is wrong with it, and is back at the top after it.
  document.addEventListener("htmx:load", ({ detail: { elt } }) => {
    if (elt.id !== "details") return;
    const field = ":is(input, textarea):not([type=hidden])";
    const to = elt.querySelector(`.field:has(.wrong) ${field}`) ?? elt.querySelector(field) ?? elt.querySelector("h1");
    to.focus();
  });

  const link = document.querySelector("[data-zoom]");
  const zoom = document.getElementById("zoom");

  link?.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const pan = zoom.querySelector(".pan");
    if (!pan.firstChild) {
      const picture = new Image();
      picture.src = link.dataset.zoom;
      picture.alt = link.querySelector("img").alt;
      pan.append(picture);
    }
    zoom.showModal();
  });
  zoom?.addEventListener("click", (event) => {
    const pan = zoom.querySelector(".pan");
    if (event.target.closest("button") || event.target === pan) return zoom.close();
    // To its own pixels and back, about the place that was pointed at.
    const box = event.target.getBoundingClientRect();
    const [x, y] = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
    pan.classList.toggle("actual");
    pan.scrollTo(x * pan.scrollWidth - pan.clientWidth / 2, y * pan.scrollHeight - pan.clientHeight / 2);
  });

  // --- Moments of a video ---

  const video = document.getElementById("video");
  if (!video) return;
  const head = document.getElementById("head");
  const unplayable = document.getElementById("unplayable");
  const moments = [...document.querySelectorAll("#timeline a")];

  const broken = () => unplayable && (unplayable.hidden = false);
  if (video.error) broken();
  video.addEventListener("error", broken);
  // A picture arrives for what can be played, sound alone does not count.
  video.addEventListener("loadeddata", () => unplayable && (unplayable.hidden = video.videoWidth > 0));

  function show() {
    const at = moments.findLastIndex((moment) => Number(moment.dataset.seek) <= video.currentTime + 0.05);
    moments.forEach((moment, index) => {
      if (index === at) moment.setAttribute("aria-current", "true");
      else moment.removeAttribute("aria-current");
    });
    if (!head) return;
    const whole = head.ownerSVGElement.viewBox.baseVal.width;
    head.setAttribute("width", whole / 250);
    head.setAttribute("x", Math.min(video.currentTime, whole * 0.996));
  }
  video.addEventListener("timeupdate", show);
  video.addEventListener("loadedmetadata", show);
  show();

  function seek(time) {
    video.currentTime = time;
    video.play().catch(() => {});
    history.replaceState(null, "", `?t=${time}`);
  }
  document.getElementById("timeline")?.addEventListener("click", (event) => {
    const moment = event.target.closest("a");
    if (!moment || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    seek(Number(moment.dataset.seek));
  });
  document.getElementById("timeline")?.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1, Home: -moments.length, End: moments.length }[event.key];
    if (!step) return;
    event.preventDefault();
    const at = moments.indexOf(document.activeElement) + step;
    moments[Math.min(Math.max(at, 0), moments.length - 1)].focus();
  });
  head?.ownerSVGElement.addEventListener("click", (event) => {
    const box = event.currentTarget.getBoundingClientRect();
    seek(((event.clientX - box.left) / box.width) * event.currentTarget.viewBox.baseVal.width);
  });
})();
