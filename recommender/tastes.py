"""What somebody likes, as a few directions: one mean of horror and of cartoons would lie between both, near neither.

The liked films are grouped by Ward's method, on stories and posters together, into the groups that stand apart best,
up to five; a person's several interests as several queries is PinnerSage's idea (Pal et al., "PinnerSage: Multi-Modal
User Embedding Framework for Recommendations at Pinterest", KDD 2020, https://arxiv.org/abs/2007.03634). How many there
are is told by the mean silhouette (Rousseeuw, "Silhouettes: a graphical aid", 1987) of their cosine distances.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import numpy as np

MOST = 5
"""Tastes of one person: each is one more way through the index, and a list has no room for more."""

APART = 0.08
"""Mean silhouette from which on groups count as such. Chance groups of what is alike get to .05 or so."""

FAR = 0.6
"""The cosine distance from which on two or three films are a taste each; of so few no silhouette tells anything."""

LIKED_MOST = 200
"""Liked films that are looked at, those that count most."""

LIKED_FROM, DISLIKED_TO = 3.5, 2.0
"""Ratings out of 5 from which on a film is liked, and up to which it is not; what lies between says neither."""

WATCHED = 0.25
"""What having watched a film counts, beside having liked it."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a person said about a film, and when: `liked` 1 or −1, `rating` 0.5 to 5."""

    movie_id: UUID
    liked: int | None = None
    rating: float | None = None
    watched: bool = False
    at: datetime | None = None

    @property
    def weight(self) -> float:
        """How much it is liked, from −1 to 1."""
        if self.liked:
            strength = 0.0 if self.rating is None else abs(self.rating - 3) / 2
            return self.liked * max(0.75, strength)
        if self.rating is None:
            return WATCHED if self.watched else 0.0
        if self.rating >= LIKED_FROM:
            return 0.4 + 0.6 * (self.rating - LIKED_FROM) / (5 - LIKED_FROM)
        return -(0.5 + 0.5 * (DISLIKED_TO - self.rating) / 1.5) if self.rating <= DISLIKED_TO else 0.0


@dataclass(frozen=True)
class Group:
    """Liked films that belong together: places among those given, and their weights' share of all."""

    members: tuple[int, ...]
    share: float


def weighed(said: Sequence[Said], now: datetime, half_life_days: float) -> tuple[dict[UUID, float], dict[UUID, float]]:
    """The liked films and the disliked ones, each with a weight above 0 that halves every `half_life_days`."""
    liked: dict[UUID, float] = {}
    disliked: dict[UUID, float] = {}
    for each in said:
        if (weight := each.weight) == 0:
            continue
        age = max((now - each.at).total_seconds() / 86_400, 0.0) if each.at else 0.0
        aged = abs(weight) * 0.5 ** (age / half_life_days)
        # Never nothing: a person who liked films ten years ago alone still has a taste.
        (liked if weight > 0 else disliked)[each.movie_id] = max(aged, 1e-4)
    return _heaviest(liked), _heaviest(disliked)


def _heaviest(weights: Mapping[UUID, float]) -> dict[UUID, float]:
    order = sorted(weights.items(), key=lambda pair: (-pair[1], pair[0].int))
    return dict(order[:LIKED_MOST])


def groups(vectors: np.ndarray, weights: np.ndarray, most: int = MOST) -> list[Group]:
    """The groups of (n, d) unit `vectors` of liked films with (n,) `weights`, the weightiest first."""
    if not len(vectors):
        return []
    return labelled(np.zeros(len(vectors), dtype=int) if most < 2 else _labels(vectors, most), weights)


def labelled(labels: np.ndarray, weights: np.ndarray) -> list[Group]:
    """The groups of films with (n,) `labels` and `weights`, the weightiest first."""
    found = []
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        found.append(Group(tuple(map(int, members)), float(weights[members].sum() / weights.sum())))
    return sorted(found, key=lambda group: (-group.share, group.members))


def _labels(vectors: np.ndarray, most: int) -> np.ndarray:
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    count = len(vectors)
    if count == 1:
        return np.zeros(1, dtype=int)
    distances = np.clip(1 - vectors @ vectors.T, 0, 2)
    np.fill_diagonal(distances, 0)
    if count <= 3:
        tree = linkage(squareform(distances, checks=False), "average")
        return fcluster(tree, FAR, "distance")
    # Of unit vectors the squared Euclidean distance is twice the cosine distance, so Ward's method fits.
    tree = linkage(squareform(np.sqrt(2 * distances), checks=False), "ward")
    best, best_labels = APART, np.zeros(count, dtype=int)
    for wanted in range(2, min(most, count - 1) + 1):
        labels = fcluster(tree, wanted, "maxclust")
        if (value := _silhouette(distances, labels)) > best:
            best, best_labels = value, labels
    return best_labels


def _silhouette(distances: np.ndarray, labels: np.ndarray) -> float:
    """The mean over all of (b − a) / max(a, b): `a` the mean distance to one's own group, `b` to the nearest other.

    0 for who is a group alone.
    """
    names, own = np.unique(labels, return_inverse=True)
    if len(names) < 2:
        return 0.0
    member = np.eye(len(names))[own]
    sizes = member.sum(axis=0)
    sums = distances @ member
    rows = np.arange(len(labels))
    a = sums[rows, own] / np.maximum(sizes[own] - 1, 1)
    means = sums / sizes
    means[rows, own] = np.inf
    b = means.min(axis=1)
    value = np.where(sizes[own] > 1, (b - a) / np.maximum(np.maximum(a, b), 1e-9), 0.0)
    return float(value.mean())
