"""What somebody sees of the map: their points, what is missing, what words light up. Always by `visible_to`."""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

import numpy as np
from django.db import connection
from django.db.models import Count, Exists, F, OuterRef

from media_library.models import Kind, MediaItem, Status
from media_library.querysets import MediaItemQuerySet
from search import fusion, retrieval
from search.hits import SHOWS
from search.map import clusters, layout
from search.models import Embedding, Encoder, MapFit, MapPoint, Space
from search.query import QueryError
from search.spaces import serving

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

TAGS = 12
"""Tags in the legend: as many as there are colours; fewer than the bits of their column."""

LIT = 2000
"""Items that words light up, at most."""

LIT_ANYWAY, SHARE_LIT = 24, 5
"""Where nothing stands out, so many of the nearest are shown as less certain, and no more than a fifth of all."""

FAINTEST = 0.35
"""How brightly the last of what is lit shines."""

RARELY = 3
"""Tags that fewer items of a group carry do not name it."""

TYPICAL, TELLING = 0.3, 2.0
"""A tag names a group that has it on such a share of its items, and so many times as often as the rest has."""

MAGIC = b"SLMAP1\0\0"

KINDS = list(Kind.values)

COLUMNS = ("umap_x", "umap_y", "pca_x", "pca_y", "pca_z", "cluster")


@dataclass(frozen=True)
class Points:
    """What one person sees of a map; n points, in the order of their ids.

    `ids`: 16 bytes each. `columns`: (6, n) int16, as the fields of MapPoint. `kinds`: (n,) places in KINDS. `carried`:
    (n,) uint16, the bits of those of `tags` that an item carries. `names`: of each cluster that has points here.
    """

    ids: bytes
    columns: np.ndarray
    kinds: np.ndarray
    carried: np.ndarray
    tags: list[str]
    names: dict[int, str]

    def __len__(self) -> int:
        return len(self.kinds)


# --- Points ----------------------------------------------------------------------------------------------


def points(viewer: AbstractBaseUser | AnonymousUser, fit: MapFit) -> Points:
    """Those of `fit` that `viewer` may see; two statements however many they are."""
    seen = MediaItem.objects.visible_to(viewer).filter(map_points__fit=fit).order_by()
    tags, tagged = _tags(seen)
    # The database puts the columns together: making objects of 100,000 rows would take seconds.
    rows = seen.order_by("pk").values_list("pk", "kind", "tags", *map(_of_point, COLUMNS))
    sql, params = rows.query.sql_with_params()
    packed = ", ".join(f"coalesce(string_agg(int2send({name}), ''::bytea), '')" for name in COLUMNS)
    mask = " | ".join(["0", *(f"((tags @> ARRAY[%s]::varchar[])::int << {bit})" for bit in range(len(tags)))])
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(string_agg(uuid_send(id), ''::bytea), ''), "
            "coalesce(string_agg(int2send(array_position(%s::varchar[], kind)::int2), ''::bytea), ''), "
            f"coalesce(string_agg(int2send(({mask})::int2), ''::bytea), ''), {packed} "
            f"FROM ({sql}) AS seen (id, kind, tags, {', '.join(COLUMNS)})",
            [KINDS, *tags, *params],
        )
        ids, kinds, carried, *columns = map(bytes, cursor.fetchone())
    table = np.stack([_numbers(column) for column in columns])
    return Points(
        ids=ids,
        columns=table,
        kinds=_numbers(kinds) - 1,  # PostgreSQL counts from 1
        carried=_numbers(carried).astype(np.uint16),
        tags=tags,
        names=_names(fit, table[-1], tagged),
    )


def _of_point(name: str) -> F:
    return F(f"map_points__{name}")


def _numbers(sent: bytes) -> np.ndarray:
    return np.frombuffer(sent, ">i2").astype(np.int16)


def _tags(seen: MediaItemQuerySet) -> tuple[list[str], list[tuple[int, str, int]]]:
    """The most used tags, and how often each tag is carried in each cluster: only what the viewer sees is counted."""
    sql, params = seen.values_list("tags", _of_point("cluster")).query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT cluster, tag, count(*) FROM ({sql}) AS seen (tags, cluster), unnest(tags) AS tag GROUP BY 1, 2",
            params,
        )
        tagged = cursor.fetchall()
    totals: dict[str, int] = {}
    for _, tag, count in tagged:
        totals[tag] = totals.get(tag, 0) + count
    return sorted(totals, key=lambda tag: (-totals[tag], tag))[:TAGS], tagged


