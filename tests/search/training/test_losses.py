"""The losses against their formulas."""

import numpy as np
import pytest
import torch

from search.training import losses


def vectors(seed: int, count: int = 6) -> torch.Tensor:
    return torch.from_numpy(np.random.default_rng(seed).normal(size=(count, 5)))


def test_cosine_mse_is_nothing_where_it_should_be_and_does_not_see_lengths():
    anchors = torch.eye(4, 5, dtype=torch.float64)
    across = torch.roll(anchors, 1, 0)
    assert losses.cosine_mse(anchors, 3 * anchors, 7 * across) == pytest.approx(0)
    # Everything wrong: 1 - 0 for the positives, 1 for the negatives.
    assert losses.cosine_mse(anchors, across, anchors) == pytest.approx(1)


def test_cosine_mse_is_the_mean_over_all_pairs():
    anchors, positives, negatives = (vectors(seed) for seed in range(3))
    cosine = torch.nn.functional.cosine_similarity
    found = torch.cat([cosine(anchors, positives), cosine(anchors, negatives)])
    expected = torch.nn.functional.mse_loss(found, torch.tensor([1.0] * 6 + [0.0] * 6, dtype=torch.float64))
    assert losses.cosine_mse(anchors, positives, negatives) == pytest.approx(float(expected))


def test_triplet_ends_at_the_margin():
    anchors = torch.eye(4, 5)
    across = torch.roll(anchors, 1, 0)
    assert losses.triplet(anchors, anchors, across, 0.5) == 0
    assert losses.triplet(anchors, across, anchors, 0.5) == pytest.approx(1.5)


def test_info_nce_of_one_positive_each_is_cross_entropy():
    similarities = vectors(1, 5)
    expected = torch.nn.functional.cross_entropy(similarities, torch.arange(5))
    assert losses.info_nce(similarities, torch.eye(5, dtype=torch.bool)) == pytest.approx(float(expected))


def test_info_nce_of_several_positives_is_the_mean_of_theirs():
    similarities = vectors(2, 5)
    positives = torch.zeros(5, 5, dtype=torch.bool)
    positives[0, [1, 3]] = positives[2, 2] = True
    logs = torch.log_softmax(similarities, 1)
    expected = -((logs[0, 1] + logs[0, 3]) / 2 + logs[2, 2]) / 2
    assert losses.info_nce(similarities, positives) == pytest.approx(float(expected))
    assert losses.info_nce(similarities, positives & False) == 0


def test_against_kinds_is_cross_entropy_over_what_is_not_also_fitting():
    similarities, kinds = vectors(3, 4), torch.tensor([0, 4, 1, 2])
    nothing = torch.zeros(4, 5, dtype=torch.bool)
    expected = torch.nn.functional.cross_entropy(similarities, kinds, label_smoothing=0.1)
    assert losses.against_kinds(similarities, kinds, nothing, 0.1).mean() == pytest.approx(float(expected))
    also = nothing.clone()
    also[:, 3] = True
    fewer = similarities[:, [0, 1, 2, 4]]
    expected = torch.nn.functional.cross_entropy(fewer, torch.tensor([0, 3, 1, 2]), label_smoothing=0.1)
    assert losses.against_kinds(similarities, kinds, also, 0.1).mean() == pytest.approx(float(expected))
