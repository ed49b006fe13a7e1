"""Finding films by words, pictures and other films, in the space of stories and in that of posters, or in both.

Ranks are fused, not scores (reciprocal rank fusion, as search itself does it): a cosine of .5 is much between two texts
and little between two pictures, and another encoder moves both, while being third stays being third. The sliders weigh
the rankings, from 0, at which one is not even made, to 1.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Literal
from uuid import UUID

import numpy as np
from django.contrib.postgres.search import SearchQuery
from django.core.cache import cache
from django.db import connection

from media_library.models import MediaItem
from recommender import levels
from recommender.filters import FilmFilters
from recommender.models import Movie, MovieQuerySet
from recommender.nearest import Probe, nearest, vectors
from search import fusion, hits, subjects, syntax
from search.composing import Weighted, compose
from search.examples import text_vectors
from search.models import Encoder, Space
from search.query import Like as SearchLike
from search.query import Query, QueryError
from search.spaces import serving

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

STORY, SHOWS, LOOKS, SAYS = "story", "shows", "looks", "says"

REASONS = {
    STORY: "story",
    SHOWS: "poster shows it",
    LOOKS: "poster looks alike",
    SAYS: "words in it",
}
"""The rankings, as words for people."""

FIRST_WINDOW = 100
"""Films per ranking that the first pages are drawn from; four times as many when somebody goes past them."""

SHOWS_BESIDE = 0.15
"""What words beside posters count where they are also looked for in stories. A story says what it is about, a poster
seldom shows it: at 1 the demo answers “Epic super hero” with a dog, at .15 with four heroes among the first five; five
questions of that kind were compared at 1, .5, .25 and .15."""

SNAPSHOT_TTL = 15 * 60
"""Seconds for which the pages of one search fit together."""

MAX_LIKES = 12
"""Films, pictures and items that one search can be by."""

By = Literal["story", "look", "both"]


@dataclass(frozen=True, slots=True)
class Like:
    """What films should be like, or with a weight below 0 should not: a film, an item of the library, or an example by
    the token of search's examples.remember_file(). Just one of the three is given; weights from −1 to 1, but not 0."""

    movie: UUID | None = None
    example: str = ""
    item: UUID | None = None
    weight: float = 1.0