def _names(fit: MapFit, column: np.ndarray, tagged: Sequence[tuple[int, str, int]]) -> dict[int, str]:
    """What each cluster is called: by a tag that is typical of it, else by the background words that fit it best."""
    numbers, counts = np.unique(column, return_counts=True)
    sizes = dict(zip(numbers.tolist(), counts.tolist(), strict=True))
    totals: dict[str, int] = {}
    for _, tag, count in tagged:
        totals[tag] = totals.get(tag, 0) + count
    best: dict[int, tuple[float, str]] = {}
    for cluster, tag, count in tagged:
        size = sizes.get(cluster, 0)
        rest = len(column) - size
        share, elsewhere = count / max(size, 1), (totals[tag] - count) / max(rest, 1)
        if count < RARELY or share < TYPICAL or share < TELLING * elsewhere:
            continue
        # The more it is on here and the less elsewhere.
        best[cluster] = max(best.get(cluster, (0.0, "")), (share - elsewhere, tag))
    names: dict[int, str] = {}
    for number in sizes:
        if number == clusters.NONE:
            continue
        words = fit.clusters[number] if number < len(fit.clusters) else ""
        name = best[number][1] if number in best else words
        if not name or name in names.values():
            name = f"{name or 'group'} ({number + 1})"
        names[number] = name
    return names


def packed(found: Points, more: dict[str, Any]) -> bytes:
    """`found` for the page's script, little-endian: MAGIC, the length of the header (uint32), the header as JSON, then
    the columns one after the other, each beginning at a multiple of 4 bytes.

    What the page opens with comes first, so that a quarter of the answer is enough to draw. The header: ``n``,
    ``columns`` ([name, type, offset], from the end of the header), ``drawable`` (the bytes of those that come first),
    ``size`` (of all), ``kinds``, ``tags``, ``clusters``, and what is in `more`.
    """
    numbers = {name: column.astype("<i2").tobytes() for name, column in zip(COLUMNS, found.columns, strict=True)}
    columns = [
        ("umap_x", "int16", numbers["umap_x"]),
        ("umap_y", "int16", numbers["umap_y"]),
        ("cluster", "int8", found.columns[-1].astype(np.int8).tobytes()),
        ("kind", "int8", found.kinds.astype(np.int8).tobytes()),
        ("carried", "uint16", found.carried.astype("<u2").tobytes()),
        ("pca_x", "int16", numbers["pca_x"]),
        ("pca_y", "int16", numbers["pca_y"]),
        ("pca_z", "int16", numbers["pca_z"]),
        ("ids", "uint8", found.ids),
    ]
    body, places = [], []
    at = 0
    for name, of_type, data in columns:
        places.append([name, of_type, at])
        body.append(data + bytes(-len(data) % 4))
        at += len(body[-1])
    header = {
        "n": len(found),
        "columns": places,
        "drawable": next(start for name, _, start in places if name == "pca_x"),
        "size": at,
        "kinds": [[kind, Kind(kind).label] for kind in KINDS],
        "tags": found.tags,
        "clusters": {str(number): name for number, name in found.names.items()},
        **more,
    }
    written = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    written += b" " * (-(len(written) + len(MAGIC) + 4) % 4)
    return b"".join([MAGIC, struct.pack("<I", len(written)), written, *body])


def page(viewer: AbstractBaseUser | AnonymousUser, fit: MapFit, after: UUID | None, size: int) -> list[dict[str, Any]]:
    """Up to `size` points in the order of their ids, from the one after `after` on, as the API gives them."""
    seen = MapPoint.objects.filter(fit=fit, item__in=MediaItem.objects.visible_to(viewer).order_by())
    if after:
        seen = seen.filter(item__gt=after)
    rows = seen.order_by("item").values_list("item", "item__kind", *COLUMNS)[:size]
    return [
        {
            "item": pk,
            "kind": kind,
            "umap": [round(value / layout.HALF, 4) for value in place[:2]],
            "pca": [round(value / layout.HALF, 4) for value in place[2:5]],
            "cluster": place[5] if place[5] != clusters.NONE else None,
        }
        for pk, kind, *place in rows
    ]


