"""What people say about films: every write of an opinion, each of which can be undone.

A row in which nothing is said any more is kept, so that its last change can be undone, and counts as none:
`Opinion.objects.spoken()` leaves it out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction

from recommender.models import Movie, Opinion

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

SAID = ("liked", "rating", "watched", "hidden")

NOTHING: dict[str, Any] = {"liked": None, "rating": None, "watched": False, "hidden": False}

STEPS = tuple(step / 2 for step in range(1, 11))
"""The ratings that there are: 0.5 to 5, in halves."""


def like(user: AbstractBaseUser, movie: Movie) -> Opinion | None:
    """A liked film is not hidden any more."""
    return _say(user, movie, liked=1, hidden=False)


def dislike(user: AbstractBaseUser, movie: Movie) -> Opinion | None:
    return _say(user, movie, liked=-1)


def unlike(user: AbstractBaseUser, movie: Movie) -> Opinion | None:
    """Neither liked nor disliked."""
    return _say(user, movie, liked=None)


def rate(user: AbstractBaseUser, movie: Movie, rating: float | None) -> Opinion | None:
    """Give `rating`, 0.5 to 5 in halves, or take it back (None). Who rates a film has watched it.

    Raises ValueError, with a sentence for the user, for any other rating.
    """
    if rating is not None and rating not in STEPS:
        raise ValueError("A rating is a number from 0.5 to 5, in halves.")
    return _say(user, movie, rating=rating, **({} if rating is None else {"watched": True}))


def watched(user: AbstractBaseUser, movie: Movie, yes: bool = True) -> Opinion | None:
    """Seen, or not: what was seen is not recommended."""
    return _say(user, movie, watched=yes)


def hide(user: AbstractBaseUser, movie: Movie, yes: bool = True) -> Opinion | None:
    """Not interested: never recommended, and nothing is concluded from it about other films."""
    return _say(user, movie, hidden=yes)


def say(user: AbstractBaseUser, movie: Movie, **changes: Any) -> Opinion | None:
    """Several of SAID at once, as one change, which one undo takes back; what is left out stays as it is.

    Raises ValueError, with a sentence for the user, for a rating that there is none of, and TypeError for other names.
    """
    if unknown := changes.keys() - set(SAID):
        raise TypeError(f"say() cannot say {', '.join(sorted(unknown))}")
    if changes.get("rating") is not None and changes["rating"] not in STEPS:
        raise ValueError("A rating is a number from 0.5 to 5, in halves.")
    return _say(user, movie, **changes)


def forget(user: AbstractBaseUser, movie: Movie) -> Opinion | None:
    """As if nothing had ever been said about it; can be undone like everything else."""
    return _say(user, movie, **NOTHING)


def choose(user: AbstractBaseUser, movies: Iterable[Movie]) -> int:
    """Like several at once, as a new person does; returns how many. What was said about them before stays."""
    chosen = {movie.pk: movie for movie in movies}
    with transaction.atomic():
        # In one order, so that two such choices cannot wait for each other.
        for _, movie in sorted(chosen.items()):
            like(user, movie)
    return len(chosen)


def undo(user: AbstractBaseUser, movie: Movie) -> Opinion | None:
    """Take back the last change of what `user` said about `movie`; a second time brings it back.

    Returns what stands then.
    """
    with transaction.atomic():
        opinion = _locked(user, movie)
        if opinion is None or opinion.before is None:
            return opinion if opinion and _says_something(opinion) else None
        return _write(opinion, {**NOTHING, **opinion.before})


def of(user: AbstractBaseUser, movie_ids: Collection[UUID]) -> dict[UUID, Opinion]:
    """What `user` has said about these films, by film; nothing of people who are not signed in."""
    if user.pk is None or not movie_ids:
        return {}
    return {row.movie_id: row for row in Opinion.objects.spoken().filter(user=user, movie_id__in=movie_ids)}


def _say(user: AbstractBaseUser, movie: Movie, **changes: Any) -> Opinion | None:
    with transaction.atomic():
        opinion = _locked(user, movie) or _created(user, movie)
        return _write(opinion, changes)


def _created(user: AbstractBaseUser, movie: Movie) -> Opinion:
    # Two clicks at once: one of them makes the row, and both find it.
    Opinion.objects.bulk_create([Opinion(user=user, movie=movie)], ignore_conflicts=True)
    return Opinion.objects.select_for_update().get(user=user, movie=movie)


def _locked(user: AbstractBaseUser, movie: Movie) -> Opinion | None:
    return Opinion.objects.select_for_update().filter(user=user, movie=movie).first()


def _write(opinion: Opinion, changes: dict[str, Any]) -> Opinion | None:
    before = {name: getattr(opinion, name) for name in SAID}
    if all(before[name] == value for name, value in changes.items()):
        return opinion if _says_something(opinion) else None
    for name, value in changes.items():
        setattr(opinion, name, value)
    opinion.before = before
    opinion.save(update_fields=[*SAID, "before", "updated_at"])
    return opinion if _says_something(opinion) else None


def _says_something(opinion: Opinion) -> bool:
    return any(getattr(opinion, name) != value for name, value in NOTHING.items())
