"""A person as recommendations see them: a few tastes, what they dislike, and where to look for films for them.

What follows from all that somebody has said is kept for a while. When they say something more, it is carried on and not
begun anew: the film joins the taste it is nearest to, and films are looked for only where a taste has moved.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

import numpy as np
from django.core.cache import cache
from django.db import connection

from recommender import collaborating, known, tastes
from recommender.collaborating import Kept
from recommender.known import Details
from recommender.models import FactorModelState, MovieQuerySet
from recommender.nearest import Probe, nearest
from recommender.ranking import Weights
from recommender.tastes import Said
from search.composing import unit
from search.models import Encoder, Space
from search.spaces import serving

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

BY_STORY, BY_LOOK, BY_PEOPLE = 90, 30, 40
"""Candidates by story and by look, of all tastes together, and those by what people like together. More of them cost
time and change little: see docs/adr/0024-films.md."""

FEWEST = 15
"""Candidates of one taste in one space at the least."""

LOOKED_FOR = 2
"""Tastes, those with the largest share, that are looked for by look as well."""

LEAST_EF = 40
"""How thoroughly the index is scanned for a taste: what one taste's scan misses, the next one or the last brings."""

KEPT_S = 10 * 60
"""Seconds for which it is kept what somebody likes, and which films lie near that: a film that came in meanwhile is
recommended so much later. Whatever they say counts at once."""

PEOPLE = 300
"""People of whom this is kept, some 40 kB each."""

STEADY = 0.995
"""The cosine from which on a taste lies where it lay, so that the films near it are those that were near it. In some
hundreds of dimensions a film's own cosine moves by less than .01 then."""

USED_UP = 0.8
"""Where less than this share is left of what was asked for, the rest having been judged, it is looked for again."""

GROUPED_FROM, DRIFT = 20, 0.1
"""From so many liked films on the groups are carried on until a tenth of them have come or gone; fewer are grouped anew
each time, which is quickly done, and where one film more tells much."""

TELLING = 12
"""Liked films of each taste, those that weigh most, that can be the reason of a recommendation."""


@dataclass(frozen=True)
class Spaces:
    """What serves now; asked once, so that nothing sees two. `mark`: as of when films are known."""

    text: Encoder | None
    visual: Encoder | None
    model: Kept | None
    mark: str

    @classmethod
    def now(cls, weights: Weights, model: Kept | None = None, mark: str | None = None) -> Spaces:
        encoders = serving()
        return cls(
            encoders.get(Space.TEXT) if weights.story else None,
            encoders.get(Space.VISUAL) if weights.look else None,
            model if weights.together else None,
            known.marked(mark if mark is not None else cache.get(known.MARK)),
        )

    @property
    def numbers(self) -> tuple[int | None, int | None, int | None]:
        """The text encoder, the visual one, and the model."""
        return tuple(each and each.pk for each in (self.text, self.visual, self.model))

    def details(self, films: Sequence[UUID]) -> Details:
        return known.details(films, *self.numbers, mark=self.mark)

    def several(self, *groups: Sequence[UUID]) -> list[Details]:
        """Details of each group of films."""
        return known.several(groups, *self.numbers, mark=self.mark)


@dataclass(frozen=True)
class Taste:
    """Liked films that belong together, those that weigh most first, and their share of all that somebody likes."""

    films: tuple[UUID, ...]
    share: float


@dataclass(frozen=True)
class Found:
    """The `films` that lie in one direction, of those that were not `gone` at `at`, in seconds."""

    probe: Probe
    films: list[UUID]
    at: float


@dataclass(frozen=True)
class Profile:
    """What follows from all that a person has said. Small enough to be kept: of films it has only the ids."""

    tastes: list[Taste]
    stories: np.ndarray
    looks: np.ndarray
    """(tastes, d) unit rows; nan for a taste that has none in this space, (tastes, 0) where nobody has."""
    disliked: list[UUID]
    person: np.ndarray | None
    """Where they lie among what people like together, (factors,)."""
    likes: int
    """How many films they have said to like."""
    complete: bool
    """Whether all liked films have a vector by now."""
    drift: int = 0
    """Liked films that have come or gone since all of them were grouped."""

    @property
    def widths(self) -> tuple[int, int]:
        """The dimensions of stories and looks, 0 where no liked film has any."""
        return self.stories.shape[1], self.looks.shape[1]

    @property
    def telling(self) -> list[UUID]:
        """The liked films that can be the reason of a recommendation."""
        return [film for taste in self.tastes for film in taste.films[:TELLING]]


