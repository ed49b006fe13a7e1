"""Giving films their vectors: of words in the text space, of posters in the visual one, under search's own encoders.

Called by search's embedding worker through `search.holdings`, so that an encoder that is being built is complete only
once films have their vectors, too, and nothing is embedded twice or forgotten.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import numpy as np
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.utils import timezone
from PIL import Image

from media_library import leases, services, troubles
from media_library.models import MAX_ATTEMPTS
from recommender import known, levels
from recommender.models import Movie, MovieVector, PosterState
from search.encoders.base import clean_text
from search.indexing import BATCH, CLAIM, StorageAway
from search.models import Encoder, Space
from search.spaces import HNSW, REMOVED_AT_ONCE, load

logger = logging.getLogger(__name__)

OVERVIEW = 2_000
"""Characters of an overview that are read: more than any text encoder takes in."""

EXHAUSTED = (
    "Indexing this film failed several times. Select it in the list of films and choose “Try again what failed”."
)
UNREADABLE = "The stored poster is missing or damaged. Give the film another one."


def film_text(movie: Movie) -> str:
    """What the text space reads of a film: its title and overview; its genres where it has no overview."""
    about = movie.overview[:OVERVIEW] or ", ".join(movie.genres)
    return clean_text(f"{movie.title}\n{about}".strip())


class FilmVectors:
    """The films, as search's registry of what has vectors knows them (search.holdings.Holding)."""

    noun = "films"

    def missing(self, encoder: Encoder) -> int:
        return Movie.objects.lacking_vectors(encoder).count()

    def embed(self, encoder: Encoder, most: int) -> int:
        """Up to about `most` vectors; 0 where nothing is left or other workers have the rest in hand."""
        made = 0
        while made < most:
            movies = _claim(encoder)
            if not movies:
                break
            made += _embed_claimed(encoder, movies)
        if not made and self.fitting(encoder.space) is not None:
            levels.refresh(encoder)
        return made

    def made(self) -> QuerySet[MovieVector]:
        return MovieVector.objects.all()

    def fitting(self, space: str) -> QuerySet[Movie] | None:
        if space == Space.TEXT:
            return Movie.objects.texted()
        return Movie.objects.postered() if space == Space.VISUAL else None

    def build_index(self, encoder: Encoder) -> None:
        # Asked first: to make one that is there already would wait for everybody who writes.
        if self.fitting(encoder.space) is None or _has_index(encoder):
            return
        options = ", ".join(f"{name} = {value}" for name, value in HNSW.items())
        with connection.cursor() as cursor:
            cursor.execute(
                f"CREATE INDEX IF NOT EXISTS {index_name(encoder)} ON recommender_movievector "
                f"USING hnsw ((vector::halfvec({encoder.dimensions})) halfvec_cosine_ops) WITH ({options}) "
                f"WHERE encoder_id = {encoder.pk}"
            )

    def remove(self, encoder: Encoder) -> int:
        removed = 0
        with connection.cursor() as cursor:
            cursor.execute(f"DROP INDEX IF EXISTS {index_name(encoder)}")
        while True:
            some = MovieVector.objects.filter(encoder=encoder).order_by().values("pk")[:REMOVED_AT_ONCE]
            gone, _ = MovieVector.objects.filter(pk__in=some).delete()
            if not gone:
                return removed
            removed += gone


def index_name(encoder: Encoder) -> str:
    return f"recommender_movievector_hnsw_{encoder.pk}"


def _has_index(encoder: Encoder) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [index_name(encoder)])
        return cursor.fetchone()[0]


# --- In hand ---------------------------------------------------------------------------------------------


def _unleased() -> Q:
    return Q(lease_until=None) | Q(lease_until__lte=timezone.now())


