"""What a list of recommendations is worth, beside what somebody came to like.

Relevance is binary: a film was liked or was not. All are of the first `k` of a list; 0 is worst, 1 best but for
novelty, which has no upper end.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Hashable, Sequence

import numpy as np


def recall_at(shown: Sequence[Hashable], liked: Collection[Hashable], k: int) -> float:
    """The share of `liked` among the first k."""
    return sum(film in liked for film in shown[:k]) / len(liked)


def ndcg_at(shown: Sequence[Hashable], liked: Collection[Hashable], k: int) -> float:
    """Normalised discounted cumulative gain (Järvelin and Kekäläinen 2002), a hit at rank i worth 1 / log2(i + 1)."""
    gained = sum(1 / math.log2(rank + 1) for rank, film in enumerate(shown[:k], start=1) if film in liked)
    return gained / sum(1 / math.log2(rank + 1) for rank in range(1, min(k, len(liked)) + 1))


def average_precision_at(shown: Sequence[Hashable], liked: Collection[Hashable], k: int) -> float:
    """The mean of the precision at each hit, over as many hits as there could be; its mean over people is MAP."""
    hits, total = 0, 0.0
    for rank, film in enumerate(shown[:k], start=1):
        if film in liked:
            hits += 1
            total += hits / rank
    return total / min(k, len(liked))


def coverage(lists: Sequence[Sequence[Hashable]], films: int) -> float:
    """The share of all `films` that anybody is shown."""
    return len({film for shown in lists for film in shown}) / films if films else 0.0


def diversity(vectors: np.ndarray) -> float:
    """How unlike the films of one list are: one less the mean cosine of its pairs (Smyth and McClave 2001).

    `vectors`: (n, d), rows of length 1. 0 for fewer than two.
    """
    n = len(vectors)
    if n < 2:
        return 0.0
    alike = vectors @ vectors.T
    return float(1 - (alike.sum() - np.trace(alike)) / (n * (n - 1)))


def novelty(shares: Sequence[float]) -> float:
    """The mean of -log2 of the share of people who knew each film: bits of surprise (Zhou et al. 2010).

    A film that nobody knew must come as one that somebody did, or it would be endlessly new.
    """
    return float(np.mean([-math.log2(share) for share in shares])) if len(shares) else 0.0