@dataclass(frozen=True)
class FilmQuery:
    """`words` as in the search of the library (-unwanted, "exactly this"). `story` and `look`: how much either counts,
    0 to 1."""

    words: str = ""
    likes: tuple[Like, ...] = ()
    story: float = 1.0
    look: float = 1.0
    filters: FilmFilters = field(default_factory=FilmFilters)

    def __bool__(self) -> bool:
        asked = syntax.parse(self.words)
        return bool(self.likes or asked.wanted or asked.unwanted)

    def digest(self) -> str:
        """The same for the same question, in every process."""
        return hashlib.sha256(json.dumps(asdict(self), default=str, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class Reason:
    """One ranking in which a film was found: its name (a key of REASONS), the rank there, from 1 on, and the cosine, or
    for SAYS the text rank."""

    name: str
    rank: int
    similarity: float

    @property
    def label(self) -> str:
        return REASONS[self.name]


@dataclass(frozen=True)
class FilmHit:
    """`score` is 1.0 for what leads every ranking. `reasons`: the best rank first."""

    movie: Movie
    rank: int
    score: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class FilmPage:
    """`next_offset`: None at the end. `total`: how many films there are altogether, where that is known by now."""

    hits: list[FilmHit]
    offset: int
    next_offset: int | None
    total: int | None
    stands_out: bool | None = None
    """Whether any film is what the words mean, and not merely nearest to them; None where that cannot be told, or
    where films are searched by examples."""


@dataclass(frozen=True)
class _Ranking:
    """Films in one ranking, by vector (`probe`) or by words."""

    name: str
    weight: float
    probe: Probe | None = None
    words: str = ""
    asked: np.ndarray | None = None
    """The words alone, where they are what is asked by: (d,)."""


@dataclass(frozen=True)
class _Snapshot:
    """The ranking that the pages of one search are cut from. It only ever grows at its end."""

    fused: list[fusion.Fused]
    window: int
    complete: bool
    stands_out: bool | None = None


def search(query: FilmQuery, viewer: AbstractBaseUser | AnonymousUser, offset: int = 0, limit: int = 24) -> FilmPage:
    """The films that `query` finds, from `offset` on.

    Raises QueryError where nothing was asked, no slider is up, or something to search by is not there or not `viewer`'s
    to see; and EncoderError.
    """
    if not query:
        raise QueryError("empty-query", "Type some words, choose a film, or drop a picture.")
    _check(query, viewer)
    return _page(query, offset, limit)


def similar(movie: Movie, by: By = "both", count: int = 24, filters: FilmFilters | None = None) -> list[FilmHit]:
    """Films whose story is like that of `movie`, whose poster looks like its, or both; none before it has vectors."""
    story, look = float(by in ("story", "both")), float(by in ("look", "both"))
    query = FilmQuery(likes=(Like(movie=movie.pk),), story=story, look=look, filters=filters or FilmFilters())
    return _page_or_nothing(query, count)


def films_like(item: MediaItem, count: int = 12, filters: FilmFilters | None = None) -> list[FilmHit]:
    """Films whose posters look like `item`, a picture, video or document that the viewer may see: the caller has asked.

    None before the item, or the films, are indexed.
    """
    query = FilmQuery(likes=(Like(item=item.pk),), story=0, filters=filters or FilmFilters())
    return _page_or_nothing(query, count)


def pictures_like(movie: Movie, viewer: AbstractBaseUser | AnonymousUser, count: int = 12) -> list[hits.Hit]:
    """Pictures, frames and pages of the library that look like the poster of `movie`, of what `viewer` may see; none
    before the poster has a vector."""
    if (encoder := serving().get(Space.VISUAL)) is None:
        return []
    stored = vectors([movie.pk], [encoder.pk]).get(encoder.pk)
    if stored is None:
        return []
    ranking = fusion.ByVector(hits.LOOKS, encoder.pk, encoder.dimensions, stored[1][0])
    items = MediaItem.objects.visible_to(viewer)
    fused, _ = fusion.fuse([ranking], items, max(count * 4, 50))
    return hits.make_hits(Query(), viewer, fused[:count], 0)


# --- Paging ----------------------------------------------------------------------------------------------


def _page_or_nothing(query: FilmQuery, count: int) -> list[FilmHit]:
    try:
        return _page(query, 0, count).hits
    except QueryError:
        return []


def _page(query: FilmQuery, offset: int, limit: int) -> FilmPage:
    encoders = serving()
    name = f"films:{query.digest()}:{'-'.join(str(encoders[space].pk) for space in sorted(encoders))}"
    snapshot = cache.get(name) if offset else None
    if snapshot is None:
        snapshot = _rank(query, encoders, _Snapshot([], 0, False))
    while len(snapshot.fused) < offset + limit and not snapshot.complete:
        snapshot = _rank(query, encoders, snapshot)
    end = offset + limit
    more = len(snapshot.fused) > end or not snapshot.complete
    if more:
        cache.set(name, snapshot, SNAPSHOT_TTL)
    return FilmPage(
        hits=_hits(snapshot.fused[offset:end], offset),
        offset=offset,
        next_offset=end if more else None,
        total=len(snapshot.fused) if snapshot.complete else None,
        stands_out=snapshot.stands_out,
    )


def _rank(query: FilmQuery, encoders: Mapping[str, Encoder], before: _Snapshot) -> _Snapshot:
    """Rank four times as deep as `before`, and add what is new at its end."""
    window = before.window * 4 or FIRST_WINDOW
    rankings = _rankings(query, encoders)
    allowed = _worded(query)
    examples = [like.movie for like in query.likes if like.movie]
    by_vector = [ranking for ranking in rankings if ranking.probe]
    found, complete = nearest([ranking.probe for ranking in by_vector], window, allowed, exclude=examples)
    ranked: dict[str, list[fusion.Row]] = {
        ranking.name: [fusion.Row(movie_id, 0, similarity, 1.0, 0.0) for movie_id, similarity in near]
        for ranking, near in zip(by_vector, found, strict=True)
    }
    for ranking in rankings:
        if ranking.probe is None:
            ranked[ranking.name] = _said(ranking.words, allowed, examples, window)
            complete = complete and len(ranked[ranking.name]) < window
    fused = fusion.fused_by_rank(rankings, [ranked[ranking.name] for ranking in rankings])
    listed = {hit.item_id for hit in before.fused}
    # Of what lies deeper nothing stands out where nothing did above.
    sure = before.stands_out if before.window else _stands_out(query, encoders, rankings, ranked)
    return _Snapshot([*before.fused, *(hit for hit in fused if hit.item_id not in listed)], window, complete, sure)


def _stands_out(
    query: FilmQuery,
    encoders: Mapping[str, Encoder],
    rankings: Sequence[_Ranking],
    ranked: Mapping[str, Sequence[fusion.Row]],
) -> bool | None:
    """Whether any film is what the words mean: by its story, by its poster, or because they stand in it."""
    if query.likes:
        return None
    told = [True] if ranked.get(SAYS) else []
    for name, space in ((STORY, Space.TEXT), (SHOWS, Space.VISUAL)):
        asked = next((ranking.asked for ranking in rankings if ranking.name == name), None)
        if asked is not None and not any(told):
            films = [row.item_id for row in ranked[name]]
            told += filter(lambda sure: sure is not None, [levels.stands_out(encoders[space], asked, films)])
    return any(told) if told else None


def _worded(query: FilmQuery) -> MovieQuerySet | None:
    """The films to look among; None for all. Quoted words must occur in them, unwanted ones must not."""
    asked = syntax.parse(query.words)
    if not (query.filters or asked.phrases or asked.unwanted):
        return None
    movies = query.filters.apply(Movie.objects.all())
    for phrase in asked.phrases:
        movies = movies.filter(words=SearchQuery(phrase, config="simple", search_type="phrase"))
    for term in asked.unwanted:
        search_type = "phrase" if term.exact else "plain"
        either = SearchQuery(term.text, config="english", search_type=search_type) | SearchQuery(
            term.text, config="simple", search_type=search_type
        )
        movies = movies.exclude(words=either)
    return movies


def _said(words: str, allowed: MovieQuerySet | None, exclude: Sequence[UUID], window: int) -> list[fusion.Row]:
    """The films whose title or overview holds `words`, by cover density, titles above overviews."""
    condition, params = "", []
    if allowed is not None:
        allowed_sql, allowed_params = allowed.order_by().values("pk").query.sql_with_params()
        condition, params = f" AND id IN ({allowed_sql})", [*allowed_params]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, ts_rank_cd(words, wanted, 1)::float8 AS rank FROM recommender_movie, "
            "LATERAL (SELECT websearch_to_tsquery('english', %s) || websearch_to_tsquery('simple', %s) AS wanted) AS q "
            f"WHERE words @@ wanted AND id <> ALL(%s::uuid[]){condition} ORDER BY rank DESC, id LIMIT %s",
            [words, words, list(exclude), *params, window],
        )
        return [fusion.Row(movie_id, 0, rank, 1.0, 0.0) for movie_id, rank in cursor.fetchall()]


def _hits(fused: Sequence[fusion.Fused], offset: int) -> list[FilmHit]:
    """With their films, in one statement. What was deleted meanwhile is left out."""
    movies = Movie.objects.order_by().in_bulk([hit.item_id for hit in fused])
    return [
        FilmHit(movies[hit.item_id], offset + position, hit.score, _reasons(hit))
        for position, hit in enumerate(fused, start=1)
        if hit.item_id in movies
    ]


def _reasons(hit: fusion.Fused) -> tuple[Reason, ...]:
    reasons = [Reason(name, place.rank, place.similarity) for name, place in hit.places.items()]
    return tuple(sorted(reasons, key=lambda reason: (reason.rank, reason.name)))


# --- Rankings --------------------------------------------------------------------------------------------


def _check(query: FilmQuery, viewer: AbstractBaseUser | AnonymousUser) -> None:
    if len(query.likes) > MAX_LIKES:
        raise QueryError("too-many-examples", f"Search by at most {MAX_LIKES} films and pictures at once.")
    if not all(0 <= weight <= 1 for weight in (query.story, query.look)):
        raise QueryError("bad-weight", "The weights of story and look are numbers from 0 to 1.")
    if any(not -1 <= like.weight <= 1 or like.weight == 0 for like in query.likes):
        raise QueryError("bad-weight", "The weight of an example is a number from −1 to 1, and not 0.")
    items = {like.item for like in query.likes if like.item}
    if items and MediaItem.objects.visible_to(viewer).filter(pk__in=items).count() < len(items):
        raise QueryError("no-such-item", "The item to search by is not there, or not yours to see.")
    movies = {like.movie for like in query.likes if like.movie}
    if movies and Movie.objects.filter(pk__in=movies).count() < len(movies):
        raise QueryError("no-such-film", "The film to search by is not there any more.")


@dataclass(frozen=True)
class _Examples:
    """What a query's likes are in each space, wanted ones and unwanted ones."""

    stories: tuple[list[Weighted], list[Weighted]]
    looks: tuple[list[Weighted], list[Weighted]]
    texts: tuple[list[tuple[str, float]], list[tuple[str, float]]]
    """The words of documents that were dropped."""


def _rankings(query: FilmQuery, encoders: Mapping[str, Encoder]) -> list[_Ranking]:
    """In which ways `query` is ranked. Raises QueryError where there is none."""
    text = encoders.get(Space.TEXT) if query.story else None
    visual = encoders.get(Space.VISUAL) if query.look else None
    if not (query.story or query.look):
        raise QueryError("nothing-weighed", "Neither story nor look counts. Move one of the sliders up.")
    examples = _examples(query.likes, text, visual)
    asked = syntax.parse(query.words)
    wanted = [*asked.texts, *examples.texts[0]]
    unwanted = [*((term.text, term.weight) for term in asked.unwanted), *examples.texts[1]]
    rankings: list[_Ranking] = []
    if text:
        words, no_words = _encoded(text, wanted), _encoded(text, unwanted)
        rankings += _towards(
            STORY,
            text,
            [*words, *examples.stories[0]],
            [*no_words, *examples.stories[1]],
            query.story,
            of_words=bool(words),
        )
    if visual:
        words, no_words = _encoded(visual, wanted), _encoded(visual, unwanted)
        pictures, no_pictures = examples.looks
        if words or not pictures:
            weight = query.look * (SHOWS_BESIDE if rankings else 1.0)
            rankings += _towards(SHOWS, visual, words, [*no_words, *no_pictures], weight, of_words=True)
        if pictures:
            rankings += _towards(LOOKS, visual, pictures, [*no_words, *no_pictures], query.look)
    if query.story and asked.websearch:
        rankings.append(_Ranking(SAYS, query.story, words=asked.websearch))
    if not rankings:
        raise QueryError("not-indexed", "What you search by is still being indexed. Try again in a moment.")
    return rankings


def _towards(
    name: str,
    encoder: Encoder,
    wanted: Sequence[Weighted],
    unwanted: Sequence[Weighted],
    weight: float,
    of_words: bool = False,
) -> list[_Ranking]:
    if not (wanted or unwanted):
        return []
    direction = compose(wanted, unwanted)
    asked = direction.wanted if of_words else None
    return [_Ranking(name, weight, Probe(direction.vector, encoder.pk), asked=asked)]


def _encoded(encoder: Encoder, texts: Sequence[tuple[str, float]]) -> list[Weighted]:
    made = text_vectors(encoder, [words for words, _ in texts]) if texts else []
    return [(vector, weight) for vector, (_, weight) in zip(made, texts, strict=True)]


def _examples(likes: Sequence[Like], text: Encoder | None, visual: Encoder | None) -> _Examples:
    """Raises QueryError for an example that was forgotten, or an item that has no vectors yet."""
    weights = {like.movie: like.weight for like in likes if like.movie}
    stored = vectors(list(weights), [encoder.pk for encoder in (text, visual) if encoder])
    stories, looks = (_of_films(stored, encoder, weights) for encoder in (text, visual))
    others = [SearchLike(like.item, like.example, like.weight) for like in likes if not like.movie]
    texts: list[tuple[str, float]] = []
    for subject in subjects.load(others, visual, text):
        if subject.look is not None:
            looks.append((subject.look, subject.weight))
        if subject.read is not None:
            stories.append((subject.read, subject.weight))
        if subject.text:
            texts.append((subject.text, subject.weight))
    return _Examples(_apart(stories), _apart(looks), _apart(texts))


def _of_films(
    stored: Mapping[int, tuple[list[UUID], np.ndarray]], encoder: Encoder | None, weights: Mapping[UUID, float]
) -> list[Weighted]:
    if encoder is None or encoder.pk not in stored:
        return []
    films, rows = stored[encoder.pk]
    return [(row, weights[film]) for film, row in zip(films, rows, strict=True)]


def _apart(weighted: Sequence[tuple]) -> tuple[list, list]:
    """What is wanted, and what is not, all with weights above 0."""
    return (
        [pair for pair in weighted if pair[1] > 0],
        [(thing, -weight) for thing, weight in weighted if weight < 0],
    )
