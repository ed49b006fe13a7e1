"""Every write of films: taking them in, curating them, their posters. What they are found by follows by itself."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

from django.core.files.base import File
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from media_library import files, formats, queue, troubles
from media_library.formats.base import FileRejected
from media_library.services import limits
from recommender import filters, known
from recommender.importing.facts import Facts
from recommender.models import Movie, MovieVector, PosterState, movie_id
from search import indexing
from search.models import Space

POSTER_PX = 750
"""The longer side of a stored poster: sharp at the size of a film's page."""

POSTER_BYTES = 30 * 1024**2

FIELDS = (
    *("title", "original_title", "overview", "tagline", "vote_average", "vote_count", "popularity", "release_date"),
    *("year", "genres", "language", "runtime", "poster_path", "credit", "movielens_id"),
)
"""What is known of a film, apart from its poster."""

TEXTS = ("title", "overview", "genres")
"""What its vector in the text space is made of."""


@dataclass(frozen=True)
class Upserted:
    """How many films were new, changed, or known just so."""

    new: int = 0
    changed: int = 0
    same: int = 0

    def __add__(self, other: Upserted) -> Upserted:
        return Upserted(self.new + other.new, self.changed + other.changed, self.same + other.same)


def upsert_films(several: Sequence[Facts]) -> Upserted:
    """Take some hundreds of films in at once, in three statements; those that are known just so are not touched.

    What a row does not tell stays as it is. Each TMDB id may stand among them once.
    """
    with transaction.atomic():
        # Locked in one order, so that two imports at once wait for each other and do not stand still.
        ids = [movie_id(facts.tmdb_id) for facts in several]
        known = Movie.objects.filter(pk__in=ids).select_for_update(of=("self",)).order_by("pk").in_bulk()
        now, new, changed, reworded = timezone.now(), [], [], []
        for facts in sorted(several, key=lambda each: each.tmdb_id):
            movie = known.get(movie_id(facts.tmdb_id))
            if movie is None:
                movie = Movie(pk=movie_id(facts.tmdb_id), tmdb_id=facts.tmdb_id, **{**facts.otherwise, **facts.given})
                _expect_poster(movie)
                new.append(movie)
                continue
            differing = _differing(movie, facts)
            if not differing:
                continue
            for name, value in differing.items():
                setattr(movie, name, value)
            movie.updated_at = now
            if "poster_path" in differing:
                _expect_poster(movie)
            changed.append(movie)
            if differing.keys() & set(TEXTS):
                reworded.append(movie.pk)
        Movie.objects.bulk_create(new, ignore_conflicts=True)
        if changed:
            Movie.objects.bulk_update(
                changed, [*FIELDS, "poster_state", "poster_problem", "updated_at"], batch_size=200
            )
        _forget_vectors(reworded, Space.TEXT)
        if new or changed:
            transaction.on_commit(_tell)
    return Upserted(len(new), len(changed), len(several) - len(new) - len(changed))


def _differing(movie: Movie, facts: Facts) -> dict[str, Any]:
    """What `facts` change about `movie`."""
    told = facts.given | {name: value for name, value in facts.otherwise.items() if not getattr(movie, name)}
    return {name: value for name, value in told.items() if getattr(movie, name) != value}


def _expect_poster(movie: Movie) -> None:
    """There is another place to have the poster from: what is stored is shown until that one is there."""
    movie.poster_state = PosterState.WAITING if movie.poster_path else PosterState.NONE
    movie.poster_problem = ""


def _forget_vectors(ids: Collection[UUID], space: str) -> None:
    """They are made anew; what was wrong with the film may be mended."""
    if ids:
        MovieVector.objects.filter(movie__in=ids, encoder__space=space).delete()
        Movie.objects.filter(pk__in=ids).update(indexing_problem="", attempts=0)
        transaction.on_commit(known.changed)


def _tell() -> None:
    filters.forget()
    known.changed()
    queue.wake(indexing.COMPLETE)


# --- Curating --------------------------------------------------------------------------------------------


def save_film(movie: Movie, **changes: object) -> Movie:
    """Change what is known of a film, and nothing that others wrote of it meanwhile. Raises TypeError for anything but
    FIELDS."""
    if unknown := changes.keys() - set(FIELDS):
        raise TypeError(f"save_film() cannot change {', '.join(sorted(unknown))}")
    for name, value in changes.items():
        setattr(movie, name, value)
    if released := changes.get("release_date"):
        movie.year = released.year
    with transaction.atomic():
        movie.save(update_fields=[*changes, "year", "updated_at"])
        if changes.keys() & set(TEXTS):
            _forget_vectors([movie.pk], Space.TEXT)
        transaction.on_commit(_tell)
    return movie


