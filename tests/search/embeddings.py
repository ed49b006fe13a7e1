"""Vectors put into the database as they are, with no encoder at work."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from media_library.models import Segment
from search.models import Embedding, Encoder


def store(encoder: Encoder, segments: Sequence[Segment], vectors: np.ndarray) -> None:
    """One of `vectors`, (n, dimensions), for each segment; all alike to the everyday nouns."""
    Embedding.objects.bulk_create(
        Embedding(
            encoder=encoder,
            segment=segment,
            item_id=segment.item_id,
            vector=vector,
            background_mean=0.0,
            background_spread=1.0,
        )
        for segment, vector in zip(segments, vectors, strict=True)
    )
