"""What a browser makes of the map's page: bytes and seconds until the points are there, and how it moves.

Real pointer and wheel events, sent to headless Chromium by the protocol of its developer tools, a frame after each.
Of every gesture: milliseconds from one frame to the next by the clock; and of processor time, which says the same on a
busy machine, milliseconds of script and of drawing for each. Where there is no graphics processor Chromium draws in
software, and the last of these is what such a processor would take over.

Beside it the same points, at the same size, by other means: `fillRect` for each point on a canvas, and, where its
folder is named, regl-scatterplot (npm install regl-scatterplot), which draws one flat map and nothing else.
"""

from __future__ import annotations

import math
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, sync_playwright

from bench.search import note

SCREENS: dict[str, dict[str, Any]] = {
    "1280": {"viewport": {"width": 1280, "height": 800}},
    "390": {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "is_mobile": True, "has_touch": True},
}

STEPS = 12
"""Events of one gesture, after each of which a frame is awaited."""

WAIT_MS = 120_000

FRAME = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"

RENDERER = """() => {
    const gl = document.createElement("canvas").getContext("webgl");
    if (!gl) return "no WebGL";
    const info = gl.getExtension("WEBGL_debug_renderer_info");
    return gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER);
}"""

# Until a choice in a form is drawn, the script's part and that of drawing together.
CHOOSE = """async ([id, value]) => {
    const field = document.getElementById(id);
    const { plot } = document.getElementById("plot");
    const began = performance.now();
    field.value = value;
    field.dispatchEvent(new Event("change"));
    plot.now();
    return performance.now() - began;
}"""

# The points as the page has them, for whoever else is to draw them: places from -1 to 1, and a colour of each.
POINTS = """async (size) => {
    const buffer = await (await fetch("/map/points/")).arrayBuffer();
    const begins = 12 + new DataView(buffer).getUint32(8, true);
    const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 12, begins - 12)));
    const at = Object.fromEntries(header.columns.map(([name, , place]) => [name, begins + place]));
    const cluster = new Int8Array(buffer, at.cluster, header.n);
    const [xs, ys] = [new Int16Array(buffer, at.umap_x, header.n), new Int16Array(buffer, at.umap_y, header.n)];
    const palette = Array.from({ length: 25 }, (_, each) => "#" + (0x404040 + 0x07130b * each).toString(16));
    globalThis.points_ = {
        size,
        n: header.n,
        palette,
        x: Float32Array.from(xs, (x) => x / 32767),
        y: Float32Array.from(ys, (y) => y / 32767),
        z: Float32Array.from(cluster, (each) => each + 1),
    };
}"""

CANVAS = """() => {
    const { n, size, palette, x: xs, y: ys, z } = globalThis.points_;
    document.body.innerHTML = "";
    document.body.style.margin = 0;
    const canvas = document.createElement("canvas");
    const ratio = Math.min(devicePixelRatio, 2);
    [canvas.width, canvas.height] = [innerWidth * ratio, innerHeight * ratio];
    canvas.style.cssText = "display: block; width: 100vw; height: 100vh; touch-action: none";
    document.body.append(canvas);
    const pen = canvas.getContext("2d");
    pen.globalAlpha = 0.9;
    let [x, y, zoom, asked] = [0, 0, 1, 0];
    const side = Math.min(canvas.width, canvas.height) * 0.94;
    function draw() {
        asked = 0;
        pen.clearRect(0, 0, canvas.width, canvas.height);
        const scale = (zoom * side) / 2;
        const wide = size * ratio;
        for (let i = 0; i < n; i += 1) {
            pen.fillStyle = palette[z[i]];
            const px = xs[i] * scale + canvas.width / 2 + x;
            const py = canvas.height / 2 - ys[i] * scale + y;
            pen.fillRect(px - wide / 2, py - wide / 2, wide, wide);
        }
    }
    const soon = () => { asked ||= requestAnimationFrame(draw); };
    canvas.onpointermove = (event) => {
        if (event.buttons) { x += event.movementX; y += event.movementY; soon(); }
    };
    canvas.onwheel = (event) => { zoom *= Math.exp(-event.deltaY * 0.0016); soon(); };
    draw();
}"""