def delete_films(movies: QuerySet[Movie]) -> int:
    """For good, with their posters and what people said about them; returns how many."""
    with transaction.atomic():
        rows = list(movies.select_for_update(of=("self",)).order_by("pk").values_list("pk", "poster"))
        Movie.objects.filter(pk__in=[pk for pk, _ in rows]).delete()
        transaction.on_commit(lambda: files.remove(poster for _, poster in rows))
        transaction.on_commit(filters.forget)
        transaction.on_commit(known.changed)
    return len(rows)


def try_again(movies: QuerySet[Movie]) -> int:
    """Give films whose poster or indexing failed another chance; returns how many."""
    with transaction.atomic():
        posters = movies.filter(poster_state=PosterState.FAILED)
        stored = posters.exclude(poster="").update(poster_state=PosterState.STORED, poster_problem="")
        awaited = posters.filter(poster="").update(poster_state=PosterState.WAITING, poster_problem="")
        broken = movies.exclude(indexing_problem="").update(indexing_problem="", attempts=0)
        transaction.on_commit(_tell)
    return stored + awaited + broken


# --- Posters ---------------------------------------------------------------------------------------------


class PosterThere(Exception):
    """The film has got a poster meanwhile, which is not to be replaced."""


def set_poster(
    movie: Movie, file: BinaryIO | File, credit: str | None = None, *, only_if_lacking: bool = False
) -> Movie:
    """Store the picture in `file` as the poster of `movie`, as WebP of at most POSTER_PX, without its metadata.

    Raises FileRejected, with a sentence for people, for what is no picture; OSError where it cannot be stored; and what
    store_poster() raises.
    """
    return store_poster(movie, poster_of(file), credit, only_if_lacking=only_if_lacking)


def poster_of(file: BinaryIO | File) -> bytes:
    """The picture in `file` as a poster is stored. Raises what set_poster() raises."""
    with files.received(file, POSTER_BYTES) as got:
        return _rendered(got.path)


def store_poster(movie: Movie, webp: bytes, credit: str | None = None, *, only_if_lacking: bool = False) -> Movie:
    """Store a poster that is WebP already, of our own making. The same content again changes nothing.

    `only_if_lacking`: for whoever took long to get it, and must not replace what somebody has put there meanwhile.
    Raises Movie.DoesNotExist where the film was deleted meanwhile, and PosterThere.
    """
    troubles.require_mounted()
    name = f"films/posters/{movie.pk.hex[:2]}/{movie.pk.hex}-{hashlib.sha256(webp).hexdigest()[:16]}.webp"
    before = movie.poster.name
    if name != before:
        files.store_bytes(name, webp)
    try:
        with transaction.atomic():
            now = Movie.objects.select_for_update(of=("self",)).only("pk", "poster", "poster_state").get(pk=movie.pk)
            before = now.poster.name
            if only_if_lacking and now.poster_state == PosterState.STORED:
                raise PosterThere
            movie.poster, movie.poster_state, movie.poster_problem = name, PosterState.STORED, ""
            if credit is not None:
                movie.credit = credit
            movie.save(update_fields=["poster", "poster_state", "poster_problem", "credit", "updated_at"])
            if name != before:
                _forget_vectors([movie.pk], Space.VISUAL)
                transaction.on_commit(lambda: files.remove([before]))
                transaction.on_commit(lambda: queue.wake(indexing.COMPLETE))
    except (Movie.DoesNotExist, PosterThere) as error:
        # Nobody else knows of it, unless it is the very poster that is there.
        if isinstance(error, Movie.DoesNotExist) or name != before:
            files.remove([name])
        raise
    return movie


def remove_poster(movie: Movie) -> Movie:
    before = movie.poster.name
    movie.poster, movie.poster_state, movie.poster_problem = "", PosterState.NONE, ""
    with transaction.atomic():
        movie.save(update_fields=["poster", "poster_state", "poster_problem", "updated_at"])
        _forget_vectors([movie.pk], Space.VISUAL)
        transaction.on_commit(lambda: files.remove([before]))
    return movie


def poster_failed(ids: Iterable[UUID], reason: str) -> None:
    """Note why there is no poster; not of films that have one by now. What was stored before is shown on."""
    Movie.objects.filter(pk__in=list(ids)).exclude(poster_state=PosterState.STORED).update(
        poster_state=PosterState.FAILED, poster_problem=reason
    )


def _rendered(path: Path) -> bytes:
    """The picture at `path` as WebP. Raises FileRejected."""
    allowed = replace(limits(), preview_px=POSTER_PX)
    sniffed = formats.sniff(path)
    if sniffed.kind != "image":
        raise FileRejected("not-a-picture", "A poster has to be a picture, such as JPEG or PNG.")
    picture = formats.render(path, formats.probe(path, sniffed, allowed), allowed)
    picture.thumbnail((POSTER_PX, POSTER_PX))
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=85, method=4)
    return out.getvalue()
