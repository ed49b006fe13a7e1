"""The figures of a list, by hand and by what must always hold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.evaluation import metrics


def test_what_one_list_is_worth():
    shown, liked = ["a", "b", "c", "d"], {"b", "d", "z"}
    assert metrics.recall_at(shown, liked, 3) == pytest.approx(1 / 3)
    assert metrics.recall_at(shown, liked, 4) == pytest.approx(2 / 3)
    ideal = 1 + 1 / np.log2(3) + 1 / np.log2(4)
    assert metrics.ndcg_at(shown, liked, 4) == pytest.approx((1 / np.log2(3) + 1 / np.log2(5)) / ideal)
    assert metrics.average_precision_at(shown, liked, 4) == pytest.approx((1 / 2 + 2 / 4) / 3)


def test_what_all_lists_are_worth():
    assert metrics.coverage([["a", "b"], ["b", "c"]], 6) == pytest.approx(0.5)
    assert metrics.novelty([0.5, 0.125]) == pytest.approx(2)
    assert metrics.diversity(np.array([[1, 0], [0, 1], [1, 0]], np.float32)) == pytest.approx(2 / 3)
    assert metrics.diversity(np.zeros((1, 4))) == 0


@given(
    st.lists(st.integers(0, 40), unique=True, max_size=20), st.sets(st.integers(0, 40), min_size=1), st.integers(1, 12)
)
def test_nothing_is_beyond_perfect_and_a_better_place_is_never_worse(shown, liked, k):
    best = sorted(shown, key=lambda film: film not in liked)
    for figure in (metrics.recall_at, metrics.ndcg_at, metrics.average_precision_at):
        assert 0 <= figure(shown, liked, k) <= figure(best, liked, k) <= 1 + 1e-9
    perfect = [*sorted(liked), *(film for film in shown if film not in liked)]
    assert metrics.ndcg_at(perfect, liked, k) == pytest.approx(1)
    assert metrics.average_precision_at(perfect, liked, k) == pytest.approx(1)
