"""Torch as the encoders want it: imported late, with torchvision importable, quiet, on the best device."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from search.encoders import torchvision_shim

if TYPE_CHECKING:
    import torch

BATCH = 32
"""Pictures or texts per forward pass: enough to keep a CPU's cores busy, little enough for any memory."""


@cache
def prepare() -> None:
    """Make ready what open_clip, transformers and sentence-transformers import. Call it before importing them."""
    torchvision_shim.install()
    from transformers.utils import logging

    logging.disable_progress_bar()


def device() -> torch.device:
    """CUDA where there is some, else the CPU."""
    import torch

    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def limit_threads(threads: int) -> None:
    """Let one operation use at most `threads` CPU threads, in the whole process."""
    import torch

    torch.set_num_threads(threads)
