"""What to watch next: by what somebody has said about films, and by votes for whoever has said nothing.

Candidates are the films nearest to each taste in either space, and what people with such a taste like; then everything
is compared with everything at once. The number of statements does not depend on how many films or opinions there are.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

import numpy as np
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from recommender import collaborating, ranking, tastes
from recommender.collaborating import Kept
from recommender.filters import FilmFilters
from recommender.models import Movie, MovieQuerySet, Opinion
from recommender.nearest import Details, Probe, details, nearest
from recommender.ranking import PARTS, Weights
from recommender.tastes import Said
from search.composing import unit
from search.models import Encoder, Space
from search.spaces import serving

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

__all__ = [
    "BecauseRow",
    "Recommendations",
    "Recommended",
    "Said",
    "Taste",
    "Weights",
    "because_you_liked",
    "onboarding",
    "recommend",
    "recommend_from",
]

BY_STORY, BY_LOOK, BY_PEOPLE = 90, 30, 40
"""Candidates by story and by look, of all tastes together, and those by what people like together. More of them cost
time and change little: see docs/adr/0024-films.md."""

FEWEST = 15
"""Candidates of one taste in one space at the least."""

LOOKED_FOR = 2
"""Tastes, those with the largest share, that are looked for by look as well."""

LEAST_EF = 40
"""How thoroughly the index is scanned for a taste: what one taste's scan misses, the next one or the last brings."""

ESTEEMED = 200
"""Films by votes that a list is made of for whoever has said nothing."""

KNOWN = 400
"""Films, those that most people have voted on, that the first grid is chosen from."""

GRID_KEPT_S = 10 * 60

KEPT_S = 10 * 60
"""Seconds for which what somebody likes is kept as vectors, with the candidates that this brings: a film that came in
meanwhile is recommended so much later. Whatever they say makes it anew at once."""

TELLING = 12
"""Liked films of each taste, those that weigh most, that can be the reason of a recommendation."""

TOLD = 4
"""Films that a taste is described by."""


@dataclass(frozen=True)
class Recommended:
    """`score` is the sum of `parts` (weighted, by the names of ranking.PARTS). `because`: the liked film that it is
    most like; `taste`: the place of its taste in the list of tastes."""

    movie: Movie
    score: float
    because: Movie | None = None
    taste: int | None = None
    parts: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Taste:
    """One of somebody's tastes: liked films, those that tell most of it first, and its share of all they like."""

    films: list[Movie]
    share: float


@dataclass(frozen=True)
class Recommendations:
    """`personal`: False where nothing was said to go by, so that these are what most people liked."""

    films: list[Recommended]
    tastes: list[Taste]
    personal: bool


@dataclass(frozen=True)
class BecauseRow:
    """Films that are like `movie`, which somebody liked."""

    movie: Movie
    films: list[Movie]


@dataclass(frozen=True)
class _Profile:
    """A person as this module sees them: liked films and groups of them, as directions in either space.

    Small enough to be kept: of each taste the films that tell most.
    """

    liked: list[UUID]
    groups: list[tastes.Group]
    stories: np.ndarray
    looks: np.ndarray
    """(tastes, d) unit rows; nan for a taste that has none in this space, (tastes, 0) where nobody has."""
    liked_stories: np.ndarray
    liked_looks: np.ndarray
    """(liked, d), nan where unknown."""
    disliked_stories: np.ndarray
    disliked_looks: np.ndarray
    person: np.ndarray | None
    """Where they lie among what people like together, (factors,)."""
    complete: bool
    """Whether all liked films have a vector by now."""


@dataclass(frozen=True)
class _Spaces:
    """What serves now; asked once, so that nothing sees two."""

    text: Encoder | None
    visual: Encoder | None
    model: Kept | None

    @classmethod
    def now(cls, weights: Weights) -> _Spaces:
        encoders = serving()
        return cls(
            encoders.get(Space.TEXT) if weights.story else None,
            encoders.get(Space.VISUAL) if weights.look else None,
            collaborating.active() if weights.together else None,
        )

    @property
    def numbers(self) -> tuple[int | None, int | None, int | None]:
        """The text encoder, the visual one, and the model."""
        return tuple(each and each.pk for each in (self.text, self.visual, self.model))


