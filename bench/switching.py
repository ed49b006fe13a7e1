"""The encoder of a space changed while many search: requests made, failed, and answered by a mix of both.

    python -m bench.switching [--items 5000] [--clients 8] [--seconds 30] [--json]

A synthetic library (bench/library.py) in a data folder of its own and the product's own gunicorn. Beside the pocket
encoder stands another one that has each vector of it at another item, so that the two find different things. Clients
search by words over HTTP while the one and the other are activated in turn, twice a second. Every answer must be the
one that either encoder gives in peace.
"""

from __future__ import annotations

import argparse
import http.client
import json
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from urllib.parse import urlencode

from bench import library
from bench.search import encoded, note, own_database, web_server

QUERIES = 40
TURN_S = 0.5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--items", type=int, default=5000)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sightline-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # run by root, the servers have an account of their own, which must get in
        found = measure(folder, asked.items, asked.clients, asked.seconds)
    print(json.dumps(found) if asked.json else "\n".join(f"{name:<10} {value}" for name, value in found.items()))


def measure(folder: Path, items: int, clients: int, seconds: float) -> dict[str, float]:
    """Counts of requests, of those that failed, of mixed answers, of switches; the longest request in milliseconds."""
    with own_database(folder):
        texts, anchors, asked, _, _ = encoded(QUERIES)
        note(f"writing {items} items")
        library.write(library.draw(items, texts, anchors))
        pair = _two(folder)
        with web_server(folder) as port:
            return _under_load(port, pair, asked, clients, seconds)


def _two(folder: Path) -> tuple:
    """The encoder of pictures, and another one whose vectors lie at other items."""
    from django.db import connection
    from safetensors.torch import load_file

    from search import spaces
    from search.encoders import pocket
    from search.models import Encoder, EncoderState

    tower = load_file(pocket.weights())
    name = next(iter(tower))
    tower[name] = tower[name] + 0.001
    looks = pocket.config()["vision_cfg"]
    pocket.store(folder / "other", tower, looks["timm_model_name"], looks["image_size"])
    first = spaces.serving()["visual"]
    second = spaces.add(f"pocket:{folder / 'other'}", "visual")
    spaces.prepare(second)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH one AS (SELECT *, row_number() OVER (ORDER BY segment_id) AS place FROM search_embedding
                         WHERE encoder_id = %(first)s),
                 other AS (SELECT *, row_number() OVER (ORDER BY segment_id DESC) AS place FROM search_embedding
                           WHERE encoder_id = %(first)s)
            INSERT INTO search_embedding (encoder_id, segment_id, item_id, vector, background_mean, background_spread)
            SELECT %(second)s, one.segment_id, one.item_id, other.vector, other.background_mean, other.background_spread
            FROM one JOIN other USING (place)
            """,
            {"first": first.pk, "second": second.pk},
        )
    spaces.build_index(second)
    Encoder.objects.filter(pk=second.pk).update(state=EncoderState.READY)
    second.refresh_from_db()
    return first, second


def _under_load(port: int, pair: tuple, asked: list[str], clients: int, seconds: float) -> dict[str, float]:
    from search import spaces

    allowed: dict[str, set[tuple[str, ...]]] = {words: set() for words in asked}
    for encoder in pair:
        spaces.activate(encoder)
        for words in asked:
            allowed[words].add(_ask(http.client.HTTPConnection("127.0.0.1", port, timeout=60), words)[1])
    different = sum(len(answers) == 2 for answers in allowed.values())
    note(f"{different} of {len(asked)} queries are answered differently by the two")
    counts: Counter[str] = Counter()
    longest, ended, guard = [0.0], threading.Event(), threading.Lock()

    def client(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        turn = number
        while not ended.is_set():
            words = asked[turn % len(asked)]
            turn += 1
            started = time.perf_counter()
            try:
                status, answer = _ask(connection, words)
            except OSError:
                status, answer = 0, ()
                connection.close()
            with guard:
                counts["requests"] += 1
                counts["failed"] += status != 200
                counts["mixed"] += status == 200 and answer not in allowed[words]
                longest[0] = max(longest[0], time.perf_counter() - started)

    threads = [threading.Thread(target=client, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    until, switches = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        spaces.activate(pair[switches % 2])
        switches += 1
        time.sleep(TURN_S)
    ended.set()
    for thread in threads:
        thread.join()
    return {
        "switches": switches,
        "requests": counts["requests"],
        "failed": counts["failed"],
        "mixed": counts["mixed"],
        "longest ms": round(longest[0] * 1000),
        "different": different,
    }


def _ask(connection: http.client.HTTPConnection, words: str) -> tuple[int, tuple[str, ...]]:
    """The status, and the items in the order in which they were found."""
    connection.request("GET", "/api/v1/search/?" + urlencode({"q": words}))
    response = connection.getresponse()
    body = response.read()
    if response.status != 200:
        return response.status, ()
    return 200, tuple(hit["item"]["id"] for hit in json.loads(body)["results"])


if __name__ == "__main__":
    main()
