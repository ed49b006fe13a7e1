"""What makes a vector space contrastive: alike close together, unlike apart."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional


def cosine_mse(anchors: Tensor, positives: Tensor, negatives: Tensor) -> Tensor:
    """Mean squared error between cosine similarity and 1 for a positive partner, 0 for a negative one.

    All of shape (batch, dimensions), of any length.
    """
    near = functional.cosine_similarity(anchors, positives)
    far = functional.cosine_similarity(anchors, negatives)
    return ((near - 1) ** 2).mean() / 2 + (far**2).mean() / 2


def triplet(anchors: Tensor, positives: Tensor, negatives: Tensor, margin: float) -> Tensor:
    """max(0, d(anchor, positive) - d(anchor, negative) + margin), with cosine distance.

    FaceNet (Schroff et al. 2015), eq. 3, without its mining; all of shape (batch, dimensions), of any length.
    """
    near = 1 - functional.cosine_similarity(anchors, positives)
    far = 1 - functional.cosine_similarity(anchors, negatives)
    return functional.relu(near - far + margin).mean()


def info_nce(similarities: Tensor, positives: Tensor, smoothing: float = 0.0) -> Tensor:
    """InfoNCE of rows against columns: (rows, columns) similarities over a temperature, and which fit, as booleans.

    With several positives in a row it is the mean of their log probabilities, L_out of "Supervised Contrastive
    Learning" (Khosla et al. 2020, eq. 2); with one each it is the usual cross-entropy. Rows without a positive do not
    count. `smoothing` spreads a share of the target over all columns (Szegedy et al. 2016).
    """
    log_probabilities = functional.log_softmax(similarities, dim=1)
    count = positives.sum(dim=1)
    fitting = torch.where(positives, log_probabilities, 0.0).sum(dim=1) / count.clamp(min=1)
    rows = (1 - smoothing) * fitting + smoothing * log_probabilities.mean(dim=1)
    return -torch.where(count > 0, rows, 0.0).sum() / (count > 0).sum().clamp(min=1)


def against_kinds(similarities: Tensor, kinds: Tensor, also_fitting: Tensor, smoothing: float = 0.0) -> Tensor:
    """Cross-entropy of (rows, kinds) similarities over a temperature with the kind of each row, (rows,).

    Columns of other kinds that are `also_fitting`, (rows, kinds) booleans, are left out of the row: neither right nor
    wrong. `smoothing` spreads a share of the target over the columns that are left. Returns the loss of each row.
    """
    log_probabilities = functional.log_softmax(similarities.masked_fill(also_fitting, -torch.inf), dim=1)
    right = log_probabilities.gather(1, kinds[:, None]).squeeze(1)
    spread = log_probabilities.masked_fill(also_fitting, 0.0).sum(dim=1) / (~also_fitting).sum(dim=1)
    return -((1 - smoothing) * right + smoothing * spread)
