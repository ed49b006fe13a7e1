// The map's page: what the points are coloured by, what shows of them, what is lit up, and what is selected.
(() => {
  const byId = (id) => document.getElementById(id);

  // --- A map that is not there yet: asked for now and then, while somebody looks ---

  const coming = byId("coming");
  const EVERY_MS = 3000;

  async function watch() {
    if (!document.hidden) {
      try {
        const { fit, coming: now } = await (await fetch(coming.dataset.state)).json();
        if (fit && String(fit) !== coming.dataset.fit) return arrived();
        const words = coming.querySelector("[role=status]");
        const bar = coming.querySelector("progress");
        if (now && words.textContent !== now.sentence) words.textContent = now.sentence;
        if (bar && now) [bar.value, bar.hidden] = [now.share ?? 0, now.failed];
        if (bar) coming.classList.toggle("bad", Boolean(now?.failed));
        if (now?.failed) return;
        if (bar) coming.hidden = !now;
      } catch {
        // The library is away for a moment; the next time tells.
      }
    }
    setTimeout(watch, EVERY_MS);
  }

  // Whoever is looking at the map before is not interrupted.
  function arrived() {
    if (!coming.dataset.fit) return location.reload();
    const again = Object.assign(document.createElement("a"), { href: "", className: "button small", textContent: "Show it" });
    coming.querySelector("[role=status]").textContent = "The map was drawn anew.";
    coming.querySelector("progress").hidden = true;
    coming.append(again);
    coming.hidden = false;
  }

  if (coming && (!coming.dataset.fit || !coming.hidden)) setTimeout(watch, EVERY_MS);

  // --- The points ---

  const map = byId("map");
  if (!map) return;
  const canvas = byId("plot");
  const wait = byId("wait");
  const told = byId("told");
  const plot = Plot.on(canvas);
  const NONE = -1;

  function instead(text) {
    wait.hidden = false;
    wait.replaceChildren(document.createTextNode(`${text} `), Object.assign(document.createElement("a"), { href: map.dataset.search, textContent: "Search instead" }));
  }
  if (!plot) {
    canvas.hidden = true;
    instead("This browser cannot draw the map, as it has no WebGL or it is switched off.");
    return;
  }

  let data = null;
  const address = (number) => map.dataset.item.replace(/[0-9a-f-]{36}/, data.id(number));

  // The flat map and what it is coloured by come first, and are drawn; then the directions, and which item each is.
  const whole = Points.from(map.dataset.points, (points) => {
    if (!points.n) return instead("Nothing that you may see is on the map yet.");
    data = points;
    wait.hidden = true;
    view.value = "umap";
    arrange();
    recolour();
  });
  whole.then(
    () => data && (map.dataset.ready = data.n),
    () => {
      data = null;
      plot.set(new Int16Array(0), false);
      instead("The points could not be loaded. Try again in a moment.");
    },
  );

  // --- Views and colours ---

  const view = byId("view");
  const colour = byId("colour");
  const legend = byId("legend");
  const labels = byId("labels");
  const buttons = map.querySelector(".map-zoom");
  // Told apart on light and dark, and by most who see colours differently in their order here.
  const COLOURS = ["#3b6fd4", "#c8551f", "#23865b", "#a04ab3", "#947400", "#0f8797", "#c93d63", "#5f8020", "#6a5acd", "#95592f", "#c0569d", "#4f7388"];
  const OTHER = "#85857e";
  const FAINT = { most: 34, least: 10, crowd: 5000 };

  function hue(number, second) {
    const value = COLOURS[number % COLOURS.length];
    const parts = [1, 3, 5].map((at) => parseInt(value.slice(at, at + 2), 16));
    return second ? parts.map((part) => Math.round(part + (150 - part) * 0.42)) : parts;
  }
  const GREY = [1, 3, 5].map((at) => parseInt(OTHER.slice(at, at + 2), 16));

  let entries = [];
  let entryOf = new Int16Array(0);
  let alone = null;
  // How brightly each point shines, 0 to 1, while some are lit or chosen; null while none is.
  let lit = null;
  let chosen = null;

  function arrange() {
    const places = new Int16Array(3 * data.n);
    const room = view.value === "room";
    const [xs, ys] = view.value === "umap" ? [data.umap_x, data.umap_y] : [data.pca_x, data.pca_y];
    for (let number = 0; number < data.n; number += 1) {
      places[3 * number] = xs[number];
      places[3 * number + 1] = ys[number];
      places[3 * number + 2] = room ? data.pca_z[number] : 0;
    }
    plot.set(places, room);
  }

  // What the legend lists, and which of it each point is: by kind and group just one, by tag the rarest that it carries.
  function sort() {
    entryOf = new Int16Array(data.n).fill(NONE);
    const names = [];
    let counts = new Uint32Array(0);
    if (colour.value === "tag") {
      // The most used tag is the lowest bit.
      names.push(...data.tags.map((tag) => `#${tag}`));
      counts = new Uint32Array(names.length);
      for (let number = 0; number < data.n; number += 1)
        for (let left = data.carried[number]; left; left &= left - 1) {
          entryOf[number] = 31 - Math.clz32(left & -left);
          counts[entryOf[number]] += 1;
        }
    } else {
      const column = colour.value === "kind" ? data.kind : data.cluster;
      if (colour.value === "kind") names.push(...data.kinds.map(([, label]) => label));
      else for (const [number, name] of Object.entries(data.clusters)) names[number] = name;
      counts = new Uint32Array(names.length);
      for (let number = 0; number < data.n; number += 1) {
        if (names[column[number]] === undefined) continue;
        entryOf[number] = column[number];
        counts[column[number]] += 1;
      }
    }
    let rest = 0;
    for (let number = 0; number < data.n; number += 1) rest += entryOf[number] === NONE;
    entries = names.map((name, entry) => ({ entry, count: counts[entry], name })).filter(({ count }) => count);
    entries.sort((a, b) => b.count - a.count || a.entry - b.entry);
    entries.forEach((each, at) => (each.hue = hue(at, at >= COLOURS.length)));
    const others = { cluster: "in no group", tag: "none of these", kind: "" }[colour.value];
    if (rest) entries.push({ entry: NONE, count: rest, name: others, hue: GREY });
  }

  function recolour() {
    sort();
    if (!entries.some(({ entry }) => entry === alone)) alone = null;
    list();
    paint();
  }

  function list() {
    legend.replaceChildren(
      ...entries.map(({ entry, count, name, hue: [r, g, b] }) => {
        const button = document.createElement("button");
        const dot = document.createElement("i");
        dot.style.color = `rgb(${r} ${g} ${b})`;
        button.type = "button";
        button.setAttribute("aria-pressed", String(alone === entry));
        button.append(dot, name, " ", Object.assign(document.createElement("small"), { textContent: count.toLocaleString("en") }));
        button.addEventListener("click", () => {
          alone = alone === entry ? null : entry;
          legend.querySelectorAll("button").forEach((other) => other.setAttribute("aria-pressed", String(other === button && alone !== null)));
          paint();
          told.textContent = alone === null ? "" : `${count.toLocaleString("en")} shown: ${name}. Choose it again to see all.`;
        });
        const row = document.createElement("li");
        row.append(button);
        return row;
      }),
    );
  }

  function paint() {
    const colours = new Uint8Array(4 * data.n);
    const marks = new Uint8Array(data.n);
    const hues = [];
    for (const { entry, hue: own } of entries) hues[entry + 1] = own;
    const sole = alone === null ? null : hues[alone + 1];
    // A point carries several tags, of which it can only show one.
    const bit = sole && colour.value === "tag" && alone !== NONE ? 1 << alone : 0;
    const shine = chosen ?? lit;
    // Grey, and the fainter the more there are: many that lie on one another would be as strong as what is lit.
    const faint = Math.max(Math.min(FAINT.most * Math.sqrt(FAINT.crowd / data.n), FAINT.most), FAINT.least);
    for (let number = 0; number < data.n; number += 1) {
      if (sole && !(bit ? data.carried[number] & bit : entryOf[number] === alone)) continue;
      const bright = shine ? shine[number] : 1;
      const own = bright ? (sole ?? hues[entryOf[number] + 1]) : GREY;
      const at = 4 * number;
      colours[at] = own[0];
      colours[at + 1] = own[1];
      colours[at + 2] = own[2];
      colours[at + 3] = bright ? 128 + Math.round(bright * 100) : faint;
      if (shine) marks[number] = Math.round(bright * 200);
    }
    plot.paint(colours, marks);
    name();
  }

  // --- Names beside the groups ---

  let named = [];
  let middles = null;

  // Where the middle one of each group lies, so that a few that lie elsewhere do not draw its name there.
  function medians(column) {
    const values = [];
    for (const { entry, count } of entries) values[entry + 1] = { all: new Int16Array(count), n: 0 };
    for (let number = 0; number < data.n; number += 1) {
      const own = values[entryOf[number] + 1];
      own.all[own.n++] = column[number];
    }
    return values.map(({ all }) => all.sort()[all.length >> 1] / 32767);
  }

  function name() {
    const shown = view.value === "umap" && colour.value === "cluster" && alone === null && !chosen && !lit;
    if (shown) middles ??= [medians(data.umap_x), medians(data.umap_y)];
    named = (shown ? entries : [])
      .filter(({ entry }) => entry !== NONE)
      .map(({ entry, name: text }) => ({ text, x: middles[0][entry + 1], y: middles[1][entry + 1] }));
    labels.replaceChildren(...named.map(({ text }) => Object.assign(document.createElement("span"), { textContent: text })));
    named.forEach((each, at) => (each.span = labels.children[at]));
    for (const each of named) each.width = each.span.offsetWidth;
    plot.draw();
  }

  // The larger groups come first; a name that would lie on another waits until one looks closer.
  plot.after = () => {
    const m = plot.matrix();
    const taken = [];
    const { offsetTop, offsetLeft } = buttons;
    for (const { span, x, y, width } of named) {
      const middle = ((m[0] * x + m[12] + 1) * plot.width) / 2;
      const top = ((1 - m[5] * y - m[13]) * plot.height) / 2 - 12;
      const edge = top + 24 > offsetTop ? offsetLeft : plot.width;
      // Beside the edge or the buttons it is moved in, to be read; what lies beyond the edge takes its name along.
      const within = Math.min(Math.max(middle - width / 2, 4), edge - width - 4);
      const left = middle >= 0 && middle <= plot.width ? within : middle - width / 2;
      const free = taken.every(([l, t, w]) => left + width < l || l + w < left || Math.abs(top - t) > 24);
      if (span.hidden === free) span.hidden = !free;
      if (!free) continue;
      taken.push([left, top, width]);
      span.style.transform = `translate(${left}px, ${top}px)`;
    }
  };

  view.addEventListener("change", async () => {
    await whole;
    plot.reset();
    arrange();
    name();
  });
  colour.addEventListener("change", () => {
    alone = null;
    recolour();
  });

  // --- What one points at ---

  const peek = byId("peek");
  const known = new Map();
  let pointed = -1;

  async function about(number) {
    await whole;
    const url = address(number);
    if (!known.has(url)) known.set(url, fetch(url).then((answer) => (answer.ok ? answer.json() : null), () => null));
    return known.get(url);
  }

  async function point(number, x, y, touched) {
    if (number === pointed && !touched) return;
    pointed = number;
    canvas.classList.toggle("over", number >= 0);
    peek.hidden = true;
    if (number < 0) return;
    // Passing over a crowd asks for none of it.
    if (!touched) await new Promise((done) => setTimeout(done, 70));
    if (number !== pointed) return;
    const item = await about(number);
    if (number !== pointed || !item) return;
    const parts = [Object.assign(document.createElement("b"), { textContent: item.title }), Object.assign(document.createElement("span"), { textContent: item.about })];
    if (item.thumbnail) parts.unshift(Object.assign(document.createElement("img"), { src: item.thumbnail, alt: "", width: 160, height: 120 }));
    peek.replaceChildren(...parts);
    peek.href = item.url;
    peek.classList.toggle("touched", touched);
    peek.hidden = false;
    const { width, height } = plot;
    const left = x + 16 + peek.offsetWidth > width ? Math.max(x - 16 - peek.offsetWidth, 0) : x + 16;
    const top = Math.min(Math.max(y - peek.offsetHeight / 2, 4), Math.max(height - peek.offsetHeight - 4, 4));
    peek.style.transform = `translate(${left}px, ${top}px)`;
  }

  async function open(number, elsewhere) {
    const item = await about(number);
    if (!item) told.textContent = "That item is not here any more.";
    else if (elsewhere) window.open(item.url);
    else location.href = item.url;
  }

  // --- Moving, zooming, drawing a line ---

  const lasso = byId("lasso");
  const line = byId("line");
  const pointers = new Map();
  const REACH = { mouse: 10, pen: 16, touch: 24 };
  const CORNER = 3; // pixels between two corners of a line
  let began = null;
  let path = null;
  let hovering = 0;

  const where = (event) => {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  function setLasso(on) {
    lasso.setAttribute("aria-pressed", String(on));
    canvas.classList.toggle("drawing", on);
  }
  const lassoing = () => lasso.getAttribute("aria-pressed") === "true";
  lasso.addEventListener("click", () => setLasso(!lassoing()));

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button > 0 || !data) return;
    canvas.setPointerCapture(event.pointerId);
    const at = where(event);
    pointers.set(event.pointerId, at);
    began = pointers.size === 1 ? { at, moved: false } : null;
    path = pointers.size === 1 && (event.shiftKey || lassoing()) ? [at] : null;
    if (!path) line.setAttribute("points", "");
  });

  canvas.addEventListener("pointermove", (event) => {
    if (!data) return;
    const [x, y] = where(event);
    const before = pointers.get(event.pointerId);
    if (!before) {
      if (event.pointerType === "touch" || hovering) return;
      hovering = requestAnimationFrame(() => {
        hovering = 0;
        point(plot.at(x, y, REACH.mouse), x, y, false);
      });
      return;
    }
    if (began && Math.hypot(x - began.at[0], y - began.at[1]) > 4) began.moved = true;
    if (began && !began.moved) return;
    if (began) point(-1);
    pointers.set(event.pointerId, [x, y]);
    if (path) {
      const [last] = path.slice(-1);
      if (Math.hypot(x - last[0], y - last[1]) < CORNER) return;
      path.push([x, y]);
      line.setAttribute("points", path.map((each) => each.map(Math.round).join(",")).join(" "));
    } else if (pointers.size === 1) {
      canvas.classList.add("moving");
      plot.move(x - before[0], y - before[1]);
    } else if (pointers.size === 2) {
      const other = [...pointers].find(([id]) => id !== event.pointerId)[1];
      const [was, is] = [Math.hypot(before[0] - other[0], before[1] - other[1]), Math.hypot(x - other[0], y - other[1])];
      if (!plot.room) plot.move((x - before[0]) / 2, (y - before[1]) / 2);
      plot.closer(is / Math.max(was, 1), (x + other[0]) / 2, (y + other[1]) / 2);
    }
  });

  function lifted(event) {
    if (!pointers.delete(event.pointerId)) return;
    canvas.classList.remove("moving");
    const [x, y] = where(event);
    const drawn = path;
    path = null;
    line.setAttribute("points", "");
    if (event.type === "pointercancel") return;
    if (drawn?.length > 2) {
      setLasso(false);
      select(plot.inside(drawn));
    } else if (began && !began.moved) {
      const number = plot.at(x, y, REACH[event.pointerType] ?? REACH.mouse);
      if (event.pointerType === "touch") point(number, x, y, true);
      else if (number >= 0) open(number, event.ctrlKey || event.metaKey);
    }
    began = null;
  }
  canvas.addEventListener("pointerup", lifted);
  canvas.addEventListener("pointercancel", lifted);
  // A finger leaves by being lifted.
  canvas.addEventListener("pointerleave", (event) => event.pointerType !== "touch" && point(-1));
  canvas.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      point(-1);
      plot.closer(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0016)), ...where(event));
    },
    { passive: false },
  );

  const STEP = 60;
  const ZOOM = 1.4;
  const KEYS = {
    ArrowLeft: () => plot.move(STEP, 0),
    ArrowRight: () => plot.move(-STEP, 0),
    ArrowUp: () => plot.move(0, STEP),
    ArrowDown: () => plot.move(0, -STEP),
    "+": () => plot.closer(ZOOM),
    "=": () => plot.closer(ZOOM),
    "-": () => plot.closer(1 / ZOOM),
    0: () => plot.reset(),
  };
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !KEYS[event.key]) return;
    event.preventDefault();
    point(-1);
    KEYS[event.key]();
  });
  byId("closer").addEventListener("click", () => plot.closer(ZOOM));
  byId("farther").addEventListener("click", () => plot.closer(1 / ZOOM));
  byId("whole").addEventListener("click", () => plot.reset());

  // One step back at a time.
  map.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.target.matches("input, select")) return;
    point(-1);
    if (path || lassoing()) {
      path = null;
      line.setAttribute("points", "");
      setLasso(false);
    } else if (chosen) clear();
    else if (lit) light("");
    else if (alone !== null) legend.querySelector("[aria-pressed=true]").click();
  });

  // --- What words light up ---

  const ask = byId("light");
  let asked = 0;

  async function light(words) {
    const own = (asked += 1);
    ask.elements.q.value = words;
    if (!words) {
      lit = null;
      told.textContent = "";
      return paint();
    }
    told.textContent = "Looking …";
    const answer = await fetch(`${map.dataset.near}?q=${encodeURIComponent(words)}`).catch(() => null);
    const said = await answer?.json().catch(() => null);
    await whole;
    if (own !== asked) return;
    told.textContent = said?.sentence ?? "The library cannot be reached. Check the connection and try again.";
    if (!answer?.ok) return;
    lit = said.items.length ? new Float32Array(data.n) : null;
    for (const [id, bright] of said.items) {
      const number = data.find(id);
      if (number >= 0) lit[number] = bright;
    }
    paint();
  }
  ask.addEventListener("submit", (event) => {
    event.preventDefault();
    if (data) light(ask.elements.q.value.trim());
  });
  // The cross in the box.
  ask.elements.q.addEventListener("search", () => data && !ask.elements.q.value && light(""));

  // --- What is selected ---

  const selected = byId("selected");
  const tagging = byId("tagging");
  let token = "";

  async function send(url, body, type) {
    const headers = { "X-CSRFToken": JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"] };
    if (type) headers["Content-Type"] = type;
    const answer = await fetch(url, { method: "POST", headers, body }).catch(() => null);
    if (answer?.redirected) location.href = `/sign-in/?next=${encodeURIComponent(location.pathname)}`;
    const said = await answer?.json().catch(() => null);
    return { done: Boolean(answer?.ok && said), said: said ?? { sentence: "That did not work. Load the page anew and try again." } };
  }

  async function select(numbers) {
    if (!numbers.length) {
      told.textContent = "There is no point inside that line.";
      return;
    }
    if (numbers.length > map.dataset.most) {
      const most = Number(map.dataset.most).toLocaleString("en");
      told.textContent = `${numbers.length.toLocaleString("en")} points are inside that line, and ${most} items can be selected at once. Draw a smaller line.`;
      return;
    }
    await whole;
    // Seen at once, though it is remembered a moment later.
    const before = chosen;
    chosen = new Uint8Array(data.n);
    for (const number of numbers) chosen[number] = 1;
    told.textContent = "Looking …";
    paint();
    const { done, said } = await send(map.dataset.select, data.together(numbers), "application/octet-stream");
    if (!done) {
      chosen = before;
      paint();
      told.textContent = said.sentence;
      return;
    }
    token = said.token;
    byId("chosen").textContent = said.sentence;
    byId("listed").href = said.url;
    byId("list").innerHTML = said.list;
    htmx.trigger(byId("list").firstElementChild, "htmx:load", { elt: byId("list").firstElementChild });
    selected.hidden = false;
    told.textContent = `${said.sentence} What can be done with them stands below the map.`;
    byId("chosen").focus({ preventScroll: true });
  }

  function clear() {
    chosen = null;
    token = "";
    selected.hidden = true;
    told.textContent = "";
    paint();
    canvas.focus({ preventScroll: true });
  }
  byId("clear").addEventListener("click", clear);

  byId("within").addEventListener("click", (event) => {
    const words = ask.elements.q.value.trim();
    event.currentTarget.href = byId("listed").href + (words ? `&q=${encodeURIComponent(words)}` : "#q");
  });
  byId("within").href = "#";

  byId("inview").addEventListener("click", () => {
    if (!data) return;
    const { width, height } = plot;
    select(plot.inside([[0, 0], [width, 0], [width, height], [0, height]]));
  });

  tagging?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const { done, said } = await send(map.dataset.tag, new URLSearchParams({ token, tags: tagging.elements.tags.value }));
    toast(said.sentence, done && said.undo);
    if (done) tagging.reset();
  });

  // As those of the library: what was done, and a way back.
  function toast(text, undo) {
    const box = Object.assign(document.createElement("div"), { className: "toast" });
    box.append(Object.assign(document.createElement("p"), { textContent: text }));
    if (undo) {
      const back = Object.assign(document.createElement("button"), { type: "button", textContent: "Undo" });
      back.addEventListener("click", async () => {
        back.disabled = true;
        const { said } = await send(map.dataset.untag, new URLSearchParams({ undo }));
        box.remove();
        toast(said.sentence);
      });
      box.append(back);
    }
    byId("toasts").append(box);
    setTimeout(() => box.remove(), undo ? 20000 : 8000);
  }
})();