# --- What is not on it -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Missing:
    """Items that the viewer sees elsewhere but not on the map, by why."""

    unseen: dict[str, int]
    """Those that have no picture, by kind."""
    coming: int
    """Those that are still being indexed, or placed in a moment."""
    failed: int

    @property
    def total(self) -> int:
        return sum(self.unseen.values()) + self.coming + self.failed

    @property
    def sentence(self) -> str:
        """“412 texts without pictures and 3 items that are still being indexed are not on the map.” Empty for none."""
        parts = [_several(count, Kind(kind).label.lower()) for kind, count in sorted(self.unseen.items())]
        if parts:
            parts[-1] += " without pictures"
        if self.coming:
            parts.append(f"{_several(self.coming, 'item')} still being indexed")
        if self.failed:
            parts.append(f"{_several(self.failed, 'item')} that could not be read")
        if not parts:
            return ""
        told = " and ".join(filter(None, [", ".join(parts[:-1]), parts[-1]]))
        return f"{told} {'is' if self.total == 1 else 'are'} not on the map."


def _several(count: int, name: str) -> str:
    return f"{count:,} {name}{'' if count == 1 else 's'}"


def missing(viewer: AbstractBaseUser | AnonymousUser, fit: MapFit) -> Missing:
    """What `viewer` may see and is not on `fit`; one statement."""
    placed = MapPoint.objects.filter(fit=fit, item=OuterRef("pk"))
    made = Embedding.objects.filter(encoder=fit.encoder_id, item=OuterRef("pk"))
    rows = (
        MediaItem.objects.visible_to(viewer)
        .filter(~Exists(placed))
        .order_by()
        .annotate(has_vectors=Exists(made))
        .values_list("kind", "status", "has_vectors")
        .annotate(n=Count("pk"))
    )
    unseen: dict[str, int] = {}
    coming = failed = 0
    for kind, status, has_vectors, count in rows:
        if status == Status.FAILED:
            failed += count
        elif status == Status.READY and not has_vectors:
            unseen[kind] = unseen.get(kind, 0) + count
        else:
            coming += count
    return Missing(unseen, coming, failed)


# --- What words light up ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Near:
    """What `words` are like: `items` with how brightly each shines (0 to 1), the best first.

    `sure`: how many of them stand out, as in a search; where it is 0, they are only the nearest.
    """

    words: str
    items: list[tuple[UUID, float]]
    sure: int

    @property
    def sentence(self) -> str:
        if not self.items:
            return f"Nothing on the map is like “{self.words}”."
        if not self.sure:
            nearest = f"{len(self.items)} nearest are" if len(self.items) > 1 else "nearest is"
            return f"Nothing stands out for “{self.words}”; the {nearest} lit."
        more = " or more" if self.sure >= LIT else ""
        return f"{_several(self.sure, 'item')}{more} stand{'s' if self.sure == 1 else ''} out for “{self.words}”."


def near(words: str, viewer: AbstractBaseUser | AnonymousUser, fit: MapFit) -> Near:
    """What of `fit` looks like `words`, by the encoder that serves; everything that `viewer` may see is compared.

    Raises QueryError for no words, and EncoderError.
    """
    words = " ".join(words.split())
    encoder: Encoder | None = serving().get(Space.VISUAL)
    rankings = retrieval.by_look(words, encoder) if encoder else []
    if not rankings:
        raise QueryError("empty-query", "Type some words that say what to light up.")
    items = MediaItem.objects.visible_to(viewer).filter(map_points__fit=fit)
    fused, _ = fusion.fuse(rankings, items, LIT, exact=True)
    sure = sum(hit.places[SHOWS].distinction >= 1 for hit in fused)
    fused.sort(key=lambda hit: (hit.places[SHOWS].distinction < 1, hit.places[SHOWS].rank))
    chosen = fused[: sure or max(1, min(LIT_ANYWAY, len(fused) // SHARE_LIT))] if fused else []
    if not chosen:
        return Near(words, [], 0)
    likeness = [hit.places[SHOWS].similarity for hit in chosen]
    best, least = max(likeness), min(likeness)
    span = max(best - least, 1e-6)
    shining = [
        (hit.item_id, round(FAINTEST + (1 - FAINTEST) * (hit.places[SHOWS].similarity - least) / span, 3))
        for hit in chosen
    ]
    return Near(words, shining, sure)