def said_by(user: AbstractBaseUser | AnonymousUser) -> tuple[list[Said], set[UUID]]:
    """What `user` has said, and the films that are not to be recommended to them: all of those."""
    if user.pk is None:
        return [], set()
    columns = ("movie_id", "liked", "rating", "watched", "updated_at", "hidden")
    rows = list(Opinion.objects.spoken().filter(user=user).order_by().values_list(*columns))
    # What is hidden says nothing about taste, unless it is also disliked.
    said = [Said(*row[:5]) for row in rows if not row[5] or row[1] == -1]
    return said, {row[0] for row in rows}


def recommend(
    user: AbstractBaseUser | AnonymousUser,
    count: int = 24,
    filters: FilmFilters | None = None,
    weights: Weights | None = None,
) -> Recommendations:
    """What to recommend to `user`, the best first: nothing they have seen, judged or hidden. Never raises for want of
    anything: without vectors or opinions it is what most people liked."""
    weights, now = weights or Weights(), timezone.now()
    spaces = _Spaces.now(weights)
    kept = _kept(user, spaces, weights, now)
    candidates = None if filters else kept.candidates
    return _recommend(kept.profile, spaces, count, filters, weights, kept.gone, now, candidates)


def recommend_from(
    said: Sequence[Said],
    count: int = 24,
    filters: FilmFilters | None = None,
    weights: Weights | None = None,
    exclude: Collection[UUID] = (),
    now: datetime | None = None,
) -> Recommendations:
    """The same for whoever has said this, as of `now`. What was said about is not recommended, nor what is to be
    excluded."""
    weights, now = weights or Weights(), now or timezone.now()
    gone = {each.movie_id for each in said} | set(exclude)
    spaces = _Spaces.now(weights)
    return _recommend(_profile(said, spaces, weights, now), spaces, count, filters, weights, gone, now)


def _recommend(
    profile: _Profile,
    spaces: _Spaces,
    count: int,
    filters: FilmFilters | None,
    weights: Weights,
    gone: set[UUID],
    now: datetime,
    candidates: list[UUID] | None = None,
) -> Recommendations:
    allowed = filters.apply(Movie.objects.all()) if filters else None
    if candidates is None:
        candidates = _candidates(profile, spaces, allowed, gone)
    if len(candidates) < count:
        candidates = candidates + _esteemed(allowed, gone | set(candidates))
    return _ranked(candidates, profile, spaces, weights, count, now)


# --- The person ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Kept:
    """What follows from all that a person has said: themselves, the films that are not to be recommended to them, and
    the candidates among all others."""

    profile: _Profile
    gone: set[UUID]
    candidates: list[UUID]


def _kept(user: AbstractBaseUser | AnonymousUser, spaces: _Spaces, weights: Weights, now: datetime) -> _Kept:
    """Of `user`; made anew when they have said something, an encoder was changed, or KEPT_S have gone by."""
    if user.pk is None:
        return _Kept(_profile([], spaces, weights, now), set(), [])
    # Whatever they say writes a row, and films that are deleted take rows with them. All times count, not the last
    # alone: of two things that are said at once the earlier one may be written last.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), sum(extract(epoch FROM updated_at)) FROM recommender_opinion WHERE user_id = %s",
            [user.pk],
        )
        asked = (*cursor.fetchone(), spaces.numbers, weights)
    known = cache.get(f"film-profile:{user.pk}")
    if known is not None and known[0] == asked:
        return known[1]
    said, gone = said_by(user)
    profile = _profile(said, spaces, weights, now)
    kept = _Kept(profile, gone, _candidates(profile, spaces, None, gone))
    if profile.complete:
        cache.set(f"film-profile:{user.pk}", (asked, kept), KEPT_S)
    return kept


