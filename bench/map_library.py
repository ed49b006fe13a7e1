"""Items to measure the map with: clustered vectors, and for its page alone places that are made up, not laid out."""

from __future__ import annotations

from uuid import UUID

import numpy as np

from bench import library

GROUPS = 60
"""Sentences that items are drawn around: so many subjects has the library."""

CLUSTERS = 24
"""Of made-up places: as many as the map has at most."""

LOOSE = 0.08
"""The share of items that lie in no cluster."""


def subjects() -> tuple[list[str], np.ndarray]:
    """GROUPS sentences, and their vectors by the text encoder of the settings."""
    from django.conf import settings

    from search import spaces

    found = library.sentences()
    texts = [found[number] for number in np.random.default_rng(7).permutation(len(found))[:GROUPS]]
    return texts, spaces.load(settings.SIGHTLINE_TEXT_ENCODER).encode_texts(texts)


def drawn(texts: list[str], anchors: np.ndarray, pictures: int, videos: int, frames: int) -> library.Drawn:
    """`pictures` items of one vector and `videos` of `frames`, around `anchors`."""
    rng = np.random.default_rng(0)
    lengths = np.array([frames] * videos + [1] * pictures)
    items = np.repeat(np.arange(len(lengths)), lengths)
    nearest = rng.integers(len(anchors), size=len(lengths))
    dimensions = anchors.shape[1]

    def noise(rows: int, length: float) -> np.ndarray:
        return rng.standard_normal((rows, dimensions), dtype=np.float32) * (length / np.sqrt(dimensions))

    def unit(vectors: np.ndarray) -> np.ndarray:
        return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)

    bases = unit(anchors[nearest] + noise(len(lengths), library.ITEM_NOISE))
    return library.Drawn(
        pictures=unit(bases[items] + noise(len(items), library.FRAME_NOISE)),
        items=items,
        words=bases,
        sentences=[texts[number] for number in nearest],
        tags=[[f"subject-{number % 20}"] for number in nearest],
    )


def place(ids: list[UUID], library_drawn: library.Drawn) -> None:
    """A map of `ids`, each of one vector: the directions are PCA's, the rest is CLUSTERS made-up islands."""
    from dataclasses import asdict

    from django.db import transaction
    from django.utils import timezone

    from search import spaces
    from search.map import clusters, fits, layout
    from search.models import MapFit, RunState

    rng = np.random.default_rng(2)
    vectors = library_drawn.pictures
    axes = layout.axes(vectors[: fits.SAMPLE])
    flat = layout.along(vectors, axes)
    groups = np.unique(library_drawn.sentences, return_inverse=True)[1] % CLUSTERS
    # UMAP's islands are of about the same density, whatever they hold.
    sizes = np.sqrt(np.bincount(groups, minlength=CLUSTERS) / len(ids))
    shapes = rng.normal(size=(CLUSTERS, 2, 2))
    around = np.einsum("nij,nj->ni", shapes[groups], rng.normal(size=(len(ids), 2))) * sizes[groups, None]
    places = rng.uniform(-2, 2, size=(CLUSTERS, 2))[groups] + around * 0.5
    loose = rng.random(len(ids)) < LOOSE
    groups[loose], places[loose] = clusters.NONE, rng.uniform(-2, 2, size=(loose.sum(), 2))
    frame, room = layout.Frame.around(places), layout.Frame.around(flat)
    with transaction.atomic():
        MapFit.objects.all().delete()
        fit = MapFit.objects.create(
            encoder=spaces.serving()["visual"],
            state=RunState.DONE,
            items=len(ids),
            axes=axes.tobytes(),
            frames={"umap": asdict(frame), "pca": asdict(room)},
            clusters=[f"island {number}" for number in range(CLUSTERS)],
            ended_at=timezone.now(),
        )
        fits._insert(fit, ids, fits._columns(frame.stored(places), room.stored(flat), groups), anchors=fits.SAMPLE)
