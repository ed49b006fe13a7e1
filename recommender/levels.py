"""From which similarity on words are believed to mean a film, learnt from the films themselves.

Something is always nearest. As in the library (search/calibration.py, docs/adr/0011-standing-out.md) what counts is how
far above its mean similarity to everyday nouns a film lies, and the level is what questions that nothing answers reach
by chance; but among films, whose overviews and posters lie closer together than the segments of a library.
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

import numpy as np
from django.conf import settings
from django.db import connection

from recommender.known import halves
from recommender.models import FilmLevel, MovieVector
from recommender.nearest import vectors
from search import background, calibration
from search.encoders import registry
from search.models import Encoder


def refresh(encoder: Encoder) -> bool:
    """Measure the level of `encoder` among films where their number is far from what it was; whether that was done.

    For a worker that has the encoder at hand: it takes a fraction of a second, and one more the first time.
    """
    count = MovieVector.objects.filter(encoder=encoder).count()
    before = FilmLevel.objects.filter(encoder=encoder).values_list("films", flat=True).first()
    if count < calibration.FEWEST:
        return bool(FilmLevel.objects.filter(encoder=encoder).delete()[0])
    if before is not None and abs(count - before) < calibration.GROWTH * before:
        return False
    model = registry.load(encoder.spec, threads=settings.SIGHTLINE_ENCODER_THREADS)
    words = background.vectors(registry.text_key_for(encoder.spec), model.encode_texts)
    level = calibration.level(_sample(encoder), words, count)
    usual = words.mean(axis=0).astype("<f4").tobytes()
    FilmLevel.objects.update_or_create(encoder=encoder, defaults={"level": level, "films": count, "usual": usual})
    return True


def stands_out(encoder: Encoder, words: np.ndarray, films: Collection[UUID]) -> bool | None:
    """Whether any of `films` is what `words`, (d,), mean; None before there is a level. Two statements."""
    level = FilmLevel.objects.filter(encoder=encoder).first()
    if level is None:
        return None
    stored = vectors(films, [encoder.pk]).get(encoder.pk)
    if stored is None:
        return False
    usual = np.frombuffer(bytes(level.usual), "<f4")
    return bool((stored[1] @ (words - usual)).max() >= level.level)


def _sample(encoder: Encoder) -> np.ndarray:
    """Up to calibration.SAMPLE vectors of films by `encoder`, (n, dimensions), in an order that tells nothing."""
    with connection.cursor() as cursor:
        # Chosen first, so that only those vectors are read that are wanted.
        cursor.execute(
            "SELECT halfvec_send(vector) FROM recommender_movievector WHERE id IN (SELECT id "
            "FROM recommender_movievector WHERE encoder_id = %s ORDER BY hashint8(id), id LIMIT %s) "
            "ORDER BY hashint8(id), id",
            [encoder.pk, calibration.SAMPLE],
        )
        return halves([vector for (vector,) in cursor.fetchall()])
