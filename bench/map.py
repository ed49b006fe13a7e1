"""The map: how long it takes to draw, to place what comes later, to send, and how smoothly a browser moves it.

    nice python -m bench.map [--pictures 13394] [--videos 200] [--frames 10] [--many 100000] [--bare] [--json]
    nice python -m bench.map --page 100000 [--data FOLDER] [--rival NODE_MODULES] [--json]

Clustered vectors (bench/library.py) in a database of its own, and the product's own functions and web server. First a
library of the course's size: pictures, and videos of some frames each. Then one of `--many` items, of which a sample is
laid out and the rest placed. `--bare` runs umap-learn on all vectors as it comes, as what one would do without.

`--page` measures the page alone (bench/map_browser.py), on so many items whose places are made up instead of laid out,
which takes a minute less; `--data` keeps them for the next time.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import statistics
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from bench import library, map_browser, map_library
from bench.pages import signed_in, thumbnails
from bench.search import note, own_database, web_server


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pictures", type=int, default=13_394)
    parser.add_argument("--videos", type=int, default=200)
    parser.add_argument("--frames", type=int, default=10)
    parser.add_argument("--many", type=int, default=100_000)
    parser.add_argument("--bare", action="store_true", help="also umap-learn on all vectors, without any of this")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--page", type=int, default=0, help="so many items with made-up places, and the page alone")
    parser.add_argument("--data", type=Path, help="with --page: a folder to keep the items in")
    parser.add_argument("--rival", type=Path, help="with --page: a node_modules that has regl-scatterplot")
    parser.add_argument("--screens", default=",".join(map_browser.SCREENS), help="with --page: their widths")
    asked = parser.parse_args()
    if asked.page:
        report(asked, {"page": page(asked.page, asked.data, asked.rival, asked.screens.split(","))})
        return
    with tempfile.TemporaryDirectory(prefix="sightline-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # run by root, the servers have an account of their own, which must get in
        with own_database(folder):
            texts, anchors = map_library.subjects()
            course = map_library.drawn(texts, anchors, asked.pictures, asked.videos, asked.frames)
            found = {"course": one(folder, course, asked.bare)}
            if asked.many:
                found["many"] = one(folder, map_library.drawn(texts, anchors, asked.many, 0, 1), asked.bare)
    report(asked, found)


def report(asked: argparse.Namespace, found: dict[str, dict[str, Any]]) -> None:
    if asked.json:
        print(json.dumps(found))
        return
    for size, figures in found.items():
        print(size)
        for name, value in figures.items():
            print(f"  {name:<44} {value}")


def page(items: int, kept: Path | None, rival: Path | None, screens: list[str]) -> dict[str, Any]:
    """The page of `items` with made-up places: what it takes on the server, and in a browser."""
    with tempfile.TemporaryDirectory(prefix="sightline-bench-") as name:
        folder = kept or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)
        with own_database(folder):
            if not (folder / "made").exists():
                _made(items)
                (folder / "made").touch()
            found = {"items": items} | _served()
            with web_server(folder) as port:
                cookie = signed_in()
                found |= _over_http(port, cookie)
                note(json.dumps(found))
                found |= map_browser.measured(port, cookie, rival, screens)
    return found | {"load of the machine": f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"}


def _made(items: int) -> None:
    from django.db import connection

    from media_library.models import MediaItem

    note(f"{items} items: writing")
    drawn = map_library.drawn(*map_library.subjects(), items, 0, 1)
    ids = library.write(drawn)
    map_library.place(ids, drawn)
    thumbnails()
    # What is pointed at shows one of a few files.
    MediaItem.objects.update(thumbnail="thumbnails/0.webp")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _served() -> dict[str, Any]:
    """Statements, seconds and memory of the view that gives the points, in this process."""
    from django.contrib.auth import get_user_model
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(headers={"host": "localhost"})
    client.force_login(get_user_model().objects.get(username="owner"))
    found: dict[str, Any] = {}
    for label, path in (("page", "/map/"), ("points", "/map/points/")):
        client.get(path)
        with CaptureQueriesContext(connection) as asked:
            took, answer = _timed(lambda path=path: client.get(path))
        theirs = sum(float(each["time"]) for each in asked)
        size = len(answer.content) / 1000
        found[f"{label}: statements, s, s of them, kB"] = f"{len(asked)}, {took:.2f}, {theirs:.2f}, {size:.0f}"
    tracemalloc.start()
    client.get("/map/points/")
    found["points: MB of Python's memory at most"] = round(tracemalloc.get_traced_memory()[1] / 1e6, 1)
    tracemalloc.stop()
    return found


def _over_http(port: int, cookie: str) -> dict[str, Any]:
    """Seconds of the points, to one who has none of them and to one who has them."""
    first, again = [], []
    for _ in range(5):
        took, (_, etag) = _timed(lambda: _get(port, "/map/points/", {"Cookie": f"sessionid={cookie}"}))
        first.append(took)
        known = {"Cookie": f"sessionid={cookie}", "If-None-Match": etag}
        again.append(_timed(lambda known=known: _get(port, "/map/points/", known))[0])
    return {"points over HTTP, s": statistics.median(first), "points not changed, s": statistics.median(again)}


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
        found |= map_browser.measured(port, signed_in(), None, ["1280"])
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


def _get(port: int, path: str, headers: dict[str, str] | None = None) -> tuple[bytes, str]:
    """The answer, as a browser that takes it compressed gets it, and its ETag."""
    asking = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    asking.request("GET", path, headers={"Accept-Encoding": "gzip"} | (headers or {}))
    answer = asking.getresponse()
    body = answer.read()
    asking.close()
    if answer.status not in (200, 304):
        sys.exit(f"{path} was answered with {answer.status}.")
    return body, answer.headers.get("ETag", "")


def _bare(drawn: library.Drawn) -> float:
    from umap import UMAP

    started = time.process_time()
    UMAP(n_components=2, metric="cosine", n_neighbors=15, random_state=0, n_jobs=1).fit_transform(drawn.pictures)
    return time.process_time() - started


if __name__ == "__main__":
    main()