def _profile(said: Sequence[Said], spaces: _Spaces, weights: Weights, now: datetime) -> _Profile:
    liked, disliked = tastes.weighed(said, now, weights.half_life_days)
    known = details([*liked, *disliked], *spaces.numbers)
    # Those that are liked come first, and as they weigh; so do the members of each group.
    films = [film for film in known.films if film in liked]
    story, look = known.stories[: len(films)], known.looks[: len(films)]
    least = slice(len(films), len(films) + 2 * TELLING)
    there = np.flatnonzero(_has(story) | _has(look))
    films, story, look = [films[place] for place in there], story[there], look[there]
    strengths = np.array([liked[film] for film in films])
    groups = tastes.groups(_joined(story, look, weights), strengths, weights.tastes)
    telling = [member for group in groups for member in group.members[:TELLING]]
    place = {member: number for number, member in enumerate(telling)}
    return _Profile(
        liked=[films[member] for member in telling],
        groups=[tastes.Group(tuple(place[each] for each in group.members[:TELLING]), group.share) for group in groups],
        stories=_directions(story, groups, strengths),
        looks=_directions(look, groups, strengths),
        liked_stories=story[telling],
        liked_looks=look[telling],
        disliked_stories=known.stories[least][_has(known.stories[least])],
        disliked_looks=known.looks[least][_has(known.looks[least])],
        person=_person(said, known, spaces.model),
        complete=len(films) == len(liked),
    )


def _has(rows: np.ndarray) -> np.ndarray:
    """Which of (n, d) rows are there at all: (n,)."""
    return np.isfinite(rows[:, 0]) if rows.shape[1] else np.zeros(len(rows), dtype=bool)


def _joined(story: np.ndarray, look: np.ndarray, weights: Weights) -> np.ndarray:
    """Both vectors of each film as one of length 1, (n, d + d)."""
    joined = np.hstack([np.nan_to_num(story) * weights.story**0.5, np.nan_to_num(look) * weights.look**0.5])
    return joined / np.maximum(np.linalg.norm(joined, axis=1, keepdims=True), 1e-9)


def _directions(rows: np.ndarray, groups: Sequence[tastes.Group], strengths: np.ndarray) -> np.ndarray:
    """Where each group points to, (groups, d): the weighted mean of its films."""
    directions = np.full((len(groups), rows.shape[1]), np.nan, np.float32)
    for number, group in enumerate(groups):
        members = [member for member in group.members if rows.shape[1] and np.isfinite(rows[member, 0])]
        if members:
            directions[number] = unit(strengths[members] @ rows[members])
    return directions


def _person(said: Sequence[Said], known: Details, model: Kept | None) -> np.ndarray | None:
    if model is None:
        return None
    sure = {each.movie_id: collaborating.confidence(each, model.alpha) for each in said}
    there = np.flatnonzero(_has(known.factors))
    rows = {known.films[place]: known.factors[place] for place in there}
    return collaborating.place(sure, rows, model)


# --- Candidates ------------------------------------------------------------------------------------------


