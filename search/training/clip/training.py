"""A fine-tuning as a task for the loop: symmetric InfoNCE with a learnt temperature."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from search.encoders.open_clip import OpenClipEncoder
from search.training import losses
from search.training.captions import Captions
from search.training.clip import pictures
from search.training.clip.config import ClipConfig
from search.training.clip.model import Towers, normalised
from search.training.clip.pairs import Pairs
from search.training.clip.processes import Processes
from search.training.errors import TrainingError
from search.training.optimizing import Cosine, groups, has_bf16


@dataclass(frozen=True, slots=True)
class Batch:
    """`pixels` uint8 (n, 3, size, size), their `kinds` (n,), and for each a caption: its number, drawn anew."""

    pixels: Tensor
    kinds: Tensor
    captions: list[int]
    step: int


class ClipTask:
    """See `loop.Task`."""

    schedule = "step"

    def __init__(
        self, config: ClipConfig, encoder: OpenClipEncoder, pairs: Pairs, size: int, epochs: int, processes: Processes
    ) -> None:
        self._config, self._encoder, self._processes = config, encoder, processes
        self.towers = Towers(encoder.model, config.freeze)
        self._called: nn.Module = self.towers
        if processes.count > 1:
            self._called = nn.parallel.DistributedDataParallel(self.towers)
        self._kinds = torch.from_numpy(pairs.kinds)
        self._texts = Captions(pairs.captions, encoder, locked=config.freeze == "text")
        self._pictures = pictures.Pictures(pairs.pictures, config, size)
        self._batch = config.batch * processes.count
        # The last, smaller one is left out: it would be told from fewer, and by other means and deviations.
        self.steps_per_epoch = len(pairs.pictures) // self._batch
        if not self.steps_per_epoch:
            raise TrainingError(
                f"{len(pairs.pictures)} pictures to train on are fewer than one batch of {self._batch}. "
                "Take a smaller --batch."
            )
        self.optimizer = torch.optim.AdamW(
            groups(self.towers.parameters(), config.weight_decay), lr=config.lr, betas=(0.9, 0.98)
        )
        self.scheduler = torch.optim.lr_scheduler.LambdaLR(
            self.optimizer, Cosine(self.steps_per_epoch * epochs, config.warm_up)
        )
        self._bf16 = config.precision == "bf16" or (config.precision == "auto" and has_bf16(encoder.device))

    # --- What the loop asks ------------------------------------------------------------------------------

    def learnt(self) -> dict[str, Tensor]:
        return self.towers.learnt()

    def restore(self, learnt: dict[str, Tensor]) -> None:
        self.towers.restore(learnt)

    def train(self) -> None:
        self._called.train()

    def batches(self, epoch: int, start: int) -> Iterator[Batch]:
        rng = np.random.default_rng((self._config.seed, epoch))
        order = rng.permutation(len(self._kinds))[: self.steps_per_epoch * self._batch]
        # Each process takes every so-manieth of a batch, so that together they see what one alone would.
        parts = [each[self._processes.rank :: self._processes.count] for each in order.reshape(-1, self._batch)]
        shown = pictures.shown(self._pictures, parts[start:], epoch, self._config.workers)
        for step, (pixels, rows) in enumerate(shown, start=start):
            kinds = self._kinds[rows]
            captions = self._texts.drawn(kinds, (self._config.seed, epoch, step, self._processes.rank))
            yield Batch(pixels, kinds, captions, (epoch - 1) * self.steps_per_epoch + step)

    def backward(self, batch: Batch) -> tuple[Tensor, int]:
        loss = self._against_kinds(batch) if self._config.against == "kinds" else self._against_batch(batch)
        return loss, len(batch.kinds) * self._processes.count

    # --- Losses ------------------------------------------------------------------------------------------

    def _against_kinds(self, batch: Batch) -> Tensor:
        """Each picture told from a caption of every kind, drawn anew each step; pictures do not meet one another.

        What was drawn for another kind and may be said of the picture as well is nothing that it is told from.
        """
        columns, fitting = self._texts.one_of_each((self._config.seed, batch.step))
        columns, fitting = columns.to(self._encoder.device), fitting.to(self._encoder.device)
        parts = self._config.accumulate
        total = torch.zeros((), device=self._encoder.device)
        for number, (pixels, kinds) in enumerate(
            zip(batch.pixels.chunk(parts), batch.kinds.chunk(parts), strict=True), start=1
        ):
            with self._together(number == parts):
                seen, _, scale = self._forward(pixels, None)
                kinds = kinds.to(seen.device)
                loss = losses.against_kinds(
                    scale * seen @ columns.T, kinds, fitting[kinds], self._config.smoothing
                ).mean()
                (loss / parts).backward()
            total += loss.detach() / parts
        return total

    def _against_batch(self, batch: Batch) -> Tensor:
        """Pictures and captions told from one another, in whole batches even where they are computed in parts.

        Parts are encoded once without gradients, then one after the other with them, beside the others' rows (gradient
        caching: Gao et al. 2021). What a part, or a process, is responsible for adds up to the gradient of the whole.
        """
        parts = self._config.accumulate
        pixels, kinds = batch.pixels.chunk(parts), self._processes.gathered(batch.kinds.to(self._encoder.device))
        texts = [self._texts.of(part) for part in _chunked(batch.captions, parts)]
        alike = kinds[:, None] == kinds[None, :]
        rows: list[tuple[Tensor, Tensor]] = []
        if parts > 1:
            with torch.no_grad():
                rows = [self._rows(*part)[:2] for part in zip(pixels, texts, strict=True)]
        total = torch.zeros((), device=self._encoder.device)
        for number in range(parts):
            with self._together(number == parts - 1):
                seen, said, scale = self._rows(pixels[number], texts[number])
                seen = torch.cat([seen if other == number else rows[other][0] for other in range(parts)])
                said = torch.cat([said if other == number else rows[other][1] for other in range(parts)])
                seen, said = self._processes.gathered(seen), self._processes.gathered(said)
                # All parts and processes compute the whole loss, so that the temperature would learn that often.
                shares = parts * self._processes.count
                scale = scale.detach() + (scale - scale.detach()) / shares
                similarities = scale * seen @ said.T
                smoothing = self._config.smoothing
                loss = losses.info_nce(similarities, alike, smoothing) + losses.info_nce(
                    similarities.T, alike, smoothing
                )
                # Gradients of processes are averaged, where those of parts of one batch have to be added.
                (loss / 2 * self._processes.count).backward()
            total = loss.detach() / 2
        return total

    def _rows(self, pixels: Tensor, texts: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """`texts` are tokens, or the vectors of captions where the text tower is locked."""
        if texts.is_floating_point():
            seen, _, scale = self._forward(pixels, None)
            return seen, texts.to(seen.device), scale
        return self._forward(pixels, texts)

    def _forward(self, pixels: Tensor, tokens: Tensor | None) -> tuple[Tensor, Tensor, Tensor]:
        device = self._encoder.device
        with torch.autocast(device.type, torch.bfloat16, enabled=self._bf16):
            return self._called(normalised(self._encoder, pixels), None if tokens is None else tokens.to(device))

    def _together(self, last: bool) -> AbstractContextManager:
        """Processes average their gradients once a step."""
        held = isinstance(self._called, nn.parallel.DistributedDataParallel) and not last
        return self._called.no_sync() if held else ExitStack()


def _chunked(captions: list[int], parts: int) -> list[list[int]]:
    size = math.ceil(len(captions) / parts)
    return [captions[start : start + size] for start in range(0, len(captions), size)]
