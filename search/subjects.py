"""What somebody searches by besides words: examples and stored items, as vectors and texts with their weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from django.db.models import Avg

from media_library.models import SegmentKind
from search import examples
from search.composing import unit
from search.models import Embedding, Encoder
from search.query import Like, QueryError

READ_KINDS = (SegmentKind.PASSAGE, SegmentKind.FIGURE, SegmentKind.TEXT)
"""What is in an item, not about it."""


@dataclass(frozen=True)
class Subject:
    """One of a query's likes; of `look`, `heard`, `read` and `text` at least one is there.

    `look`: unit vector in the visual space. `heard`: unit vector in that of sounds. `read`: unit vector of what is
    written in a stored item, in the text space. `text`: the words of an example. `weight`: below 0 for less like it.
    """

    weight: float
    look: np.ndarray | None = None
    heard: np.ndarray | None = None
    read: np.ndarray | None = None
    text: str = ""


def load(
    likes: Sequence[Like], visual: Encoder | None, text: Encoder | None, sound: Encoder | None = None
) -> list[Subject]:
    """Raises QueryError for an example that was forgotten, a sound where none are listened to, or an item that has no
    vectors yet."""
    items = [like.item for like in likes if like.item]
    looks = _means(items, visual) if items else {}
    reads = _means(items, text, READ_KINDS) if items else {}
    hears = _means(items, sound) if items else {}
    if lacking := [item for item in items if item not in looks and item not in reads and item not in hears]:
        # A song or a text without passages has only what is said about it.
        reads |= _means(lacking, text)
    subjects = []
    for like in likes:
        if like.item is None:
            example = examples.recall(like.example, visual, sound)
            if example.sounds and sound is None:
                raise QueryError("no-hearing", examples.NO_SOUND)
            subjects.append(Subject(like.weight, example.look(), example.heard(), text=example.text))
        elif like.item in looks or like.item in reads or like.item in hears:
            of_item = (looks.get(like.item), hears.get(like.item), reads.get(like.item))
            subjects.append(Subject(like.weight, *of_item))
        else:
            raise QueryError("not-indexed", "This item is still being indexed. Try again in a moment.")
    return subjects


def _means(items: Sequence[UUID], encoder: Encoder | None, kinds: Sequence[str] = ()) -> dict[UUID, np.ndarray]:
    """Where the vectors of each item point to together; items without any are left out."""
    if encoder is None:
        return {}
    stored = Embedding.objects.filter(encoder=encoder, item_id__in=items)
    if kinds:
        stored = stored.filter(segment__kind__in=kinds)
    rows = stored.values("item_id").annotate(mean=Avg("vector")).values_list("item_id", "mean")
    return {item: unit(np.asarray(_numbers(mean), dtype=np.float32)) for item, mean in rows}


def _numbers(vector: object) -> object:
    return vector.to_list() if hasattr(vector, "to_list") else vector
