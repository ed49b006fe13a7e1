// Films: what is said about one at a click, rows that are walked through by keys, and the stars.
(() => {
  const form = document.getElementById("say");

  // --- Saying it: shown at once, sent after, taken back where that fails ---

  // What a button says while it is not pressed, and while it is.
  const VERBS = {
    like: ["like", "unlike"],
    dislike: ["dislike", "unlike"],
    watched: ["watched", "unwatched"],
    hide: ["hide", "unhide"],
    forget: ["forget", "forget"],
  };
  const NOTHING = { liked: null, rating: null, watched: false, hidden: false };
  const FAILED = "That did not work. Try again in a moment.";

  const places = (film) => document.querySelectorAll(`[data-film="${CSS.escape(film)}"]`);

  function stateOf(place) {
    const pressed = (verb) => place.querySelector(`[data-do="${verb}"]`)?.getAttribute("aria-pressed") === "true";
    const rating = document.querySelector(".stars :checked");
    return {
      liked: pressed("like") ? 1 : pressed("dislike") ? -1 : null,
      watched: pressed("watched"),
      hidden: pressed("hide"),
      rating: rating && place.contains(rating) ? Number(rating.value) : null,
    };
  }

  function after(state, verb) {
    const changes = {
      like: { liked: 1, hidden: false },
      dislike: { liked: -1 },
      unlike: { liked: null },
      watched: { watched: true },
      unwatched: { watched: false },
      hide: { hidden: true },
      unhide: { hidden: false },
      unrate: { rating: null },
      forget: NOTHING,
    };
    return { ...state, ...changes[verb] };
  }

  function show(film, state) {
    for (const place of places(film)) {
      const press = (name, on) => {
        const button = place.querySelector(`[data-do="${name}"]`);
        if (!button) return;
        button.setAttribute("aria-pressed", on);
        button.value = `${VERBS[name][on ? 1 : 0]} ${film}`;
      };
      press("like", state.liked === 1);
      press("dislike", state.liked === -1);
      press("watched", state.watched);
      press("hide", state.hidden);
      if (place.querySelector(".stars")) showStars(place, state.rating);
      // What nobody wants to see leaves the rows; on the list of what one has said, whatever was taken off it.
      const drops = place.closest("[data-drops]") && state.hidden;
      const off = place.closest("#mine") && Object.keys(NOTHING).every((name) => state[name] === NOTHING[name]);
      vanish(place, Boolean(drops || off));
    }
  }

  function vanish(card, gone) {
    if (gone === card.classList.contains("going") || !card.matches(".film")) return;
    if (gone && card.contains(document.activeElement)) {
      const next = card.nextElementSibling ?? card.previousElementSibling;
      next?.querySelector(".poster")?.focus();
    }
    card.classList.toggle("going", gone);
    if (gone) setTimeout(() => (card.hidden = card.classList.contains("going")), 220);
    else card.hidden = false;
  }

  function toast(film, words, undoable) {
    const all = document.getElementById("toasts");
    all.querySelector(`[data-about="${CSS.escape(film)}"]`)?.remove();
    const box = document.createElement("div");
    box.className = "toast";
    box.dataset.about = film;
    const text = document.createElement("p");
    text.textContent = words;
    box.append(text);
    if (undoable) {
      const undo = document.createElement("button");
      undo.type = "button";
      undo.textContent = "Undo";
      undo.addEventListener("click", () => {
        box.remove();
        say(film, "undo");
      });
      box.append(undo);
    }
    all.append(box);
    // Time to read it, and to act upon it where that is possible; longer while somebody is at it.
    let timer;
    const start = () => {
      clearTimeout(timer);
      timer = setTimeout(() => box.remove(), undoable ? 12000 : 8000);
    };
    for (const name of ["pointerenter", "focusin"]) box.addEventListener(name, () => clearTimeout(timer));
    for (const name of ["pointerleave", "focusout"]) box.addEventListener(name, start);
    start();
  }

  // One film's requests go one after the other: two quick clicks end as the second one says. Those that wait for their
  // turn when the page is left are sent all the same, and the browser sees every one to its end (keepalive).
  const queues = new Map();
  const waiting = new Set();

  function say(film, verb, more = {}) {
    const [first] = places(film);
    const before = first ? stateOf(first) : NOTHING;
    if (verb !== "undo") show(film, { ...after(before, verb), ...more });
    const body = new URLSearchParams({ do: `${verb} ${film}`, ...more });
    const begin = () => waiting.delete(begin) && send(film, verb, body, before, turn);
    waiting.add(begin);
    const turn = (queues.get(film) ?? Promise.resolve()).then(begin);
    queues.set(film, turn);
  }

  function leaving() {
    settle();
    for (const begin of waiting) begin();
  }

  addEventListener("pagehide", leaving);
  document.addEventListener("visibilitychange", () => document.hidden && leaving());

  async function send(film, verb, body, before, turn) {
    let answer = {};
    try {
      const response = await fetch(form.action, {
        method: "POST",
        body,
        keepalive: true,
        headers: { Accept: "application/json", "X-CSRFToken": form.elements.csrfmiddlewaretoken.value },
      });
      if (response.status === 401) {
        location.href = `/sign-in/?next=${encodeURIComponent(location.pathname + location.search)}`;
        return;
      }
      answer = await response.json();
    } catch {
      answer = { problem: FAILED };
    }
    const last = queues.get(film) === turn;
    if (answer.problem) {
      if (last) show(film, before);
      toast(film, answer.problem, false);
      return;
    }
    if (!last) return;
    show(film, answer.state);
    toast(film, answer.said, answer.undoable);
  }

  form?.addEventListener("submit", (event) => {
    const button = event.submitter;
    const film = button?.closest("[data-film]")?.dataset.film;
    if (!film) return;
    event.preventDefault();
    const pressed = button.getAttribute("aria-pressed") === "true";
    say(film, VERBS[button.dataset.do][pressed ? 1 : 0]);
  });

  // --- Stars ---

  const rate = document.getElementById("rate");

  // Arrows go through all stars: what counts is where they stop, or where they are when the page is left.
  let settling;
  let chosen = null;

  function settle() {
    clearTimeout(settling);
    if (!chosen) return;
    const { film, rating } = chosen;
    chosen = null;
    say(film, "rate", { rating, watched: true });
  }

  function words(rating) {
    if (rating === null) return "";
    const whole = Math.floor(rating) || "";
    return `${whole}${rating % 1 ? "½" : ""} star${rating <= 1 ? "" : "s"}`;
  }

  function showStars(place, rating) {
    for (const star of place.querySelectorAll(".stars input")) star.checked = Number(star.value) === rating;
    place.querySelector(".stars output").textContent = words(rating);
    rate.querySelector(".link").hidden = rating === null;
  }

  rate?.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(settling);
    chosen = null;
    say(rate.closest("[data-film]").dataset.film, "unrate");
  });

  document.querySelector(".stars")?.addEventListener("change", ({ target }) => {
    const place = target.closest("[data-film]");
    const rating = Number(target.value);
    showStars(place, rating);
    clearTimeout(settling);
    chosen = { film: place.dataset.film, rating };
    settling = setTimeout(settle, 400);
  });

  // --- Rows: one stop of the Tab key each, arrows from film to film, Tab again to what can be said of it ---

  const posters = () => [...document.querySelectorAll("main .film:not([hidden]) > .poster")];
  const within = (card) => card.querySelectorAll(".says button, .add a, .film-told a, .film-told button");

  function attend(card) {
    const list = card.parentElement;
    for (const other of list.querySelectorAll(":scope > .film")) {
      const here = other === card;
      const poster = other.querySelector(":scope > .poster");
      if (poster?.matches("a")) poster.tabIndex = here ? 0 : -1;
      for (const each of within(other)) each.tabIndex = here ? 0 : -1;
    }
  }

  function ready(root) {
    for (const list of root.querySelectorAll(".films:not([data-ready])")) {
      const first = list.querySelector(":scope > .film:has(> a.poster)");
      if (!first) continue;
      list.dataset.ready = "";
      attend(first);
    }
    for (const track of root.querySelectorAll(".reel-track")) turns(track);
  }

  document.addEventListener("focusin", ({ target }) => {
    const card = target.closest?.(".film:has(> a.poster)");
    if (card) attend(card);
  });

  function below(from, direction) {
    const { left, width, top } = from.getBoundingClientRect();
    const middle = left + width / 2;
    const others = posters()
      .map((poster) => ({ poster, box: poster.getBoundingClientRect() }))
      .filter(({ box }) => (box.top - top) * direction > 24);
    if (!others.length) return null;
    const tops = others.map(({ box }) => box.top);
    const edge = direction > 0 ? Math.min(...tops) : Math.max(...tops);
    const distance = ({ box }) => Math.abs(box.left + box.width / 2 - middle);
    return others.filter(({ box }) => Math.abs(box.top - edge) < 24).sort((a, b) => distance(a) - distance(b))[0].poster;
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (event.target.closest("input, textarea, select, video, dialog")) return;
    const here = document.activeElement.closest?.(".film");
    const poster = here?.querySelector(":scope > .poster");
    if (event.key === "Escape" && poster) return document.activeElement.blur();
    const all = posters();
    const at = all.indexOf(poster);
    const letter = event.key === "j" || event.key === "k";
    if (!letter && document.activeElement !== poster) return;
    const verb = { l: "like", d: "dislike", w: "watched", h: "hide" }[event.key];
    if (verb) {
      const button = here.querySelector(`[data-do="${verb}"]`);
      if (button) {
        event.preventDefault();
        button.click();
      }
      return;
    }
    let to = { j: all[at + 1], k: all[at - 1] }[event.key];
    const beside = (sibling) => {
      let card = here?.[sibling];
      while (card?.hidden) card = card[sibling];
      return card?.querySelector(":scope > .poster");
    };
    if (event.key === "ArrowRight") to = beside("nextElementSibling");
    if (event.key === "ArrowLeft") to = beside("previousElementSibling");
    if (event.key === "ArrowDown") to = below(poster, 1);
    if (event.key === "ArrowUp") to = below(poster, -1);
    if (!to) return;
    event.preventDefault();
    to.focus({ preventScroll: true });
    to.scrollIntoView({ block: "nearest", inline: "nearest" });
  });

  // --- Rows: buttons for the mouse, where there is more to that side ---

  function turns(track) {
    if (track.dataset.turns !== undefined) return;
    track.dataset.turns = "";
    const list = track.querySelector(".films");
    const [back, on] = track.querySelectorAll(".turn");
    const smooth = !matchMedia("(prefers-reduced-motion: reduce)").matches;
    const go = (way) => () => list.scrollBy({ left: way * list.clientWidth * 0.8, behavior: smooth ? "smooth" : "auto" });
    const update = () => {
      back.hidden = list.scrollLeft < 8;
      on.hidden = list.scrollLeft + list.clientWidth > list.scrollWidth - 8;
    };
    back.addEventListener("click", go(-1));
    on.addEventListener("click", go(1));
    list.addEventListener("scroll", update, { passive: true });
    new ResizeObserver(update).observe(list);
    update();
  }

  document.addEventListener("htmx:load", ({ detail }) => ready(detail.elt.parentElement ?? document));
  ready(document);
})();