@dataclass(frozen=True)
class Person:
    """A profile, and what was found for it among all films but those that are not to be recommended."""

    profile: Profile
    found: list[Found]
    asked: tuple[tuple[int | None, ...], Weights] | None = None
    said: tuple[int, object] | None = None
    """What served, with which weights, and how much had been said, when this was worked out."""

    @property
    def candidates(self) -> list[UUID]:
        return list(dict.fromkeys(film for found in self.found for film in found.films))


# --- What was said ---------------------------------------------------------------------------------------


def said_by(user: AbstractBaseUser | AnonymousUser) -> tuple[list[Said], set[UUID]]:
    """What `user` has said, and the films that are not to be recommended to them: all of those."""
    if user.pk is None:
        return [], set()
    with connection.cursor() as cursor:
        # As a number: of hundreds of rows a time takes longer to read than all else.
        cursor.execute(
            "SELECT movie_id, liked, rating, watched, extract(epoch FROM updated_at)::float8, hidden "
            "FROM recommender_opinion WHERE user_id = %s "
            "AND (liked IS NOT NULL OR rating IS NOT NULL OR watched OR hidden)",
            [user.pk],
        )
        rows = cursor.fetchall()
    # What is hidden says nothing about taste, unless it is also disliked.
    said = [
        Said(film, liked, rating, watched, datetime.fromtimestamp(at, UTC))
        for film, liked, rating, watched, at, hidden in rows
        if not hidden or liked == -1
    ]
    return said, {row[0] for row in rows}


def person(user: AbstractBaseUser | AnonymousUser, weights: Weights, now: datetime) -> tuple[Person, Spaces]:
    """`user`, and what serves. Kept until they say something, something else serves, or KEPT_S have gone by; after
    something was said, carried on from what was kept."""
    if user.pk is None:
        spaces = Spaces.now(weights)
        return Person(profile([], spaces, weights, now), []), spaces
    # Whatever they say writes a row, and films that are deleted take rows with them. All times count, not the last
    # alone: of two things that are said at once the earlier one may be written last.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), sum(extract(epoch FROM updated_at)), "
            "(SELECT id FROM recommender_factormodel WHERE state = %s) FROM recommender_opinion WHERE user_id = %s",
            [FactorModelState.ACTIVE.value, user.pk],
        )
        count, times, model = cursor.fetchone()
    spaces = Spaces.now(weights, collaborating.kept(model) if model else None)
    asked = (spaces.numbers, weights)
    before = _people.get(user.pk)
    if before is not None and before.asked != asked:
        before = None
    if before is not None and before.said == (count, times) and _fresh(before):
        return before, spaces
    said, gone = said_by(user)
    made = profile(said, spaces, weights, now, before.profile if before else None)
    found = look(made, spaces, None, gone, before.found if before else ())
    person = Person(made, found, asked, (count, times))
    if made.complete:
        _people.keep(user.pk, person)
    return person, spaces


def _fresh(person: Person) -> bool:
    since = time.time() - KEPT_S
    return all(found.at > since for found in person.found)


