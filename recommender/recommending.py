"""What to watch next: by what somebody has said about films, and by votes for whoever has said nothing.

Candidates are the films nearest to each taste in either space, and what people with such a taste like; then everything
is compared with everything at once. The number of statements does not depend on how many films or opinions there are.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

import numpy as np
from django.utils import timezone

from recommender import collaborating, profiles, ranking
from recommender.collaborating import Kept
from recommender.filters import FilmFilters
from recommender.known import Details
from recommender.models import Movie, MovieFactors, MovieQuerySet
from recommender.nearest import Probe, nearest
from recommender.profiles import LEAST_EF, Profile, Spaces, has, said_by
from recommender.ranking import PARTS, Weights
from recommender.tastes import Said

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
    "recommend",
    "recommend_from",
]

ESTEEMED = 200
"""Films by votes that a list is made of for whoever has said nothing."""

KNOWN, WORTH_A_LOOK = 60, 1.0
"""The films that most people have rated are looked at as well, so many of them, while that is worth as much as this."""

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


def recommend(
    user: AbstractBaseUser | AnonymousUser,
    count: int = 24,
    filters: FilmFilters | None = None,
    weights: Weights | None = None,
) -> Recommendations:
    """What to recommend to `user`, the best first: nothing they have seen, judged or hidden. Never raises for want of
    anything: without vectors or opinions it is what most people liked."""
    weights, now = weights or Weights(), timezone.now()
    person, spaces = profiles.person(user, weights, now)
    candidates = None if filters else person.candidates
    return _recommend(person.profile, spaces, count, filters, weights, lambda: said_by(user)[1], now, candidates)


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
    spaces = Spaces.now(weights, collaborating.active() if weights.together else None)
    made = profiles.profile(said, spaces, weights, now)
    return _recommend(made, spaces, count, filters, weights, lambda: gone, now)


def _recommend(
    profile: Profile,
    spaces: Spaces,
    count: int,
    filters: FilmFilters | None,
    weights: Weights,
    all_gone: Callable[[], Collection[UUID]],
    now: datetime,
    candidates: list[UUID] | None = None,
) -> Recommendations:
    """`all_gone` tells what is not to be recommended, where films are looked for; `candidates` are without that."""
    allowed = filters.apply(Movie.objects.all()) if filters else None
    newcomer = spaces.model and weights.known_after(profile.likes) >= WORTH_A_LOOK
    if candidates is None or newcomer or len(candidates) < count:
        gone = all_gone()
        if candidates is None:
            found = profiles.look(profile, spaces, allowed, gone)
            candidates = list(dict.fromkeys(film for each in found for film in each.films))
        if newcomer:
            candidates = list(dict.fromkeys([*candidates, *_known(spaces.model, allowed, gone)]))
        if len(candidates) < count:
            candidates = candidates + _esteemed(allowed, {*gone, *candidates})
    return _ranked(candidates, profile, spaces, weights, count, now)


def _known(model: Kept, allowed: MovieQuerySet | None, gone: Collection[UUID]) -> list[UUID]:
    """The films that most people have rated."""
    rows = MovieFactors.objects.filter(model=model.pk).order_by("-raters", "movie")
    if allowed is not None:
        rows = rows.filter(movie__in=allowed.order_by().values("pk"))
    # Left out here and not there, as with the esteemed ones.
    best = rows.values_list("movie", flat=True)[: KNOWN + len(gone)]
    return [film for film in best if film not in gone][:KNOWN]


def _esteemed(allowed: MovieQuerySet | None, gone: Collection[UUID]) -> list[UUID]:
    movies = Movie.objects.all() if allowed is None else allowed
    # Left out here and not there: a long list of exclusions would keep PostgreSQL from going along the index.
    best = movies.esteemed().values_list("pk", flat=True)[: ESTEEMED + len(gone)]
    return [film for film in best if film not in gone][:ESTEEMED]


# --- Ranking ---------------------------------------------------------------------------------------------


def _ranked(
    candidates: list[UUID], profile: Profile, spaces: Spaces, weights: Weights, count: int, now: datetime
) -> Recommendations:
    about, liked, disliked = spaces.several(candidates, profile.telling, profile.disliked)
    candidates, story, look = about.films, about.stories, about.looks
    scored = ranking.score(
        weights,
        stories=_cosines(story, profile.stories),
        looks=_cosines(look, profile.looks),
        together=_together(about.factors, profile.person),
        esteem=about.esteem,
        known=about.known,
        ages=now.year + now.timetuple().tm_yday / 365 - about.born,
        disliked=_greatest(about, disliked, weights),
        likes=profile.likes,
    )
    total = scored.total if candidates else np.zeros(0)
    # Whoever is far down the list cannot come up by being different.
    order = np.argsort(-total, kind="stable")
    kept = _best_of_each(order, scored.taste, len(profile.tastes), max(4 * count, 100))
    alike = ranking.alikeness(story[kept], look[kept], weights)
    shares = np.array([taste.share for taste in profile.tastes])
    places = ranking.choose(total[kept], alike, count, weights.diversity, scored.taste[kept], shares)
    chosen = [int(kept[place]) for place in places]
    because = _because(story[chosen], look[chosen], scored.taste[chosen], liked, profile, weights)
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


def _greatest(about: Details, disliked: Details, weights: Weights) -> np.ndarray:
    """How like each film of `about` is to that of `disliked` which it is most like, (n,); nan without any."""
    total = np.full(len(about.films), np.nan)
    for rows, towards, weight in (
        (about.stories, disliked.stories, weights.story),
        (about.looks, disliked.looks, weights.look),
    ):
        towards = towards[has(towards)]
        if len(towards) and rows.shape[1]:
            nearest_one = ranking.likeness(rows, towards).max(axis=1)
            total = np.where(np.isnan(total), 0.0, total) + weight * np.nan_to_num(nearest_one)
    return total


def _because(
    story: np.ndarray, look: np.ndarray, taste: np.ndarray, liked: Details, profile: Profile, weights: Weights
) -> list[UUID | None]:
    """For each chosen film that of `liked` which it is most like, of its taste."""
    if not liked.films:
        return [None] * len(story)
    alike = np.zeros((len(story), len(liked.films)), np.float32)
    for rows, towards, weight in ((story, liked.stories, weights.story), (look, liked.looks, weights.look)):
        if rows.shape[1] and towards.shape[1]:
            alike += weight * np.nan_to_num(ranking.likeness(rows, towards), nan=-1.0)
    for number, each in enumerate(profile.tastes):
        members = set(each.films)
        outside = np.array([film not in members for film in liked.films])
        alike[np.ix_(taste == number, outside)] = -np.inf
    return [liked.films[place] for place in alike.argmax(axis=1)]


def _with_films(
    films: Sequence[UUID],
    places: Sequence[int],
    because: Sequence[UUID | None],
    scored: ranking.Scored,
    total: np.ndarray,
    profile: Profile,
) -> Recommendations:
    """With the films themselves, in one statement; what was deleted meanwhile is left out."""
    told = [taste.films[:TOLD] for taste in profile.tastes]
    wanted = {*films, *(film for film in because if film), *(film for group in told for film in group)}
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
    described = [
        Taste([movies[film] for film in group if film in movies], taste.share)
        for group, taste in zip(told, profile.tastes, strict=True)
    ]
    return Recommendations(recommended, described, bool(profile.tastes) or profile.person is not None)


# --- Rows ------------------------------------------------------------------------------------------------


def because_you_liked(
    user: AbstractBaseUser | AnonymousUser, rows: int = 3, count: int = 12, weights: Weights | None = None
) -> list[BecauseRow]:
    """For the films that stand for `user`'s tastes, one for each at first: films like them which they have not judged.

    No film stands in two rows. Five statements at most, however many rows.
    """
    weights, now = weights or Weights(), timezone.now()
    said, gone = said_by(user)
    # What was only watched may have been liked or not.
    said = [each for each in said if each.liked or each.rating is not None]
    spaces = Spaces.now(weights)
    chosen = _standing_for(profiles.profile(said, spaces, weights, now), rows)
    about = spaces.details(chosen)
    probes, owners = [], []
    for place, film in enumerate(about.films):
        for encoder, vectors_of, weight in (
            (spaces.text, about.stories, weights.story),
            (spaces.visual, about.looks, weights.look),
        ):
            if encoder and vectors_of.shape[1] and np.isfinite(vectors_of[place, 0]):
                probes.append(Probe(vectors_of[place], encoder.pk))
                owners.append((film, weight))
    found, _ = nearest(probes, count * (rows + 1), None, gone, LEAST_EF)
    listed: dict[UUID, list[UUID]] = {}
    taken: set[UUID] = set()
    for film in about.films:
        scores: dict[UUID, float] = {}
        for (owner, weight), near in zip(owners, found, strict=True):
            if owner == film:
                for rank, (other, _) in enumerate(near, start=1):
                    scores[other] = scores.get(other, 0.0) + weight / (20 + rank)
        order = sorted((other for other in scores if other not in taken), key=lambda other: (-scores[other], other))
        listed[film] = order[:count]
        taken |= set(order[:count])
    movies = Movie.objects.order_by().in_bulk({*taken, *listed})
    made = [
        BecauseRow(movies[film], [movies[other] for other in others if other in movies])
        for film, others in listed.items()
        if film in movies
    ]
    return [row for row in made if row.films]


def _standing_for(profile: Profile, count: int) -> list[UUID]:
    """Liked films: the strongest of each taste, then the second of each, and so on."""
    chosen: list[UUID] = []
    longest = max((len(taste.films) for taste in profile.tastes), default=0)
    for turn in range(longest):
        chosen += [taste.films[turn] for taste in profile.tastes if turn < len(taste.films)]
    return chosen[:count]
