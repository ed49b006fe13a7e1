// Draws up to some 100,000 points by WebGL, flat or in a room, and says which of them is where on the screen.
globalThis.Plot = (() => {
  const VERTEX = `
    attribute vec3 place;
    attribute vec4 colour;
    attribute float mark;
    uniform mat4 view;
    uniform float size;
    uniform float strong;
    varying vec4 shade;
    void main() {
      gl_Position = view * vec4(place, 1.0);
      gl_PointSize = size * (1.0 + mark) / gl_Position.w;
      shade = colour;
      // What is faint is drawn first, under what is not; what is hidden, never.
      bool faint = colour.a < 0.5;
      if (colour.a < 0.001 || (strong > 0.5) == faint) gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
    }`;
  const FRAGMENT = `
    precision mediump float;
    varying vec4 shade;
    uniform float edge;
    void main() {
      float away = length(gl_PointCoord - 0.5);
      float covered = 1.0 - smoothstep(0.38, 0.5, away);
      if (covered < edge) discard;
      float alpha = shade.a * covered;
      gl_FragColor = vec4(shade.rgb * alpha, alpha);
    }`;
  const HALF = 32767;
  const MARGIN = 0.94;
  const DEPTH = 0.3;
  // Milliseconds of a frame, by which fewer or more points are drawn while something moves, and after which it rests.
  const [SLOW, QUICK, REST] = [40, 22, 200];
  const FEWEST = 10000;
  const CELL = 16; // pixels: what is pointed at lies in one of a few cells

  function program(gl) {
    const made = gl.createProgram();
    for (const [type, source] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
      const shader = gl.createShader(type);
      gl.shaderSource(shader, source);
      gl.compileShader(shader);
      gl.attachShader(made, shader);
    }
    gl.linkProgram(made);
    return gl.getProgramParameter(made, gl.LINK_STATUS) ? made : null;
  }

  return class Plot {
    // null where the browser has no WebGL.
    static on(canvas) {
      const gl = canvas.getContext("webgl", { alpha: true, antialias: false, premultipliedAlpha: true });
      const made = gl && program(gl);
      // There for whoever has only the canvas.
      canvas.plot = made ? new Plot(canvas, gl, made) : null;
      return canvas.plot;
    }

    constructor(canvas, gl, made) {
      Object.assign(this, { canvas, gl, made, n: 0, room: false, faint: false, frames: 0, moving: false, share: 1, took: 0, after: () => {} });
      this.measure();
      this.reset();
      this.setUp();
      // Asked for here alone: to ask for a size in each frame has the browser lay out the page in each.
      new ResizeObserver(() => {
        this.measure();
        this.draw();
      }).observe(canvas);
      canvas.addEventListener("webglcontextlost", (event) => event.preventDefault());
      canvas.addEventListener("webglcontextrestored", () => {
        this.made = program(gl);
        this.setUp();
        this.set(this.places, this.room);
        this.paint(this.colours, this.marks);
      });
    }

    setUp() {
      const { gl, made } = this;
      gl.useProgram(made);
      gl.enable(gl.BLEND);
      gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
      this.uniforms = Object.fromEntries(["view", "size", "strong", "edge"].map((name) => [name, gl.getUniformLocation(made, name)]));
      this.buffers = {};
      for (const [name, size, type] of [["place", 3, gl.SHORT], ["colour", 4, gl.UNSIGNED_BYTE], ["mark", 1, gl.UNSIGNED_BYTE]]) {
        const at = gl.getAttribLocation(made, name);
        this.buffers[name] = gl.createBuffer();
        gl.bindBuffer(gl.ARRAY_BUFFER, this.buffers[name]);
        gl.enableVertexAttribArray(at);
        gl.vertexAttribPointer(at, size, type, true, 0, 0);
      }
    }

    fill(name, data) {
      this.gl.bindBuffer(this.gl.ARRAY_BUFFER, this.buffers[name]);
      this.gl.bufferData(this.gl.ARRAY_BUFFER, data, this.gl.DYNAMIC_DRAW);
    }

    // `places`: three int16 for each point, from -32,767 to 32,767.
    set(places, room) {
      this.places = places;
      this.n = places.length / 3;
      this.room = room;
      this.fill("place", places);
      this.draw();
    }

    // `colours`: four bytes for each point, the last 0 for what is hidden and below 128 for what is faint. `marks`: one
    // byte each, by which it is larger.
    paint(colours, marks) {
      this.colours = colours;
      this.marks = marks;
      this.faint = false;
      for (let at = 3; at < colours.length && !this.faint; at += 4) this.faint = colours[at] > 0 && colours[at] < 128;
      this.fill("colour", colours);
      this.fill("mark", marks);
      this.draw();
    }

    reset() {
      Object.assign(this, { x: 0, y: 0, zoom: 1, yaw: 0.6, pitch: 0.35 });
      this.draw();
    }

    measure() {
      [this.width, this.height] = [this.canvas.clientWidth, this.canvas.clientHeight];
    }

    // Column by column, as WebGL has it; the same in shader and script, so that what is pointed at is what is seen.
    matrix() {
      const { width, height } = this;
      const side = Math.min(width, height) * MARGIN;
      const [across, up] = [(this.zoom * side) / width, (this.zoom * side) / height];
      if (!this.room) return [across, 0, 0, 0, 0, up, 0, 0, 0, 0, 0, 0, -this.x * across, -this.y * up, 0, 1];
      const [sy, cy, sp, cp] = [Math.sin(this.yaw), Math.cos(this.yaw), Math.sin(this.pitch), Math.cos(this.pitch)];
      const rows = [[cy, 0, sy], [sp * sy, cp, -sp * cy], [-cp * sy, sp, cp * cy]];
      const fit = 0.75;
      return [0, 1, 2].flatMap((axis) => [
        rows[0][axis] * across * fit,
        rows[1][axis] * up * fit,
        -rows[2][axis] * 0.2,
        -rows[2][axis] * DEPTH,
      ]).concat([-this.x * across * fit, -this.y * up * fit, 0, 1]);
    }

    draw() {
      this.screen = null;
      if (this.asked) return;
      this.asked = requestAnimationFrame(() => {
        this.asked = 0;
        this.now();
      });
    }

    // As `draw`, of what follows somebody's hand. Where frames come slowly, as without a graphics processor, they are of
    // some of the points until it rests: ids are random, so the first ones are a sample of all.
    follow() {
      this.moving = true;
      this.draw();
      clearTimeout(this.resting);
      this.resting = setTimeout(() => {
        this.moving = false;
        this.draw();
      }, Math.max(REST, 2 * this.took));
      // The next frame begins when this one is drawn.
      requestAnimationFrame((began) => requestAnimationFrame((ended) => this.pace(ended - began)));
    }

    // Draw more or fewer of the points by the milliseconds that a frame took.
    pace(took) {
      this.took = took;
      if (took > SLOW) this.share = Math.max((this.share * SLOW) / took, this.share / 4, Math.min(1, FEWEST / (this.n || 1)));
      else if (took < QUICK) this.share = Math.min(1, this.share * 1.2);
    }

    now() {
      const { gl, canvas } = this;
      const ratio = Math.min(devicePixelRatio || 1, 2);
      const [width, height] = [Math.round(this.width * ratio), Math.round(this.height * ratio)];
      if (!width || !height) return;
      if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
      gl.viewport(0, 0, width, height);
      gl.clearColor(0, 0, 0, 0);
      gl.depthMask(true);
      gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
      // In the room what is near covers what is behind it, up to where its edge is hardly seen; but for what is faint.
      if (this.room) gl.enable(gl.DEPTH_TEST);
      else gl.disable(gl.DEPTH_TEST);
      gl.uniform1f(this.uniforms.edge, this.room ? 0.3 : 0.02);
      gl.uniformMatrix4fv(this.uniforms.view, false, this.matrix());
      gl.uniform1f(this.uniforms.size, this.size() * ratio);
      const some = this.moving ? Math.ceil(this.n * this.share) : this.n;
      for (const strong of this.faint ? [0, 1] : [1]) {
        gl.uniform1f(this.uniforms.strong, strong);
        gl.depthMask(strong === 1);
        if (some) gl.drawArrays(gl.POINTS, 0, some);
      }
      this.frames += 1;
      this.after();
    }

    // Pixels of a point: many are small, and all grow a little where one looks closely.
    size() {
      const phone = Math.min(this.width, 900) / 900;
      return Math.min(Math.max(400 / Math.sqrt(this.n || 1), 3), 12) * this.zoom ** 0.35 * (0.6 + 0.4 * phone);
    }

    // Where every point is in pixels of the canvas, x after y; kept until something moves. What is hidden is nowhere.
    projected() {
      if (this.screen) return this.screen;
      const { places, colours, n, width, height, room } = this;
      const m = this.matrix().map((value, at) => (at < 12 ? value / HALF : value));
      const at = new Float32Array(2 * n);
      for (let number = 0; number < n; number += 1) {
        const [x, y, z] = [places[3 * number], places[3 * number + 1], places[3 * number + 2]];
        const w = room ? m[3] * x + m[7] * y + m[11] * z + m[15] : 1;
        const across = (m[0] * x + m[4] * y + m[8] * z + m[12]) / w;
        const up = (m[1] * x + m[5] * y + m[9] * z + m[13]) / w;
        const hidden = !colours[4 * number + 3];
        at[2 * number] = hidden ? NaN : ((across + 1) * width) / 2;
        at[2 * number + 1] = hidden ? NaN : ((1 - up) * height) / 2;
      }
      this.screen = { at, grid: null };
      return this.screen;
    }

    // Which points are in which cell of the screen: those of cell c are members[starts[c]] to members[starts[c + 1]].
    // Sorted by counting, in two passes.
    cells() {
      const screen = this.projected();
      if (screen.grid) return screen.grid;
      const [columns, rows] = [Math.ceil(this.width / CELL) + 1, Math.ceil(this.height / CELL) + 1];
      const { at } = screen;
      const of = new Int32Array(this.n).fill(-1);
      const starts = new Uint32Array(columns * rows + 1);
      for (let number = 0; number < this.n; number += 1) {
        const [column, row] = [Math.floor(at[2 * number] / CELL), Math.floor(at[2 * number + 1] / CELL)];
        if (!(column >= 0 && column < columns && row >= 0 && row < rows)) continue;
        of[number] = row * columns + column;
        starts[of[number] + 1] += 1;
      }
      for (let cell = 0; cell < columns * rows; cell += 1) starts[cell + 1] += starts[cell];
      const next = starts.slice();
      const members = new Uint32Array(starts[columns * rows]);
      for (let number = 0; number < this.n; number += 1) if (of[number] >= 0) members[next[of[number]]++] = number;
      screen.grid = { columns, rows, starts, members };
      return screen.grid;
    }

    // Calls `tell(number, x, y)` for every point that is shown, in pixels of the canvas.
    each(tell) {
      const { at } = this.projected();
      for (let number = 0; number < this.n; number += 1)
        if (!Number.isNaN(at[2 * number])) tell(number, at[2 * number], at[2 * number + 1]);
    }

    // The point at these pixels, or -1: the nearest within reach, those that are not faint before those that are.
    at(x, y, reach) {
      const { columns, rows, starts, members } = this.cells();
      const { at } = this.screen;
      const cell = (value, most) => Math.min(Math.max(Math.floor(value / CELL), 0), most - 1);
      let [best, found] = [Infinity, -1];
      for (let row = cell(y - reach, rows); row <= cell(y + reach, rows); row += 1) {
        const from = starts[row * columns + cell(x - reach, columns)];
        const to = starts[row * columns + cell(x + reach, columns) + 1];
        for (let place = from; place < to; place += 1) {
          const number = members[place];
          const away = (at[2 * number] - x) ** 2 + (at[2 * number + 1] - y) ** 2;
          if (away > reach ** 2) continue;
          const ranked = away + (this.colours[4 * number + 3] < 128 ? reach ** 2 : 0);
          if (ranked < best) [best, found] = [ranked, number];
        }
      }
      return found;
    }

    // The points inside a polygon of pixels, [[x, y], …].
    inside(polygon) {
      const xs = Float64Array.from(polygon, ([x]) => x);
      const ys = Float64Array.from(polygon, ([, y]) => y);
      const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
      const { at } = this.projected();
      const found = [];
      for (let number = 0; number < this.n; number += 1) {
        const [x, y] = [at[2 * number], at[2 * number + 1]];
        if (!(x >= left && x <= right && y >= top && y <= bottom)) continue;
        let within = false;
        for (let i = 0, j = xs.length - 1; i < xs.length; j = i, i += 1)
          if (ys[i] > y !== ys[j] > y && x < ((xs[j] - xs[i]) * (y - ys[i])) / (ys[j] - ys[i]) + xs[i]) within = !within;
        if (within) found.push(number);
      }
      return found;
    }

    // By pixels: along the map, or around the room.
    move(dx, dy) {
      if (this.room) {
        this.yaw += dx * 0.008;
        this.pitch = Math.min(Math.max(this.pitch + dy * 0.008, -1.5), 1.5);
      } else {
        const side = Math.min(this.width, this.height) * MARGIN;
        this.x -= (2 * dx) / side / this.zoom;
        this.y += (2 * dy) / side / this.zoom;
      }
      this.follow();
    }

    // So many times closer, with what is at these pixels staying there.
    closer(times, x = this.width / 2, y = this.height / 2) {
      const zoom = Math.min(Math.max(this.zoom * times, 0.5), 200);
      if (!this.room) {
        const side = Math.min(this.width, this.height) * MARGIN;
        const [right, up] = [(2 * (x - this.width / 2)) / side, (-2 * (y - this.height / 2)) / side];
        this.x += right / this.zoom - right / zoom;
        this.y += up / this.zoom - up / zoom;
      }
      this.zoom = zoom;
      this.follow();
    }
  };
})();
