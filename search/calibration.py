"""From which similarity on a match by words is believed, learnt from the library itself.

Something is always nearest, and the more there is to be near to, the nearer it comes: whatever limit suits thirty
captions lets almost every query through among thousands of passages. So each encoder has a level of its own, measured
on its own vectors with questions that nothing answers. Such a question is the sum of MIXED background words that have
nothing to do with each other: it strays like a real one, but a library that does hold aeroplanes, kettles and zebras
holds no match for all three at once, so a rich library is not mistaken for a noisy one. The level is what one such
question in CHANCE finds by chance. docs/adr/0011-standing-out.md has what was tried and measured.
"""

from __future__ import annotations

import numpy as np
from django.conf import settings
from django.db import connection
from django.utils import timezone

from search import background
from search.encoders import registry
from search.models import Embedding, Encoder

MIXED = 3
"""Words per question. Two are met by half in a rich library; from four on sums grow tamer than real questions."""

QUESTIONS = 1_000

CHANCE = 0.025
"""The share of questions that may find something by chance, by encoder; a search by words asks two of them."""

FEWEST = 20
"""Vectors from which on they tell anything. With fewer the constant of background.py decides."""

SAMPLE = 4_000
"""Vectors that are looked at. What more of them would add is estimated."""

PARTS = 4
"""The sample is also taken in so many parts, which shows how the level rises with the number of vectors."""

GROWTH = 0.2
"""The share by which a library has to grow or shrink for its level to be measured again."""

LEAST_LEVEL = background.CERTAIN * background.LEAST_SPREAD
"""Below it a level tells of vectors that are alike to nothing, not of a sharp encoder."""


def certain(encoder: Encoder) -> float | None:
    """The level of `encoder`: how far above a segment's mean similarity to the background words the query's own has to
    be to stand out. None before it was measured. Reads what the row holds, so it costs no statement.
    """
    return encoder.calibration["level"] if encoder.calibration else None


def refresh(encoder: Encoder, anyway: bool = False) -> bool:
    """Measure the level of `encoder` where it is due, or `anyway`; whether it was. Takes a fraction of a second."""
    vectors = Embedding.objects.filter(encoder=encoder).count()
    if not (anyway or due(encoder, vectors)):
        return False
    encoder.calibration = None
    if vectors >= FEWEST:
        model = registry.load(encoder.spec, threads=settings.SIGHTLINE_ENCODER_THREADS)
        words = background.vectors(registry.text_key_for(encoder.spec), model.encode_texts)
        encoder.calibration = {
            "level": level(_sample(encoder), words, vectors),
            "segments": vectors,
            "at": timezone.now().isoformat(timespec="seconds"),
        }
    # Not save(): another process may have switched encoders meanwhile.
    Encoder.objects.filter(pk=encoder.pk).update(calibration=encoder.calibration)
    return True


def due(encoder: Encoder, vectors: int) -> bool:
    """Whether the level of `encoder` was measured with a number of vectors that is far from what it is now."""
    if not encoder.calibration:
        return vectors >= FEWEST
    before = encoder.calibration["segments"]
    return vectors < FEWEST or abs(vectors - before) >= GROWTH * before


def level(rows: np.ndarray, words: np.ndarray, vectors: int) -> float:
    """The level among `vectors` of which `rows`, (n, d) unit vectors in random order, are a sample.

    `words`: the background, (w, d) unit vectors. Where n is less than `vectors`, the level goes on as it does from one
    part of the sample to the whole: the greatest of many random values rises with the logarithm of their number.
    """
    # Divided by the root, the sum of several words' deviations is spread like that of one.
    asked = words[_questions(len(words))].sum(axis=1) / np.sqrt(MIXED)
    nearest = np.array([_nearest(part, words, asked) for part in np.array_split(rows, PARTS)])
    measured = _exceeded_by_chance(nearest.max(axis=0))
    if vectors > len(rows):
        of_parts = np.mean([_exceeded_by_chance(part) for part in nearest])
        measured += max(measured - of_parts, 0) / np.log(PARTS) * np.log(vectors / len(rows))
    return max(float(measured), LEAST_LEVEL)


def _questions(words: int) -> np.ndarray:
    """Numbers of words, (QUESTIONS, MIXED), those of one question different; the same ones every time."""
    rng = np.random.default_rng(0)
    return np.array([rng.choice(words, MIXED, replace=False) for _ in range(QUESTIONS)])


def _nearest(rows: np.ndarray, words: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """How far the nearest of `rows` lies above its background for each question: (questions,)."""
    # The mean similarity of a row to all words, times what a question holds of words.
    usual = (rows @ words.mean(axis=0)) * np.sqrt(MIXED)
    return (rows @ asked.T - usual[:, None]).max(axis=0)


def _exceeded_by_chance(nearest: np.ndarray) -> float:
    return float(np.quantile(nearest, 1 - CHANCE))


def _sample(encoder: Encoder) -> np.ndarray:
    """Up to SAMPLE stored vectors of `encoder`, (n, dimensions), in an order that has nothing to do with them."""
    with connection.cursor() as cursor:
        # Chosen first, so that only those vectors are read that are wanted; and read in the form that goes over the
        # wire (two 16-bit numbers, then big-endian halves), not as text.
        cursor.execute(
            "SELECT halfvec_send(vector) FROM search_embedding WHERE id IN (SELECT id FROM search_embedding "
            "WHERE encoder_id = %s ORDER BY hashint8(id), id LIMIT %s) ORDER BY hashint8(id), id",
            [encoder.pk, SAMPLE],
        )
        raw = b"".join(bytes(vector)[4:] for (vector,) in cursor.fetchall())
    return np.frombuffer(raw, dtype=">f2").astype(np.float32).reshape(-1, encoder.dimensions)