def _candidates(
    profile: _Profile, spaces: _Spaces, allowed: MovieQuerySet | None, gone: Collection[UUID]
) -> list[UUID]:
    """The films near each taste in each space, and those that people with it like; each once."""
    count = max(len(profile.groups), 1)
    probes = [
        Probe(direction, encoder.pk, window=max(altogether // count, FEWEST))
        for encoder, directions, altogether in (
            (spaces.text, profile.stories, BY_STORY),
            (spaces.visual, profile.looks[:LOOKED_FOR], BY_LOOK),
        )
        if encoder
        for direction in directions
        if direction.size and np.isfinite(direction[0])
    ]
    if profile.person is not None and spaces.model:
        probes.append(Probe(profile.person, model_id=spaces.model.pk, window=BY_PEOPLE))
    found, _ = nearest(probes, FEWEST, allowed, gone, LEAST_EF)
    return list(dict.fromkeys(film for near in found for film, _ in near))


def _esteemed(allowed: MovieQuerySet | None, gone: Collection[UUID]) -> list[UUID]:
    movies = Movie.objects.all() if allowed is None else allowed
    # Left out here and not there: a long list of exclusions would keep PostgreSQL from going along the index.
    best = movies.esteemed().values_list("pk", flat=True)[: ESTEEMED + len(gone)]
    return [film for film in best if film not in gone][:ESTEEMED]


# --- Ranking ---------------------------------------------------------------------------------------------


def _ranked(
    candidates: list[UUID], profile: _Profile, spaces: _Spaces, weights: Weights, count: int, now: datetime
) -> Recommendations:
    known = details(candidates, *spaces.numbers)
    candidates, story, look = known.films, known.stories, known.looks
    scored = ranking.score(
        weights,
        stories=_cosines(story, profile.stories),
        looks=_cosines(look, profile.looks),
        together=_together(known.factors, profile.person),
        esteem=known.esteem,
        ages=now.year + now.timetuple().tm_yday / 365 - known.born,
        disliked=_greatest(story, profile.disliked_stories, look, profile.disliked_looks, weights),
    )
    total = scored.total if candidates else np.zeros(0)
    # Whoever is far down the list cannot come up by being different.
    order = np.argsort(-total, kind="stable")
    kept = _best_of_each(order, scored.taste, len(profile.groups), max(4 * count, 100))
    alike = ranking.alikeness(story[kept], look[kept], weights)
    shares = np.array([group.share for group in profile.groups])
    places = ranking.choose(total[kept], alike, count, weights.diversity, scored.taste[kept], shares)
    chosen = [int(kept[place]) for place in places]
    because = _because(story[chosen], look[chosen], scored.taste[chosen], profile, weights)
    return _with_films([candidates[number] for number in chosen], chosen, because, scored, total, profile)


def _best_of_each(order: np.ndarray, taste: np.ndarray, count: int, most: int) -> np.ndarray:
    """The first `most` of `order`, and of each taste as many as its part of that at least."""
    kept = dict.fromkeys(map(int, order[:most]))
    for number in range(count):
        kept |= dict.fromkeys(map(int, order[taste[order] == number][: max(most // (2 * count), 1)]))
    return np.array(list(kept), dtype=int)


def _cosines(rows: np.ndarray, towards: np.ndarray) -> np.ndarray:
    """(n, k), nan where either is unknown."""
    if not rows.shape[1] or not towards.shape[1]:
        return np.full((len(rows), len(towards)), np.nan)
    return ranking.likeness(rows, towards)


def _together(factors: np.ndarray, person: np.ndarray | None) -> np.ndarray:
    """How much people with such a taste like each, (n,), nan where nobody knows."""
    return factors @ person if person is not None and factors.shape[1] else np.full(len(factors), np.nan)


def _greatest(
    story: np.ndarray, stories: np.ndarray, look: np.ndarray, looks: np.ndarray, weights: Weights
) -> np.ndarray:
    """How like each candidate is to that of the given films which it is most like, (n,); nan without any."""
    total = np.full(len(story), np.nan)
    for rows, towards, weight in ((story, stories, weights.story), (look, looks, weights.look)):
        if len(towards) and rows.shape[1]:
            nearest_one = ranking.likeness(rows, towards).max(axis=1)
            total = np.where(np.isnan(total), 0.0, total) + weight * np.nan_to_num(nearest_one)
    return total


def _because(
    story: np.ndarray, look: np.ndarray, taste: np.ndarray, profile: _Profile, weights: Weights
) -> list[UUID | None]:
    """For each chosen film the liked film of its taste that it is most like."""
    if not profile.liked:
        return [None] * len(story)
    liked = np.zeros((len(story), len(profile.liked)), np.float32)
    for rows, towards, weight in (
        (story, profile.liked_stories, weights.story),
        (look, profile.liked_looks, weights.look),
    ):
        if rows.shape[1] and towards.shape[1]:
            liked += weight * np.nan_to_num(ranking.likeness(rows, towards), nan=-1.0)
    for number, group in enumerate(profile.groups):
        outside = np.ones(len(profile.liked), dtype=bool)
        outside[list(group.members)] = False
        liked[np.ix_(taste == number, outside)] = -np.inf
    return [profile.liked[place] for place in liked.argmax(axis=1)]


def _with_films(
    films: Sequence[UUID],
    places: Sequence[int],
    because: Sequence[UUID | None],
    scored: ranking.Scored,
    total: np.ndarray,
    profile: _Profile,
) -> Recommendations:
    """With the films themselves, in one statement; what was deleted meanwhile is left out."""
    members = [[profile.liked[member] for member in group.members] for group in profile.groups]
    wanted = {*films, *(film for film in because if film), *(film for group in members for film in group[:TOLD])}
    movies = Movie.objects.order_by().in_bulk(wanted)
    recommended = [
        Recommended(
            movie=movies[film],
            score=float(total[place]),
            because=movies.get(reason) if reason else None,
            taste=int(scored.taste[place]) if scored.taste[place] >= 0 else None,
            parts={name: float(scored.parts[name][place]) for name in PARTS},
        )
        for film, place, reason in zip(films, places, because, strict=True)
        if film in movies
    ]
    told = [
        Taste([movies[film] for film in group[:TOLD] if film in movies], tasted.share)
        for group, tasted in zip(members, profile.groups, strict=True)
    ]
    return Recommendations(recommended, told, bool(profile.groups) or profile.person is not None)


# --- Rows and grids --------------------------------------------------------------------------------------


def because_you_liked(
    user: AbstractBaseUser | AnonymousUser, rows: int = 3, count: int = 12, weights: Weights | None = None
) -> list[BecauseRow]:
    """For the films that stand for `user`'s tastes, one for each at first: films like them which they have not judged.

    No film stands in two rows. Five statements, however many rows.
    """
    weights, now = weights or Weights(), timezone.now()
    said, gone = said_by(user)
    # What was only watched may have been liked or not.
    said = [each for each in said if each.liked or each.rating is not None]
    spaces = _Spaces.now(Weights(weights.story, weights.look, together=0))
    profile = _profile(said, spaces, weights, now)
    chosen = _standing_for(profile, rows)
    probes, owners = [], []
    for member in chosen:
        for encoder, vectors_of, weight in (
            (spaces.text, profile.liked_stories, weights.story),
            (spaces.visual, profile.liked_looks, weights.look),
        ):
            if encoder and vectors_of.shape[1] and np.isfinite(vectors_of[member, 0]):
                probes.append(Probe(vectors_of[member], encoder.pk))
                owners.append((member, weight))
    found, _ = nearest(probes, count * (rows + 1), None, gone, LEAST_EF)
    listed: dict[int, list[UUID]] = {}
    taken: set[UUID] = set()
    for member in chosen:
        scores: dict[UUID, float] = {}
        for (owner, weight), near in zip(owners, found, strict=True):
            if owner == member:
                for rank, (film, _) in enumerate(near, start=1):
                    scores[film] = scores.get(film, 0.0) + weight / (20 + rank)
        order = sorted((film for film in scores if film not in taken), key=lambda film: (-scores[film], film))
        listed[member] = order[:count]
        taken |= set(order[:count])
    wanted = {*taken, *(profile.liked[member] for member in listed)}
    movies = Movie.objects.order_by().in_bulk(wanted)
    made = [
        BecauseRow(movies[profile.liked[member]], [movies[film] for film in films if film in movies])
        for member, films in listed.items()
        if profile.liked[member] in movies
    ]
    return [row for row in made if row.films]


def _standing_for(profile: _Profile, count: int) -> list[int]:
    """Places of liked films: the strongest of each taste, then the second of each, and so on."""
    chosen: list[int] = []
    longest = max((len(group.members) for group in profile.groups), default=0)
    for turn in range(longest):
        chosen += [group.members[turn] for group in profile.groups if turn < len(group.members)]
    # `liked` is in the order of weights, and so are members.
    return chosen[:count]


def onboarding(count: int = 28, user: AbstractBaseUser | AnonymousUser | None = None) -> list[Movie]:
    """Films for a new person to choose from: well known, and as different from one another as they can be.

    Those about which `user` has said something are left out.
    """
    gone = said_by(user)[1] if user is not None else set()
    ids = [film for film in _grid(count + len(gone)) if film not in gone][:count]
    movies = Movie.objects.order_by().in_bulk(ids)
    return [movies[film] for film in ids if film in movies]


def _grid(count: int) -> list[UUID]:
    count = min(-(-count // 28) * 28, KNOWN)
    grid = cache.get(f"film-grid:{count}")
    if grid is None:
        grid = _make_grid(count)
        # While films are only just coming in, the next one to ask should find more of them.
        if len(grid) == count:
            cache.set(f"film-grid:{count}", grid, GRID_KEPT_S)
    return grid


def _make_grid(count: int) -> list[UUID]:
    known = Movie.objects.well_known().only("pk", "vote_count", "esteem")
    pictured = list(known.postered()[:KNOWN])
    # A grid of pictures is better than one of names, where there are enough of them.
    pool = pictured if len(pictured) >= count else list(known[:KNOWN])
    ids = [movie.pk for movie in pool]
    spaces = _Spaces.now(Weights(together=0))
    there = details(ids, *spaces.numbers)
    votes = {movie.pk: movie.vote_count for movie in pool}
    ids = there.films
    known_by = ranking.standardised(np.log1p(np.array([votes[film] for film in ids], dtype=float)))
    alike = ranking.alikeness(there.stories, there.looks, Weights())
    return [ids[place] for place in ranking.choose(known_by, alike, count, diversity=1.0)]
