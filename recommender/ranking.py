"""Scoring and choosing among candidates: plain arithmetic on arrays, which knows nothing of the database."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recommender.models import PRIOR_MEAN
from recommender.tastes import MOST

RECENT_YEARS = 15.0
"""After so many years a film's being new counts a third (1/e) of what it does at first."""

KNOWN_LIKES = 3.0
"""Liked films after which it counts half as much what most people watch."""


@dataclass(frozen=True)
class Weights:
    """What counts how much in a recommendation. A weight of 0 leaves its part out altogether, for comparisons.

    `story`, `look` and `together` weigh what is standardised over the candidates, so they compare with one another:
    likeness to a taste in the text space and in the visual space, and what people like together. `esteem` weighs votes
    above the mean (of 10), `recency` is what a film of today gains, `dislike` what the candidate nearest to disliked
    films loses per standard deviation, `diversity` what likeness to films that stand above in the list costs (MMR).
    """

    story: float = 1.0
    look: float = 0.4
    together: float = 2.0
    esteem: float = 0.5
    recency: float = 0.15
    dislike: float = 0.5
    diversity: float = 0.35
    tastes: int = MOST
    """How many a person has at the most; 1 for one mean of all."""
    half_life_days: float = 3 * 365.0
    """After so long an opinion counts half."""
    known: float = 3.0
    """What it is worth, per standard deviation, that many people have rated a film, while nothing is known of the
    person; half of it after KNOWN_LIKES, and so on. Where nobody's ratings were learnt from it is worth nothing."""

    def known_after(self, likes: int) -> float:
        """The same for whoever has said to like so many films."""
        return self.known * 0.5 ** (likes / KNOWN_LIKES)


PARTS = ("story", "look", "together", "esteem", "known", "recency", "dislike")
"""What a score is the sum of."""


@dataclass(frozen=True)
class Scored:
    """`parts`: (n,) each, by name, weighted; a score is their sum. `taste`: (n,) the taste that fits best, −1 where
    there is none."""

    parts: dict[str, np.ndarray]
    taste: np.ndarray

    @property
    def total(self) -> np.ndarray:
        return sum(self.parts.values())


def standardised(values: np.ndarray) -> np.ndarray:
    """(n,) or (n, k) by column with mean 0 and spread 1; what is unknown (nan) a spread below the mean."""
    known = np.isfinite(values)
    count = known.sum(axis=0)
    filled = np.where(known, values, 0.0)
    mean = filled.sum(axis=0) / np.maximum(count, 1)
    spread = np.sqrt((np.where(known, values - mean, 0.0) ** 2).sum(axis=0) / np.maximum(count, 1))
    result = np.where(known, (values - mean) / np.maximum(spread, 1e-6), -1.0)
    return np.where(count > 1, np.clip(result, -4, 4), 0.0)


def likeness(rows: np.ndarray, towards: np.ndarray) -> np.ndarray:
    """Cosines of unit `rows` (n, d), those that are unknown all nan, to unit `towards` (k, d): (n, k)."""
    return rows @ towards.T


def score(
    weights: Weights,
    stories: np.ndarray,
    looks: np.ndarray,
    together: np.ndarray,
    esteem: np.ndarray,
    known: np.ndarray,
    ages: np.ndarray,
    disliked: np.ndarray,
    likes: int,
) -> Scored:
    """Of n candidates: `stories` and `looks` (n, tastes) cosines, `together` (n,) what people like together, `esteem`
    (n,) out of 10, `known` (n,) how many rated each, `ages` (n,) in years, `disliked` (n,) the greatest cosine to a
    disliked film; nan for unknown. `likes`: how many films the person has said to like."""
    count = len(esteem)
    story = weights.story * standardised(stories) if weights.story else np.zeros_like(stories)
    look = weights.look * standardised(looks) if weights.look else np.zeros_like(looks)
    if stories.shape[1]:
        taste = (story + look).argmax(axis=1)
        at = (np.arange(count), taste)
        by_story, by_look = story[at], look[at]
    else:
        taste, by_story, by_look = np.full(count, -1), np.zeros(count), np.zeros(count)
    near = np.maximum(standardised(disliked), 0.0) if np.isfinite(disliked).any() else np.zeros(count)
    people = standardised(together) if np.isfinite(together).any() else np.zeros(count)
    rated = standardised(np.log1p(known)) if np.isfinite(known).any() else np.zeros(count)
    parts = {
        "story": by_story,
        "look": by_look,
        "together": weights.together * people,
        "esteem": weights.esteem * np.clip(esteem - PRIOR_MEAN, -2, 3),
        "known": weights.known_after(likes) * rated,
        "recency": weights.recency * np.where(np.isfinite(ages), np.exp(-np.maximum(ages, 0) / RECENT_YEARS), 0.0),
        "dislike": -weights.dislike * near,
    }
    return Scored(parts, taste)


def choose(
    scores: np.ndarray,
    alike: np.ndarray,
    count: int,
    diversity: float,
    taste: np.ndarray | None = None,
    shares: np.ndarray | None = None,
) -> list[int]:
    """The places of up to `count` of n candidates with (n,) `scores`, best first, each turned away from those above it.

    Maximal marginal relevance (Carbonell and Goldstein, SIGIR 1998): score − `diversity` · greatest likeness to what is
    chosen, with `alike` (n, n) standardised. Where a person has several tastes, (k,) `shares` of 1, each gets its share
    of every stretch of the list (calibration, after Steck, RecSys 2018), by `taste` (n,) of each candidate.
    """
    left = np.ones(len(scores), dtype=bool)
    nearest = np.full(len(scores), -np.inf)
    spread = max(float(scores.std()), 1e-6) if len(scores) else 1.0
    given = np.zeros(0 if shares is None else len(shares))
    of_taste = np.empty((0, 0)) if shares is None or taste is None else taste == np.arange(len(shares))[:, None]
    chosen: list[int] = []
    while len(chosen) < min(count, len(scores)):
        worth = scores / spread
        if chosen and diversity:
            worth = worth - diversity * nearest
        allowed = left
        if shares is not None and taste is not None and len(shares) > 1:
            lag = np.where(of_taste @ left > 0, shares * (len(chosen) + 1) - given, -np.inf)
            behind = left & (taste == int(lag.argmax()))
            allowed = behind if behind.any() else left
        best = int(np.where(allowed, worth, -np.inf).argmax())
        chosen.append(best)
        left[best] = False
        if taste is not None and shares is not None and taste[best] >= 0:
            given[taste[best]] += 1
        nearest = np.maximum(nearest, alike[best])
    return chosen


def alikeness(stories: np.ndarray, looks: np.ndarray, weights: Weights) -> np.ndarray:
    """How alike n candidates are by pairs, (n, n) with mean 0 and spread 1; unknown (nan) rows are like nothing."""
    count = len(stories)
    total = np.zeros((count, count), dtype=np.float32)
    for rows, weight in ((stories, weights.story), (looks, weights.look)):
        if not rows.shape[1] or not weight:
            continue
        pairs = rows @ rows.T
        known = np.isfinite(pairs) & ~np.eye(count, dtype=bool)
        if known.sum() < 2:
            continue
        mean, spread = pairs[known].mean(), max(float(pairs[known].std()), 1e-6)
        total += weight * np.where(np.isfinite(pairs), (pairs - mean) / spread, 0.0)
    return total / max(weights.story + weights.look, 1e-6)
