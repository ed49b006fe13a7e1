"""The library's own pictures and captions, as pairs."""

from __future__ import annotations

import json
from pathlib import Path

from django.core.files.storage import default_storage

from media_library.models import Segment
from search.training.clip.pairs import Pairs, of_captions


def of_library(run: Path) -> Pairs:
    """Every picture that is ready with its caption, or its title where it has none, as when `run` was started.

    What was said then is kept in the run's folder, so that captions may change while it is stopped. Pictures that the
    storage does not keep on disk are copied there.
    """
    told = run / "library.json"
    if not told.exists():
        run.mkdir(parents=True, exist_ok=True)
        told.write_text(json.dumps(_said()))
    return of_captions((_on_disk(name, run / "pictures"), words) for name, words in json.loads(told.read_text()))


def _said() -> list[tuple[str, str]]:
    """Names of pictures in the storage, with what is said of each."""
    rows = (
        Segment.objects.filter(kind="image", item__kind="image", item__status="ready", item__deleted_at__isnull=True)
        .exclude(item__caption="", item__title="")
        .order_by("pk")
        .values_list("picture", "item__caption", "item__title")
    )
    return [(name, caption or title) for name, caption, title in rows]


def _on_disk(name: str, copies: Path) -> Path:
    try:
        return Path(default_storage.path(name))
    except NotImplementedError:
        copy = copies / name.replace("/", "-")
        if not copy.exists():
            copies.mkdir(parents=True, exist_ok=True)
            with default_storage.open(name) as file:
                copy.write_bytes(file.read())
        return copy