REGL = """() => {
    const { size, palette, x, y, z } = globalThis.points_;
    document.body.innerHTML = "";
    document.body.style.margin = 0;
    const canvas = document.createElement("canvas");
    canvas.style.cssText = "display: block; width: 100vw; height: 100vh";
    document.body.append(canvas);
    const drawn = createScatterplot.default({
        canvas, width: innerWidth, height: innerHeight, pointSize: size, colorBy: "valueA",
        pointColor: palette, opacity: 0.9,
    });
    drawn.draw({ x, y, z });
}"""


@dataclass(frozen=True)
class Gesture:
    """Milliseconds for each event: by the clock, and processor time of script and of drawing."""

    median: float
    p95: float
    script: float
    drawing: float

    def __str__(self) -> str:
        return f"{self.median:.0f}, {self.p95:.0f}, {self.script:.1f}, {self.drawing:.1f}"


@dataclass
class Watched:
    """A page, and the two sessions that tell what it takes."""

    page: Page
    session: CDPSession
    browser: CDPSession

    @classmethod
    def of(cls, page: Page) -> Watched:
        session = page.context.new_cdp_session(page)
        # Time of the processor, not of the clock: others may use it too.
        session.send("Performance.enable", {"timeDomain": "threadTicks"})
        browser = page.context.browser
        assert browser
        return cls(page, session, browser.new_browser_cdp_session())

    def script_s(self) -> float:
        metrics = self.session.send("Performance.getMetrics")["metrics"]
        return next(each["value"] for each in metrics if each["name"] == "ScriptDuration")

    def drawing_s(self) -> float:
        """Of the process that draws, for whichever page."""
        processes = self.browser.send("SystemInfo.getProcessInfo")["processInfo"]
        return sum(each["cpuTime"] for each in processes if each["type"] == "GPU")

    def gesture(self, events: Iterator[None]) -> Gesture:
        """What each of `events` takes, which are made by asking for the next."""
        times = []
        script, drawing = self.script_s(), self.drawing_s()
        while True:
            began = time.perf_counter()
            if next(events, self) is self:
                break
            self.page.evaluate(FRAME)
            times.append(1000 * (time.perf_counter() - began))
        script, drawing = self.script_s() - script, self.drawing_s() - drawing
        times.sort()
        count = len(times)
        return Gesture(times[count // 2], times[int(count * 0.95)], 1000 * script / count, 1000 * drawing / count)


@contextmanager
def chromium() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield browser
        browser.close()


def measured(
    port: int, cookie: str, rival: Path | None = None, screens: Sequence[str] = tuple(SCREENS)
) -> dict[str, Any]:
    """Everything there is to say of the page at `port` for whoever `cookie` is; `rival`: its folder of npm packages."""
    found: dict[str, Any] = {}
    with chromium() as browser:
        for width in screens:
            with _context(browser, port, cookie, SCREENS[width]) as context:
                page = context.new_page()
                found |= {f"{width}: {name}": value for name, value in _ours(page).items()}
                size = page.evaluate("document.getElementById('plot').plot.size()")
                found |= {f"{width}: {name}": value for name, value in _others(context, size, rival).items()}
    return found


@contextmanager
def _context(browser: Browser, port: int, cookie: str, screen: dict[str, Any]) -> Iterator[BrowserContext]:
    # Without the content policy, or other people's scripts could not be put beside ours.
    context = browser.new_context(base_url=f"http://127.0.0.1:{port}", bypass_csp=True, **screen)
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": f"http://127.0.0.1:{port}"}])
    context.set_default_timeout(WAIT_MS)
    yield context
    context.close()


def _ours(page: Page) -> dict[str, Any]:
    watched = Watched.of(page)
    found: dict[str, Any] = {}
    for visit in ("first", "again"):
        name = f"{visit} visit: kB, s until drawn, s until whole"
        found[name] = _visit(page, watched.session)
        note(f"{name}: {found[name]}")
    found["drawn by"] = page.evaluate(RENDERER)
    page.locator("#plot").scroll_into_view_if_needed()

    def gesture(name: str, events: Callable[[Page], Iterator[None]]) -> None:
        found[name] = str(watched.gesture(events(page)))
        note(f"{name}: {found[name]}")

    gesture("moving", _drag)
    gesture("zooming", _wheel)
    page.evaluate("document.getElementById('whole').click()")
    gesture("pointing", _hover)
    for colour in ("kind", "tag", "cluster"):
        found[f"colour by {colour}, ms"] = round(page.evaluate(CHOOSE, ["colour", colour]), 1)
    page.evaluate(CHOOSE, ["view", "room"])
    gesture("turning in 3-D", _drag)
    page.evaluate(CHOOSE, ["view", "umap"])
    page.evaluate("document.getElementById('lasso').click()")
    gesture("drawing a line", _circle)
    page.wait_for_function("document.getElementById('told').textContent")
    found["what a line says"] = page.evaluate("document.getElementById('told').textContent")
    return found


def _visit(page: Page, session: CDPSession) -> str:
    """kB over the network, and seconds until points are drawn and until everything is there."""
    sent: list[int] = []
    session.send("Network.enable")
    session.on("Network.loadingFinished", lambda event: sent.append(int(event["encodedDataLength"])))
    page.goto("/map/", wait_until="commit")
    page.wait_for_function(
        "document.getElementById('plot')?.plot?.n > 0 && document.getElementById('plot').plot.frames > 0"
    )
    drawn = page.evaluate("performance.now()") / 1000
    page.wait_for_selector("#map[data-ready]", state="attached")
    whole = page.evaluate("performance.now()") / 1000
    page.wait_for_load_state("networkidle")
    return f"{sum(sent) / 1000:.0f}, {drawn:.2f}, {whole:.2f}"


def _middle(page: Page) -> tuple[float, float, float]:
    box = page.locator("canvas").first.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, min(box["width"], box["height"]) / 4


def _drag(page: Page) -> Iterator[None]:
    x, y, radius = _middle(page)
    page.mouse.move(x - radius, y)
    page.mouse.down()
    for step in range(STEPS):
        page.mouse.move(x - radius + 2 * radius * (step + 1) / STEPS, y + radius * step / STEPS / 2)
        yield
    page.mouse.up()


def _wheel(page: Page) -> Iterator[None]:
    x, y, _ = _middle(page)
    page.mouse.move(x, y)
    for step in range(STEPS):
        page.mouse.wheel(0, -120 if step < STEPS / 2 else 120)
        yield


def _hover(page: Page) -> Iterator[None]:
    x, y, radius = _middle(page)
    for step in range(STEPS):
        page.mouse.move(x - radius + 2 * radius * step / STEPS, y - radius + 2 * radius * step / STEPS)
        yield


def _circle(page: Page) -> Iterator[None]:
    x, y, radius = _middle(page)
    page.mouse.move(x + radius, y)
    page.mouse.down()
    for step in range(1, STEPS):
        turn = 2 * math.pi * step / STEPS
        page.mouse.move(x + radius * math.cos(turn), y + radius * math.sin(turn), steps=4)
        yield
    page.mouse.up()


def _classic(script: Path) -> str:
    """A script that exports `createPubSub` as a module does, as one that a page without modules can take."""
    text = script.read_text()
    end = text.rfind("export {")
    return text if end < 0 else f"globalThis.createPubSub = (() => {{ {text[:end]} return createPubSub; }})();"


def _others(context: BrowserContext, size: float, rival: Path | None) -> dict[str, str]:
    means: dict[str, tuple[str, list[str]]] = {"fillRect": (CANVAS, [])}
    if rival:
        scripts = ["regl/dist/regl.js", "pub-sub-es/dist/index.js", "regl-scatterplot/dist/regl-scatterplot.js"]
        means["regl-scatterplot"] = (REGL, scripts)
    found = {}
    for name, (begin, scripts) in means.items():
        page = context.new_page()
        page.goto("/map/state/")
        for script in scripts:
            page.add_script_tag(content=_classic(rival / script))
        page.evaluate(POINTS, size)
        page.evaluate(begin)
        page.evaluate(FRAME)
        watched = Watched.of(page)
        for what, events in (("moving", _drag), ("zooming", _wheel)):
            found[f"{name}: {what}"] = str(watched.gesture(events(page)))
            note(f"{name}: {what}: {found[f'{name}: {what}']}")
        page.close()
    return found
