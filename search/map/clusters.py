"""Groups of items that lie together on the map, and the words that tell each from the others."""

from __future__ import annotations

import numpy as np

MOST = 24
"""Clusters: more than that cannot be told apart by colour."""

SMALLEST = 5
"""Items of a cluster, at least; in larger libraries a hundredth of them."""

LEFT_OUT = 0.5
"""The share of all that may lie in no cluster; where more does, there are no islands, and the cloud is cut up."""

FEWEST_PARTS, MOST_PARTS = 2, 12

ADOPTED = 0.5
"""The share of its neighbours by which an item that lies in no cluster comes into one."""

WORDS = 2
"""That a cluster is called by."""

NONE = -1


def groups(places: np.ndarray, neighbours: np.ndarray) -> np.ndarray:
    """The cluster of each of `places`, (n, 2): (n,), the largest is 0, NONE for what lies in none.

    HDBSCAN (Campello, Moulavi and Sander 2013) finds as many as there are, and leaves out what lies between them; of
    that, what has most of its `neighbours`, (n, k), in one cluster is put into it. One cloud is cut by k-means.
    """
    from sklearn.cluster import HDBSCAN, AgglomerativeClustering, KMeans

    size = max(SMALLEST, len(places) // 100)
    if len(places) < 2 * size:
        return np.full(len(places), NONE)
    found = HDBSCAN(min_cluster_size=size, copy=True).fit(places).labels_
    if found.max() >= MOST:
        # Those that lie together become one. Asking for larger ones would leave a handful.
        joined = AgglomerativeClustering(MOST, linkage="average").fit(centres(places, found)).labels_
        found = np.where(found == NONE, NONE, joined[found])
    found = _adopted(found, neighbours)
    if found.max() < 1 or (found == NONE).mean() > LEFT_OUT:
        parts = int(np.clip(np.sqrt(len(places) / 2), FEWEST_PARTS, MOST_PARTS))
        found = KMeans(parts, n_init=4, random_state=0).fit(places).labels_
    return _by_size(found)


def _adopted(found: np.ndarray, neighbours: np.ndarray) -> np.ndarray:
    adopted = found.copy()
    for row in np.flatnonzero(found == NONE):
        theirs = found[neighbours[row]]
        numbers, counts = np.unique(theirs[theirs != NONE], return_counts=True)
        if len(numbers) and counts.max() >= ADOPTED * len(theirs):
            adopted[row] = numbers[counts.argmax()]
    return adopted


def _by_size(found: np.ndarray) -> np.ndarray:
    numbers, counts = np.unique(found[found != NONE], return_counts=True)
    ranks = np.full(len(numbers) + 1, NONE)  # the last place, which NONE points to, stays NONE
    ranks[numbers[np.argsort(-counts, kind="stable")]] = np.arange(len(numbers))
    return ranks[found]


def centres(vectors: np.ndarray, found: np.ndarray) -> np.ndarray:
    """Where the vectors, (n, d), of each cluster point to together: (clusters, d)."""
    return np.stack([vectors[found == number].mean(axis=0) for number in range(found.max() + 1)])


def names(middles: np.ndarray, words: list[str], vectors: np.ndarray) -> list[str]:
    """The WORDS of `words`, whose vectors are (w, d), that each of `middles`, (c, d), is like more than the others are.

    Of what all are like nothing tells one from another, so it is compared with the mean over all.
    """
    likeness = middles @ vectors.T
    if len(middles) > 1:
        likeness = likeness - likeness.mean(axis=0)
    best = np.argsort(-likeness, axis=1)[:, :WORDS]
    return [", ".join(words[number] for number in row) for row in best]
