"""Where vectors lie on a flat map, and in a room of three axes; nothing here knows of items or of a database."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np

NEIGHBOURS = 15
"""UMAP's own default: how many of those that are most alike an item is to lie beside, itself included."""

SHARE = 5
"""Where 15 are more than a fifth of all, so many are asked for that they still tell near from far."""

FEW = 10
"""With fewer items than this there are no neighbourhoods to lay out: the map shows the axes alone."""

VOTERS = 5
"""Neighbours by which what comes later is placed."""

BLOCK = 1024
"""Rows compared at once: with 20,000 anchors 80 MB."""

HALF = 32_767
"""The largest number that a place is stored as: half the width of the map."""

OUTLIERS = 0.5
"""Percent of the items at either side that do not decide how large the rest is drawn; they lie at the edge."""

START = 10.0
"""The width in which UMAP begins, as its own spectral start has it."""


@dataclass(frozen=True)
class Frame:
    """What is shown of a drawing: `centre`, shape (k,), and `half`, the same for every axis, so that shapes stay."""

    centre: tuple[float, ...]
    half: float

    @classmethod
    def around(cls, places: np.ndarray) -> Frame:
        """The one that holds `places`, (n, k), but for outliers."""
        low, high = np.percentile(places, [OUTLIERS, 100 - OUTLIERS], axis=0)
        centre, half = (low + high) / 2, float((high - low).max()) / 2
        return cls(tuple(float(value) for value in centre), max(half * 1.05, 1e-6))

    def stored(self, places: np.ndarray) -> np.ndarray:
        """Places, (n, k), as they are stored: int16 from -HALF to HALF. What lies outside comes to the edge."""
        within = np.clip((places - np.asarray(self.centre)) / self.half, -1, 1)
        return np.round(within * HALF).astype(np.int16)


def neighbourhood(items: int) -> int:
    """How many neighbours each of `items` is laid out beside, itself included."""
    return min(NEIGHBOURS, max(3, items // SHARE))


def nearest(rows: np.ndarray, anchors: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """The `k` of `anchors`, (m, d), that each of `rows`, (n, d), is most alike; all of length 1.

    Returns their numbers, (n, k) int32, and cosine distances, (n, k) float32, nearest first. Every pair is compared:
    two threads of BLAS do 20,000 by 20,000 in less time than building an index takes, and miss none.
    """
    k = min(k, len(anchors))
    numbers = np.empty((len(rows), k), np.int32)
    distances = np.empty((len(rows), k), np.float32)
    for start in range(0, len(rows), BLOCK):
        alike = rows[start : start + BLOCK] @ anchors.T
        best = np.argpartition(-alike, k - 1, axis=1)[:, :k]
        likeness = np.take_along_axis(alike, best, axis=1)
        order = np.argsort(-likeness, axis=1, kind="stable")
        numbers[start : start + BLOCK] = np.take_along_axis(best, order, axis=1)
        distances[start : start + BLOCK] = 1 - np.take_along_axis(likeness, order, axis=1)
    return numbers, np.maximum(distances, 0)


def axes(vectors: np.ndarray) -> np.ndarray:
    """Mean and the three directions of the most variance (PCA) of (n, d): (4, d) float32, zeros for lack of any."""
    mean = vectors.mean(axis=0)
    centred = vectors - mean
    _, directions = np.linalg.eigh((centred.T @ centred).astype(np.float64))
    found = np.zeros((4, vectors.shape[1]), np.float32)
    found[0] = mean
    best = directions[:, ::-1].T[: min(3, len(vectors) - 1)]
    # Either sign is as good; always the same one keeps the map from turning over.
    signs = np.sign(best[np.arange(len(best)), np.abs(best).argmax(axis=1)])
    found[1 : 1 + len(best)] = best * signs[:, None]
    return found


def along(vectors: np.ndarray, found: np.ndarray) -> np.ndarray:
    """(n, d) by what `axes` found: (n, 3)."""
    return (vectors - found[0]) @ found[1:].T


def umap(vectors: np.ndarray, neighbours: tuple[np.ndarray, np.ndarray], start: np.ndarray) -> np.ndarray:
    """(n, d) to (n, 2), UMAP (McInnes et al. 2018) of the `neighbours` that `nearest` found among themselves.

    It begins at `start`, (n, 2): an earlier map, so that what stays lies where it lay, or the first two axes, which
    keep far things apart better than chance (Kobak and Linderman 2021). The same input gives the same map.
    """
    from umap import UMAP

    numbers, distances = neighbours
    spread = max(float(np.ptp(start, axis=0).max()), 1e-9)
    jitter = np.random.default_rng(0).normal(scale=1e-3, size=start.shape)
    begin = ((start - start.min(axis=0)) / spread * START + jitter).astype(np.float32)
    fitted = UMAP(
        n_components=2,
        metric="cosine",
        n_neighbors=numbers.shape[1],
        precomputed_knn=(numbers, distances, None),
        # Else it compares all pairs of small sets anew.
        force_approximation_algorithm=True,
        init=begin,
        random_state=0,
        n_jobs=1,
    )
    with warnings.catch_warnings():
        # That what comes later cannot be placed by its own means: it is placed by `placed`.
        warnings.filterwarnings("ignore", message="precomputed_knn")
        return fitted.fit_transform(vectors)


def placed(
    rows: np.ndarray, anchors: np.ndarray, places: np.ndarray, clusters: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Where `rows`, (n, d), belong among `anchors`, (m, d), that lie at `places`, (m, 2), in `clusters`, (m,).

    At the mean of those of its VOTERS nearest ones that share the cluster of most of them, the nearer the more: the
    mean over several clusters would lie between them, where nothing is like it. Returns (n, 2) and (n,).
    """
    numbers, distances = nearest(rows, anchors, VOTERS)
    weights = 1 / np.square(distances + 1e-3)
    theirs = clusters[numbers]
    shared = theirs[:, :, None] == theirs[:, None, :]
    votes = (shared * weights[:, None, :]).sum(axis=2)
    chosen = np.take_along_axis(theirs, votes.argmax(axis=1)[:, None], axis=1)
    counted = weights * (theirs == chosen)
    counted /= counted.sum(axis=1, keepdims=True)
    return (places[numbers] * counted[:, :, None]).sum(axis=1), chosen[:, 0]