def _claim(encoder: Encoder) -> list[Movie]:
    """Take the films in hand that are due next, the best known first: fewer at each attempt, and at last one alone, so
    that a poster which kills its worker takes no other film down with it."""
    due = Movie.objects.lacking_vectors(encoder).filter(_unleased())
    due.filter(attempts__gte=MAX_ATTEMPTS).update(indexing_problem=EXHAUSTED, attempts=0, lease_until=None)
    attempts = due.order_by("attempts").values_list("attempts", flat=True).first()
    if attempts is None:
        return []
    with transaction.atomic():
        wanted = due.filter(attempts=attempts).order_by("-vote_count", "pk")
        ids = list(
            wanted.select_for_update(of=("self",), no_key=True, skip_locked=True).values_list("pk", flat=True)[
                : CLAIM[min(attempts, len(CLAIM) - 1)]
            ]
        )
        Movie.objects.filter(pk__in=ids).update(
            attempts=F("attempts") + 1, lease_until=services.lease(F("attempts") + 1)
        )
    columns = ("pk", "title", "overview", "genres", "poster", "updated_at")
    return list(Movie.objects.filter(pk__in=ids).only(*columns).order_by("pk"))


def _renew(ids: Sequence[UUID]) -> None:
    Movie.objects.filter(pk__in=ids, lease_until__isnull=False).update(lease_until=services.lease(F("attempts")))


def _release(ids: Sequence[UUID], failed: bool = False) -> None:
    attempts = Case(When(attempts__gt=0, then=F("attempts") - 1), default=Value(0)) if failed else 0
    Movie.objects.filter(pk__in=ids).update(lease_until=None, attempts=attempts)


def _embed_claimed(encoder: Encoder, movies: list[Movie]) -> int:
    ids = [movie.pk for movie in movies]
    try:
        with leases.kept(lambda: _renew(ids)):
            made = 0
            for start in range(0, len(movies), BATCH):
                kept, vectors = _encode(encoder, movies[start : start + BATCH])
                made += _store(encoder, kept, vectors)
    except (StorageAway, *troubles.DATABASE):
        _release_if_possible(ids, failed=True)
        raise
    except BaseException:
        # Whatever it was, it counts as an attempt: the next ones are tried with fewer beside them.
        _release_keeping_attempts(ids)
        raise
    _release(ids)
    # Unreadable posters are settled, too: the caller must not take that for "nothing is left".
    return max(made, 1)


def _release_if_possible(ids: Sequence[UUID], failed: bool) -> None:
    try:
        _release(ids, failed)
    except troubles.DATABASE:
        connection.close()  # The lease runs out by itself.


def _release_keeping_attempts(ids: Sequence[UUID]) -> None:
    try:
        Movie.objects.filter(pk__in=ids).update(lease_until=None)
    except troubles.DATABASE:
        connection.close()


# --- Encoding --------------------------------------------------------------------------------------------


def _encode(encoder: Encoder, movies: list[Movie]) -> tuple[list[Movie], np.ndarray]:
    model = load(encoder.spec)
    if encoder.space == Space.TEXT:
        return movies, model.encode_texts([film_text(movie) for movie in movies])
    kept, pictures = [], []
    for movie in movies:
        try:
            with default_storage.open(movie.poster.name) as file, Image.open(file) as picture:
                pictures.append(picture.convert("RGB"))
            kept.append(movie)
        except (OSError, SyntaxError, ValueError) as error:
            if isinstance(error, OSError) and troubles.of_storage(error):
                raise StorageAway(troubles.meanwhile(error)) from error
            logger.warning("The poster of film %s cannot be read: %s", movie.pk, error)
            Movie.objects.filter(pk=movie.pk, poster=movie.poster.name).update(
                poster_state=PosterState.FAILED, poster_problem=UNREADABLE
            )
    return kept, model.encode_images(pictures) if pictures else np.empty((0, encoder.dimensions), np.float32)


def _store(encoder: Encoder, movies: list[Movie], vectors: np.ndarray) -> int:
    """Write vectors, (n, dimensions), of those films that are still as they were read."""
    read: dict[UUID, datetime] = {movie.pk: movie.updated_at for movie in movies}
    with transaction.atomic():
        locked = Movie.objects.filter(pk__in=read).select_for_update(of=("self",), no_key=True, skip_locked=True)
        now = dict(locked.order_by().values_list("pk", "updated_at"))
        rows = [
            MovieVector(movie_id=movie.pk, encoder=encoder, vector=vector)
            for movie, vector in zip(movies, vectors, strict=True)
            if now.get(movie.pk) == read[movie.pk]
        ]
        MovieVector.objects.bulk_create(rows, ignore_conflicts=True)
        transaction.on_commit(known.changed)
    return len(rows)
