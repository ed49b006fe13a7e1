"""How a network is moved: its learning rate over the steps, what decays, and in which precision."""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path

import torch
from torch import nn


class Cosine:
    """A share of the highest rate: rising evenly, then falling as half a cosine (Loshchilov & Hutter 2017)."""

    def __init__(self, steps: int, warm_up: float) -> None:
        self._steps, self._rising = steps, max(1, round(steps * warm_up))

    def __call__(self, step: int) -> float:
        if step < self._rising:
            return (step + 1) / self._rising
        done = (step - self._rising) / max(1, self._steps - self._rising)
        return 0.5 * (1 + math.cos(math.pi * min(1.0, done)))


def groups(parameters: Iterable[nn.Parameter], weight_decay: float) -> list[dict[str, object]]:
    """Matrices and kernels decay; biases, norms and the temperature do not."""
    learnt = [parameter for parameter in parameters if parameter.requires_grad]
    return [
        {"params": [each for each in learnt if each.ndim > 1], "weight_decay": weight_decay},
        {"params": [each for each in learnt if each.ndim <= 1], "weight_decay": 0.0},
    ]


def has_bf16(device: torch.device) -> bool:
    """Whether the processor multiplies in bf16 by itself; where it does not, bf16 is slower than float32."""
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    flags = Path("/proc/cpuinfo")
    return flags.exists() and any(flag in flags.read_text() for flag in ("avx512_bf16", "amx_bf16", " bf16"))