class _People:
    """Those who came last, up to PEOPLE of them. In this process: to hand them to others takes longer than anything
    that is saved by it, and another process works them out once more."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[int, Person] = OrderedDict()

    def get(self, pk: int) -> Person | None:
        with self._lock:
            if pk in self._kept:
                self._kept.move_to_end(pk)
            return self._kept.get(pk)

    def keep(self, pk: int, person: Person) -> None:
        with self._lock:
            self._kept[pk] = person
            self._kept.move_to_end(pk)
            while len(self._kept) > PEOPLE:
                self._kept.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()


_people = _People()


def forget() -> None:
    """As if nobody had come to this process yet."""
    _people.clear()


# --- The profile -----------------------------------------------------------------------------------------


def profile(
    said: Sequence[Said], spaces: Spaces, weights: Weights, now: datetime, before: Profile | None = None
) -> Profile:
    """Of whoever has said this, as of `now`; carried on from `before`, what it was like lately, if that is given."""
    liked, disliked = tastes.weighed(said, now, weights.half_life_days)
    # In the order of their weights; so are the members of each group.
    about, less = spaces.several(list(liked), list(disliked))
    there = np.flatnonzero(has(about.stories) | has(about.looks))
    films, story, look_ = [about.films[place] for place in there], about.stories[there], about.looks[there]
    strengths = np.array([liked[film] for film in films])
    groups, drift = _groups(films, story, look_, strengths, weights, before)
    return Profile(
        tastes=[Taste(tuple(films[member] for member in group.members), group.share) for group in groups],
        stories=_directions(story, groups, strengths),
        looks=_directions(look_, groups, strengths),
        disliked=less.films,
        person=_placed(said, (about, less), spaces.model),
        likes=sum(each.weight > tastes.WATCHED for each in said),
        complete=len(films) == len(liked),
        drift=drift,
    )


def has(rows: np.ndarray) -> np.ndarray:
    """Which of (n, d) rows are there at all: (n,)."""
    return np.isfinite(rows[:, 0]) if rows.shape[1] else np.zeros(len(rows), dtype=bool)


def _joined(story: np.ndarray, look: np.ndarray, weights: Weights) -> np.ndarray:
    """Both vectors of each film as one of length 1, (n, d + d)."""
    joined = np.hstack([np.nan_to_num(story) * weights.story**0.5, np.nan_to_num(look) * weights.look**0.5])
    return joined / np.maximum(np.linalg.norm(joined, axis=1, keepdims=True), 1e-9)


def _groups(
    films: Sequence[UUID],
    story: np.ndarray,
    look: np.ndarray,
    strengths: np.ndarray,
    weights: Weights,
    before: Profile | None,
) -> tuple[list[tastes.Group], int]:
    """The tastes, and how many films have come or gone since they were last found from nothing."""
    widths = story.shape[1], look.shape[1]
    if before is not None and len(films) >= GROUPED_FROM and before.widths == widths and before.tastes:
        label = {film: number for number, taste in enumerate(before.tastes) for film in taste.films}
        labels = np.array([label.get(film, -1) for film in films])
        new = np.flatnonzero(labels < 0)
        drift = before.drift + len(new) + len(label) - (len(films) - len(new))
        if drift <= DRIFT * len(films):
            # In the taste that they are nearest to.
            near = _joined(story[new], look[new], weights) @ _joined(before.stories, before.looks, weights).T
            labels[new] = near.argmax(axis=1)
            return tastes.labelled(labels, strengths), drift
    return tastes.groups(_joined(story, look, weights), strengths, weights.tastes), 0


def _directions(rows: np.ndarray, groups: Sequence[tastes.Group], strengths: np.ndarray) -> np.ndarray:
    """Where each group points to, (groups, d): the weighted mean of its films."""
    directions = np.full((len(groups), rows.shape[1]), np.nan, np.float32)
    there = has(rows)
    for number, group in enumerate(groups):
        members = np.array(group.members)
        members = members[there[members]]
        if len(members):
            directions[number] = unit(strengths[members] @ rows[members])
    return directions


def _placed(said: Sequence[Said], about: Sequence[Details], model: Kept | None) -> np.ndarray | None:
    if model is None:
        return None
    sure = {each.movie_id: collaborating.confidence(each, model.alpha) for each in said}
    values, points = [], []
    for each in about:
        there = np.flatnonzero(has(each.factors))
        values += [sure[each.films[place]] for place in there]
        points.append(each.factors[there])
    points = [rows for rows in points if rows.shape[1]]
    return collaborating.placed(np.array(values), np.concatenate(points), model) if points else None


# --- Where to look ---------------------------------------------------------------------------------------


def look(
    profile: Profile,
    spaces: Spaces,
    allowed: MovieQuerySet | None,
    gone: Collection[UUID],
    before: Sequence[Found] = (),
) -> list[Found]:
    """The films near each taste in each space, and those that people with it like. What was found `before` is used
    again where the taste still lies there, and enough of it is left."""
    count = max(len(profile.tastes), 1)
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
    now = time.time()
    known_already = [_found_before(probe, before, gone, now - KEPT_S) for probe in probes]
    asked = [probe for probe, found in zip(probes, known_already, strict=True) if found is None]
    near, _ = nearest(asked, FEWEST, allowed, gone, LEAST_EF)
    fresh = iter(Found(probe, [film for film, _ in films], now) for probe, films in zip(asked, near, strict=True))
    return [next(fresh) if found is None else found for found in known_already]


def _found_before(probe: Probe, before: Sequence[Found], gone: Collection[UUID], since: float) -> Found | None:
    for found in before:
        same = (probe.encoder_id, probe.model_id) == (found.probe.encoder_id, found.probe.model_id)
        if not same or found.at < since or found.probe.window < probe.window:
            continue
        if float(unit(probe.vector) @ unit(found.probe.vector)) < STEADY:
            continue
        left = [film for film in found.films if film not in gone]
        if len(left) >= USED_UP * probe.window:
            return replace(found, films=left)
    return None
