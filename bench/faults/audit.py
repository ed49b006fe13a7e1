"""Looking at everything afterwards: what is lost, what is left over, what was done twice."""

from __future__ import annotations

import time
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

from bench.faults.product import Product
from bench.faults.shelf import Shelf

PATIENCE_S = 900
MESSAGES_S = 300


def wait_until_settled(patience_s: float = PATIENCE_S) -> float:
    """Wait until nothing is left to do; returns how many seconds that took."""
    from media_library.models import MediaItem
    from media_library.patience import patiently

    began = time.monotonic()
    while time.monotonic() - began < patience_s:
        left = patiently(
            lambda: MediaItem.objects.unfinished().exists() or MediaItem.objects.filter(text_state="waiting").exists()
        )
        if not left:
            break
        time.sleep(0.5)
    return time.monotonic() - began


def audit(product: Product, shelf: Shelf, extra: dict[str, Path], temporary: Path) -> tuple[dict[str, Any], list[str]]:
    """Counts, and what is wrong. `extra`: good files that came in by other ways, by their SHA-256."""
    from media_library.models import MediaItem, TextState

    wrong: list[str] = []
    items = MediaItem.objects.filter(owner__username="owner")
    good = shelf.good | extra
    by_sha = {item.sha256: item for item in items}
    for sha, path in good.items():
        item = by_sha.get(sha)
        if item is None:
            wrong.append(f"{path.name} is lost")
        elif item.status != "ready" or item.deleted_at:
            state = "in the trash" if item.deleted_at else f"{item.status}: {item.failure}"
            wrong.append(f"{path.name} is not ready but {state}")
        elif item.text_state == TextState.FAILED:
            wrong.append(f"{path.name} was not looked through for text")
    if strangers := items.filter(status="ready").exclude(sha256__in=good).count():
        wrong.append(f"{strangers} items are ready that no good file made")
    reasons = Counter(items.filter(status="failed").values_list("failure", flat=True))
    counts = {
        "files": shelf.count + len(extra),
        "items": items.count(),
        "ready": items.filter(status="ready").count(),
        "failed": dict(reasons),
        **_segments(by_sha, good, wrong),
        **_vectors(wrong),
        **_rows(wrong),
        **_files(wrong),
        **_messages(wrong),
    }
    # By the product's names: what libraries keep for themselves there is theirs.
    if left := [
        path.name for path in temporary.iterdir() if path.name.startswith("sightline-") or "upload" in path.name
    ]:
        wrong.append(f"temporary files are left: {left}")
    return counts, wrong


def _segments(by_sha: dict[str, Any], good: dict[str, Path], wrong: list[str]) -> dict[str, int]:
    """Each file read once more, undisturbed: it must have as many segments of each kind."""
    from django.db.models import Count

    from media_library import formats, services
    from media_library.models import Segment

    looked_for = ("text", "passage")  # of scans only the workers know
    wanted_in_all = 0
    for sha, path in good.items():
        if (item := by_sha.get(sha)) is None:
            continue
        limits = services.limits()
        probe = formats.probe(path, formats.sniff(path), limits)
        wanted = Counter(cut.kind for cut in formats.cuts(path, probe, limits, lambda share: None))
        wanted["words"] += 1
        found = Counter(item.segments.values_list("kind", flat=True))
        for kind in wanted.keys() | found.keys():
            if kind in looked_for and not wanted[kind]:
                continue
            if wanted[kind] != found[kind]:
                wrong.append(f"{path.name} has {found[kind]} segments of kind {kind}, not {wanted[kind]}")
        wanted_in_all += sum(wanted.values())
    twice = (
        Segment.objects.filter(kind__in=looked_for)
        .values("item", "kind", "page", "start", "box", "text")
        .annotate(n=Count("pk"))
        .filter(n__gt=1)
    )
    if found_twice := len(twice):
        wrong.append(f"{found_twice} texts were stored twice")
    if unread := Segment.objects.filter(unread=True, item__text_state="done").count():
        wrong.append(f"{unread} pictures were never looked through for text")
    return {"segments": Segment.objects.count(), "segments by a second reading": wanted_in_all}


def _vectors(wrong: list[str]) -> dict[str, int]:
    from search.models import FITTING, Embedding, Encoder, Space

    wanted = 0
    for encoder in Encoder.objects.wanted():
        fitting = FITTING[Space(encoder.space)]().filter(item__status="ready")
        wanted += fitting.count()
        if lacking := encoder.missing().filter(item__status="ready").count():
            wrong.append(f"{lacking} segments have no vector in the space {encoder.space}")
    # One per segment and encoder by the database's own word; so equal numbers say that none is too many.
    made = Embedding.objects.filter(item__status="ready").count()
    if made != wanted:
        wrong.append(f"there are {made} vectors, not {wanted}")
    return {"vectors": made}


def _rows(wrong: list[str]) -> dict[str, int]:
    from django.db.models import Q

    from media_library.models import MediaItem

    leased = MediaItem.objects.filter(Q(lease_until__isnull=False) | Q(text_lease_until__isnull=False)).count()
    waiting = MediaItem.objects.filter(Q(text_state="waiting") | ~Q(status__in=("ready", "failed"))).count()
    for count, what in ((leased, "leased"), (waiting, "waiting")):
        if count:
            wrong.append(f"{count} items are still {what}")
    return {"leased": leased, "waiting": waiting}


def _files(wrong: list[str]) -> dict[str, int]:
    """Strays are what the daily task removes; it is asked to do so now, and must find all of them and nothing else."""
    from media_library import strays

    before, named = _stored(), _named()
    if missing := named - before:
        wrong.append(f"{len(missing)} files are missing that rows name, such as {sorted(missing)[0]}")
    removed = strays.remove_strays(timedelta(0))
    after = _stored()
    if left := after - named:
        wrong.append(f"{len(left)} files are in the storage that no row names, such as {sorted(left)[0]}")
    if gone := (before & named) - after:
        wrong.append(f"{len(gone)} files were removed that rows name, such as {sorted(gone)[0]}")
    temporary = strays.remove_temporary(timedelta(0))
    return {
        "files in the storage": len(after),
        "strays that the daily task removed": removed,
        "temporary files that it removed": temporary,
    }


def _stored() -> set[str]:
    from django.core.files.storage import default_storage

    root = Path(default_storage.path(""))
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


def _named() -> set[str]:
    from media_library.models import MediaItem, Segment

    names = set(Segment.objects.pictured().values_list("picture", flat=True))
    names |= set(Segment.objects.sounding().values_list("heard", flat=True))
    for row in MediaItem.objects.values_list("original", "preview", "thumbnail", "public_copy"):
        names.update(row)
    return names - {""}


def _messages(wrong: list[str]) -> dict[str, int]:
    """Every queue must have been found empty once. Not all at the same moment: the clock goes on, and what it sends
    may wait for as long as one worker draws a map, which takes a slow machine minutes."""
    from config.workers import queues
    from media_library.queue import backlog

    until = time.monotonic() + MESSAGES_S
    left: dict[str, int | None] = dict.fromkeys(queues())
    while True:
        # None is a broker that does not answer, which says nothing about what waits.
        left = {queue: waiting for queue in left if (waiting := backlog(queue)) != 0}
        if not left or time.monotonic() > until:
            break
        time.sleep(1)
    if left:
        wrong.append(f"messages wait: {left}")
    return {"messages left": sum(waiting or 0 for waiting in left.values())}
