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
  const TYPES = { uint8: Uint8Array, int8: Int8Array, int16: Int16Array, uint16: Uint16Array };
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
  let ids = [];
  const numberOf = new Map();

  function read(buffer) {
    const length = new DataView(buffer).getUint32(8, true);
    const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 12, length)));
    const found = { ...header };
    for (const [name, type, at] of header.columns)
      found[name] = new TYPES[type](buffer, 12 + length + at, name === "ids" ? 16 * header.n : header.n);
    return found;
  }

  const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
  function hex(number) {
    let text = "";
    for (let at = 16 * number; at < 16 * number + 16; at += 1) text += HEX[data.ids[at]];
    return text;
  }
  const address = (number) => {
    const id = ids[number];
    const written = `${id.slice(0, 8)}-${id.slice(8, 12)}-${id.slice(12, 16)}-${id.slice(16, 20)}-${id.slice(20)}`;
    return map.dataset.item.replace(/[0-9a-f-]{36}/, written);
  };

  async function load() {
    const response = await fetch(map.dataset.points);
    if (!response.ok) throw new Error();
    data = read(await response.arrayBuffer());
    ids = Array.from({ length: data.n }, (_, number) => hex(number));
    ids.forEach((id, number) => numberOf.set(id, number));
    if (!data.n) return instead("Nothing that you may see is on the map yet.");
    wait.hidden = true;
    arrange();
    recolour();
    map.dataset.ready = data.n;
  }

  // --- Views and colours ---

  const view = byId("view");
  const colour = byId("colour");
  const legend = byId("legend");
  const labels = byId("labels");
  // Told apart on light and dark, and by most who see colours differently in their order here.
  const COLOURS = ["#3b6fd4", "#c8551f", "#23865b", "#a04ab3", "#947400", "#0f8797", "#c93d63", "#5f8020", "#6a5acd", "#95592f", "#c0569d", "#4f7388"];
  const OTHER = "#85857e";
  const FAINT = 34;

  function hue(number, second) {
    const value = COLOURS[number % COLOURS.length];
    const parts = [1, 3, 5].map((at) => parseInt(value.slice(at, at + 2), 16));
    return second ? parts.map((part) => Math.round(part + (150 - part) * 0.42)) : parts;
  }
  const GREY = [1, 3, 5].map((at) => parseInt(OTHER.slice(at, at + 2), 16));

  let entries = [];
  let entryOf = new Int16Array(0);
  let alone = null;
  let lit = new Map();
  let chosen = new Set();

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
    const counts = new Map();
    let names = [];
    if (colour.value === "tag") {
      names = data.tags.map((tag) => `#${tag}`);
      for (let number = 0; number < data.n; number += 1)
        for (let bit = 0; bit < names.length; bit += 1)
          if (data.carried[number] & (1 << bit)) {
            counts.set(bit, (counts.get(bit) ?? 0) + 1);
            entryOf[number] = bit;
          }
    } else {
      const column = colour.value === "kind" ? data.kind : data.cluster;
      names = colour.value === "kind" ? data.kinds.map(([, label]) => label) : [];
      for (const [number, name] of Object.entries(data.clusters)) if (colour.value === "cluster") names[number] = name;
      for (let number = 0; number < data.n; number += 1) {
        const entry = names[column[number]] === undefined ? NONE : column[number];
        entryOf[number] = entry;
        if (entry !== NONE) counts.set(entry, (counts.get(entry) ?? 0) + 1);
      }
    }
    const rest = entryOf.reduce((sum, entry) => sum + (entry === NONE), 0);
    entries = [...counts].map(([entry, count]) => ({ entry, count, name: names[entry] }));
    entries.sort((a, b) => b.count - a.count || a.entry - b.entry);
    entries.forEach((each, at) => (each.hue = hue(at, at >= COLOURS.length)));
    const others = { cluster: "in no group", tag: "none of these", kind: "" }[colour.value];
    if (rest) entries.push({ entry: NONE, count: rest, name: others, hue: GREY });
  }

  // A point carries several tags, of which it can only show one.
  const isOf = (number, entry) => {
    if (colour.value === "tag" && entry !== NONE) return Boolean(data.carried[number] & (1 << entry));
    return entryOf[number] === entry;
  };

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
    const hues = new Map(entries.map(({ entry, hue: own }) => [entry, own]));
    const sole = alone === null ? null : hues.get(alone);
    for (let number = 0; number < data.n; number += 1) {
      if (sole && !isOf(number, alone)) continue;
      const bright = chosen.size ? Number(chosen.has(number)) : lit.size ? (lit.get(number) ?? 0) : 1;
      const [r, g, b] = sole ?? hues.get(entryOf[number]);
      const at = 4 * number;
      [colours[at], colours[at + 1], colours[at + 2]] = [r, g, b];
      colours[at + 3] = bright ? 128 + Math.round(bright * 100) : FAINT;
      marks[number] = chosen.size || lit.size ? Math.round(bright * 200) : 0;
    }
    plot.paint(colours, marks);
    name();
  }

  // --- Names beside the groups ---

  let named = [];

  function name() {
    const shown = view.value === "umap" && colour.value === "cluster" && alone === null && !chosen.size && !lit.size;
    const places = new Map(entries.map(({ entry }) => [entry, [[], []]]));
    if (shown)
      for (let number = 0; number < data.n; number += 1) {
        const [xs, ys] = places.get(entryOf[number]);
        xs.push(data.umap_x[number]);
        ys.push(data.umap_y[number]);
      }
    const middle = (values) => values.sort((a, b) => a - b)[values.length >> 1] / 32767;
    named = (shown ? entries : [])
      .filter(({ entry }) => entry !== NONE)
      .map(({ entry, name: text }) => ({ text, x: middle(places.get(entry)[0]), y: middle(places.get(entry)[1]) }));
    labels.replaceChildren(...named.map(({ text }) => Object.assign(document.createElement("span"), { textContent: text })));
    named.forEach((each, at) => {
      each.span = labels.children[at];
      each.width = each.span.offsetWidth;
    });
    plot.draw();
  }

  // The larger groups come first; a name that would lie on another waits until one looks closer.
  plot.after = () => {
    const m = plot.matrix();
    const taken = [];
    for (const { span, x, y, width } of named) {
      const left = ((m[0] * x + m[12] + 1) * canvas.clientWidth) / 2 - width / 2;
      const top = ((1 - m[5] * y - m[13]) * canvas.clientHeight) / 2 - 12;
      const free = taken.every(([l, t, w]) => left + width < l || l + w < left || Math.abs(top - t) > 24);
      span.hidden = !free;
      if (!free) continue;
      taken.push([left, top, width]);
      span.style.transform = `translate(${left}px, ${top}px)`;
    }
  };

  view.addEventListener("change", () => {
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

  function about(number) {
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
    const { clientWidth: width, clientHeight: height } = canvas;
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
    } else if (chosen.size) clear();
    else if (lit.size) light("");
    else if (alone !== null) legend.querySelector("[aria-pressed=true]").click();
  });

  // --- What words light up ---

  const ask = byId("light");
  let asked = 0;

  async function light(words) {
    const own = (asked += 1);
    ask.elements.q.value = words;
    if (!words) {
      lit = new Map();
      told.textContent = "";
      return paint();
    }
    told.textContent = "Looking …";
    const answer = await fetch(`${map.dataset.near}?q=${encodeURIComponent(words)}`).catch(() => null);
    const said = await answer?.json().catch(() => null);
    if (own !== asked) return;
    told.textContent = said?.sentence ?? "The library cannot be reached. Check the connection and try again.";
    if (!answer?.ok) return;
    lit = new Map(said.items.flatMap(([id, bright]) => (numberOf.has(id) ? [[numberOf.get(id), bright]] : [])));
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
    const body = new Uint8Array(16 * numbers.length);
    numbers.forEach((number, at) => body.set(data.ids.subarray(16 * number, 16 * number + 16), 16 * at));
    const { done, said } = await send(map.dataset.select, body, "application/octet-stream");
    if (!done) {
      told.textContent = said.sentence;
      return;
    }
    token = said.token;
    chosen = new Set(numbers);
    byId("chosen").textContent = said.sentence;
    byId("listed").href = said.url;
    byId("list").innerHTML = said.list;
    htmx.trigger(byId("list").firstElementChild, "htmx:load", { elt: byId("list").firstElementChild });
    selected.hidden = false;
    told.textContent = `${said.sentence} What can be done with them stands below the map.`;
    paint();
    byId("chosen").focus({ preventScroll: true });
  }

  function clear() {
    chosen = new Set();
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
    const { clientWidth: width, clientHeight: height } = canvas;
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

  load().catch(() => instead("The points could not be loaded. Try again in a moment."));
})();
