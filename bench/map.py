"""The map: how long it takes to draw, to place what comes later, to send, and how smoothly a browser moves it.

    nice python -m bench.map [--pictures 13394] [--videos 200] [--frames 10] [--many 100000] [--bare] [--json]

Clustered vectors (bench/library.py) in a database of its own, and the product's own functions and web server. First a
library of the course's size: pictures, and videos of some frames each. Then one of `--many` items, of which a sample is
laid out and the rest placed. `--bare` runs umap-learn on all vectors as it comes, as what one would do without.
"""

from __future__ import annotations

import argparse
import http.client
import json
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from bench import library
from bench.search import note, own_database, web_server

GROUPS = 60
"""Sentences that items are drawn around: so many subjects has the library."""

TURNS = 120
"""Frames that a browser is asked for while it moves the map."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pictures", type=int, default=13_394)
    parser.add_argument("--videos", type=int, default=200)
    parser.add_argument("--frames", type=int, default=10)
    parser.add_argument("--many", type=int, default=100_000)
    parser.add_argument("--bare", action="store_true", help="also umap-learn on all vectors, without any of this")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sightline-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # run by root, the servers have an account of their own, which must get in
        with own_database(folder):
            texts, anchors = _subjects()
            course = _drawn(texts, anchors, asked.pictures, asked.videos, asked.frames)
            found = {"course": one(folder, course, asked.bare)}
            if asked.many:
                found["many"] = one(folder, _drawn(texts, anchors, asked.many, 0, 1), asked.bare)
    if asked.json:
        print(json.dumps(found))
        return
    for size, figures in found.items():
        print(size)
        for name, value in figures.items():
            print(f"  {name:<34} {value}")


def _subjects() -> tuple[list[str], np.ndarray]:
    from django.conf import settings

    from search import spaces

    found = library.sentences()
    texts = [found[number] for number in np.random.default_rng(7).permutation(len(found))[:GROUPS]]
    return texts, spaces.load(settings.SIGHTLINE_TEXT_ENCODER).encode_texts(texts)


def _drawn(texts: list[str], anchors: np.ndarray, pictures: int, videos: int, frames: int) -> library.Drawn:
    """`pictures` items of one vector and `videos` of `frames`, around `anchors`."""
    rng = np.random.default_rng(0)
    lengths = np.array([frames] * videos + [1] * pictures)
    items = np.repeat(np.arange(len(lengths)), lengths)
    nearest = rng.integers(len(anchors), size=len(lengths))
    dimensions = anchors.shape[1]

    def noise(rows: int, length: float) -> np.ndarray:
        return rng.standard_normal((rows, dimensions), dtype=np.float32) * (length / np.sqrt(dimensions))

    def unit(vectors: np.ndarray) -> np.ndarray:
        return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)

    bases = unit(anchors[nearest] + noise(len(lengths), library.ITEM_NOISE))
    return library.Drawn(
        pictures=unit(bases[items] + noise(len(items), library.FRAME_NOISE)),
        items=items,
        words=bases,
        sentences=[texts[number] for number in nearest],
        tags=[[f"subject-{number % 20}"] for number in nearest],
    )


def one(folder: Path, drawn: library.Drawn, bare: bool) -> dict[str, Any]:
    from django.contrib.auth import get_user_model

    from search import spaces
    from search.map import fits, reading
    from search.models import MapFit, MapPoint

    size = len(drawn.sentences)
    note(f"{size} items: writing")
    ids = library.write(drawn)
    MapFit.objects.all().delete()
    encoder = spaces.serving()["visual"]
    note(f"{size} items: drawing")
    fits.ask_for(encoder)
    found: dict[str, Any] = {"items": size, "vectors": len(drawn.items)}
    steps: list[tuple[str, float]] = []
    tell = fits._tell

    def noted(fit: MapFit, step: tuple[str, float]) -> None:
        steps.append((step[0], time.perf_counter()))
        tell(fit, step)

    fits._tell = noted
    worked = time.process_time()
    found["draw, s"], _ = _timed(fits.keep_up)
    found["draw, s of this process's own"] = round(time.process_time() - worked, 1)
    fits._tell = tell
    ends = [at for _, at in steps[1:]] + [time.perf_counter()]
    for (step, began), ended in zip(steps, ends, strict=True):
        found[f"  {step.lower()}, s"] = round(ended - began, 1)
    fit = fits.shown()
    found["points"] = MapPoint.objects.filter(fit=fit).count()
    found["groups"] = len(fit.clusters)
    found["neighbours kept"] = _kept(drawn, ids, fit)
    new = min(200, size // 10)
    MapPoint.objects.filter(fit=fit, anchor=False, item__in=ids[-new:]).delete()
    MapPoint.objects.filter(fit=fit, item__in=ids[-new:]).delete()
    found[f"place {new} new ones, s"], _ = _timed(fits.keep_up)
    owner = get_user_model().objects.get(username="owner")
    found["points of one viewer, s"], body = _best(lambda: reading.packed(reading.points(owner, fit), {}))
    found["bytes"] = len(body)
    found["light up by words, s"], _ = _best(lambda: reading.near("open the file", owner, fit))
    found["what is missing, s"], _ = _best(lambda: reading.missing(owner, fit))
    with web_server(folder) as port:
        found["over HTTP, s"], _ = _best(lambda: _get(port, "/map/points/"))
        found |= _in_browser(port)
    if bare:
        found["bare umap-learn on all vectors, s of its own"] = round(_bare(drawn), 1)
    return found


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    started = time.perf_counter()
    result = work()
    return round(time.perf_counter() - started, 2), result


def _best(work: Callable[[], Any]) -> tuple[float, Any]:
    """The median of five times."""
    times, result = [], None
    for _ in range(5):
        took, result = _timed(work)
        times.append(took)
    return round(statistics.median(times), 2), result


def _kept(drawn: library.Drawn, ids: list, fit: Any, sample: int = 500) -> float:
    """The share of items whose ten nearest on the map are mostly of their own subject."""
    from search.models import MapPoint

    subject = dict(zip(ids, drawn.sentences, strict=True))
    rows = list(MapPoint.objects.filter(fit=fit).values_list("item", "umap_x", "umap_y"))
    places = np.array([row[1:] for row in rows], dtype=np.float32)
    subjects = np.array([subject[row[0]] for row in rows])
    good = 0
    picked = np.random.default_rng(1).choice(len(rows), min(sample, len(rows)), replace=False)
    for number in picked:
        near = np.argsort(np.square(places - places[number]).sum(axis=1))[1:11]
        good += (subjects[near] == subjects[number]).sum() > 5
    return round(good / len(picked), 3)


def _get(port: int, path: str) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path)
    return connection.getresponse().read()


# As a hand moves it: each frame is drawn and read back, so that it is there and not only asked for.
MOVE = """async (turns) => {
    const { plot } = document.getElementById("plot");
    const pixel = new Uint8Array(4);
    const times = [];
    for (let turn = 0; turn < turns; turn += 1) {
        await new Promise(requestAnimationFrame);
        const began = performance.now();
        plot.x += 0.002;
        plot.now();
        plot.gl.readPixels(0, 0, 1, 1, plot.gl.RGBA, plot.gl.UNSIGNED_BYTE, pixel);
        times.push(performance.now() - began);
    }
    times.sort((a, b) => a - b);
    const began = performance.now();
    for (let turn = 0; turn < 20; turn += 1) plot.at(400 + turn, 300, 10);
    const pointed = (performance.now() - began) / 20;
    const info = plot.gl.getExtension("WEBGL_debug_renderer_info");
    const drawnBy = plot.gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : plot.gl.RENDERER);
    return [times[turns >> 1], times[Math.floor(turns * 0.95)], plot.n, pointed, drawnBy];
}"""


def _in_browser(port: int) -> dict[str, Any]:
    """Milliseconds of a frame while the map is moved, and of finding what is pointed at, in headless Chromium."""
    from playwright.sync_api import sync_playwright

    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"])
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        started = time.perf_counter()
        page.goto(f"http://127.0.0.1:{port}/map/")
        page.wait_for_selector("#map[data-ready]", timeout=60_000)
        loaded = time.perf_counter() - started
        middle, slow, points, pointed, drawn_by = page.evaluate(MOVE, TURNS)
        found = {
            "page until the points are there, s": round(loaded, 2),
            "points drawn": points,
            "frame, ms (median)": round(middle, 1),
            "frame, ms (95 %)": round(slow, 1),
            "what is pointed at, ms": round(pointed, 2),
            "drawn by": drawn_by,
        }
        browser.close()
    return found


def _bare(drawn: library.Drawn) -> float:
    from umap import UMAP

    started = time.process_time()
    UMAP(n_components=2, metric="cosine", n_neighbors=15, random_state=0, n_jobs=1).fit_transform(drawn.pictures)
    return time.process_time() - started


if __name__ == "__main__":
    main()
