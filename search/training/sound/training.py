"""Sounds told from one another by their captions, as a task for the loop."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from media_library.formats.spectrograms import COLUMNS_S, PITCHES, STEP_DB
from search import background
from search.encoders.base import TextEncoder
from search.encoders.pocket.ear import SoundTower, levelled
from search.training import losses
from search.training.captions import Captions
from search.training.clip.model import HOTTEST
from search.training.errors import TrainingError
from search.training.optimizing import Cosine, groups, has_bf16
from search.training.sound.clips import Clips
from search.training.sound.config import SoundConfig

RELATED = 0.45
"""Cosine from which on a word may fit a class after all ("puppy" a dog), so that no sound is told from it."""


@dataclass(frozen=True, slots=True)
class Batch:
    """`values` float (n, 1, PITCHES, columns); what is heard in each: `kinds` (n,), and over it by `share` (n,) the
    `others` (n,)."""

    values: Tensor
    kinds: Tensor
    others: Tensor
    share: Tensor
    step: int


class SoundTask:
    """See `loop.Task`. `heard`: the spectrogram of each of `clips`."""

    schedule = "step"

    def __init__(
        self, config: SoundConfig, clips: Clips, heard: list[np.ndarray], words: TextEncoder, device: torch.device
    ) -> None:
        self._config, self._kinds, self.device = config, clips.kinds, device
        self._shown = Shown(config, heard)
        self._texts = Captions(clips.captions, words, locked=True)
        self._apart = torch.from_numpy(_unrelated(words, clips))
        torch.manual_seed(config.seed)
        self.tower = SoundTower(words.dimensions).to(device, memory_format=torch.channels_last)
        self.scale = nn.Parameter(torch.tensor(-math.log(config.temperature), device=device))
        self.steps_per_epoch = len(heard) // config.batch
        if not self.steps_per_epoch:
            raise TrainingError(
                f"{len(heard)} sounds to train on are fewer than one batch of {config.batch}. Take a smaller --batch."
            )
        # The rarer a class the more often each of its sounds is heard: as if every class had the root of its number.
        counts = np.bincount(clips.kinds, minlength=len(clips.captions))
        weights = 1 / np.sqrt(counts[clips.kinds])
        self._weights = weights / weights.sum()
        learnt = groups([*self.tower.parameters(), self.scale], config.weight_decay)
        self.optimizer = torch.optim.AdamW(learnt, lr=config.lr, betas=(0.9, 0.98))
        steps = self.steps_per_epoch * config.epochs
        self.scheduler = torch.optim.lr_scheduler.LambdaLR(self.optimizer, Cosine(steps, config.warm_up))
        self._bf16 = has_bf16(device)

    # --- What the loop asks ------------------------------------------------------------------------------

    def learnt(self) -> dict[str, Tensor]:
        return {**self.tower.state_dict(), "scale": self.scale.data}

    def restore(self, learnt: dict[str, Tensor]) -> None:
        self.scale.data.copy_(learnt["scale"])
        self.tower.load_state_dict({name: value for name, value in learnt.items() if name != "scale"})

    def train(self) -> None:
        self.tower.train()

    def batches(self, epoch: int, start: int) -> Iterator[Batch]:
        for number in range(start, self.steps_per_epoch):
            rng = np.random.default_rng((self._config.seed, epoch, number))
            size = self._config.batch
            rows, others = (rng.choice(len(self._kinds), size, p=self._weights) for _ in range(2))
            values, share = self._shown(rows, others, rng)
            yield Batch(
                torch.from_numpy(values),
                torch.from_numpy(self._kinds[rows]),
                torch.from_numpy(self._kinds[others]),
                torch.from_numpy(share),
                (epoch - 1) * self.steps_per_epoch + number,
            )

    def backward(self, batch: Batch) -> tuple[Tensor, int]:
        seed = (self._config.seed, batch.step)
        columns, fitting = self._texts.one_of_each(seed)
        chosen = np.random.default_rng((*seed, 1)).permutation(len(self._apart))[: self._config.apart]
        columns = torch.cat([columns, self._apart[chosen]]).to(self.device)
        fitting = functional.pad(fitting, (0, len(chosen))).to(self.device)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self._bf16):
            values = batch.values.to(self.device, memory_format=torch.channels_last)
            rows = self.tower(values)
        rows = functional.normalize(rows.float(), dim=1)
        similarities = self.scale.clamp(max=HOTTEST).exp() * rows @ columns.T
        loss = torch.zeros((), device=self.device)
        for kinds, part in ((batch.kinds, 1 - batch.share), (batch.others, batch.share)):
            kinds = kinds.to(self.device)
            by_row = losses.against_kinds(similarities, kinds, fitting[kinds], self._config.smoothing)
            loss = loss + (part.to(self.device) * by_row).mean()
        loss.backward()
        return loss.detach(), len(batch.kinds)


def _unrelated(words: TextEncoder, clips: Clips) -> np.ndarray:
    """Background words that fit none of the classes."""
    vectors = words.encode_texts(background.BACKGROUND)
    names = words.encode_texts([name for names in clips.classes for name in names])
    return vectors[(vectors @ names.T).max(axis=1) < RELATED]


class Shown:
    """Sounds as the network gets to hear them: a part, shifted, stretched, louder, muffled, another one over it."""

    def __init__(self, config: SoundConfig, heard: list[np.ndarray]) -> None:
        self._config, self._heard = config, heard
        self._columns = round(config.seconds * COLUMNS_S)

    def __call__(self, rows: np.ndarray, others: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """(n, 1, PITCHES, columns) and the share of each other one, (n,), both float32."""
        values = np.empty((len(rows), 1, PITCHES, self._columns), np.float32)
        shares = np.zeros(len(rows), np.float32)
        for number, (row, other) in enumerate(zip(rows, others, strict=True)):
            one = self._part(row, rng)
            if rng.random() < self._config.mixed:
                below = rng.uniform(0, 20)
                one = _together(one, self._part(other, rng), below)
                # By volume as it is felt (Tokozume et al., “Learning from between-class examples”, ICLR 2018, eq. 2).
                share = 1 / (1 + 10 ** (below / 20))
                shares[number] = share if below < 10 else 0.0
            one = self._muffled(one, rng)
            values[number, 0] = self._struck_out(levelled(one), rng).T
        return values, shares

    def _part(self, row: int, rng: np.random.Generator) -> np.ndarray:
        """Some seconds of a sound, in which there is something, at another pitch and pace; float grey values."""
        heard = self._heard[row]
        pace = rng.uniform(0.85, 1.18)
        wanted = max(8, round(self._columns * pace))
        if len(heard) > wanted:
            loudest = heard.max(axis=1).astype(np.int16)
            enough = loudest.max() - round(25 / STEP_DB)
            for _ in range(8):
                start = int(rng.integers(len(heard) - wanted + 1))
                if loudest[start : start + wanted].max() >= enough:
                    break
            part = heard[start : start + wanted]
        elif rng.random() < 0.5:
            part = np.tile(heard, (-(-wanted // len(heard)), 1))[:wanted]
        else:
            before = int(rng.integers(wanted - len(heard) + 1))
            part = np.full((wanted, PITCHES), max(int(heard.min()), 0), heard.dtype)
            part[before : before + len(heard)] = heard
        part = part[np.linspace(0, len(part) - 1, self._columns).round().astype(int)].astype(np.float32)
        if shift := int(rng.integers(-3, 4)):
            part = np.roll(part, shift, axis=1)
            part[:, :shift] = part[:, [shift]] if shift > 0 else part[:, :shift]
            if shift < 0:
                part[:, shift:] = part[:, [shift - 1]]
        return part + rng.uniform(-20, 20)

    def _muffled(self, part: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        if rng.random() < self._config.muffled:
            part = part.copy()
            part[:, int(rng.integers(34, PITCHES)) :] = part.min() - 20
        return part

    def _struck_out(self, values: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """SpecAugment (Park et al. 2019), with the mean, which is 0 here."""
        for _ in range(2):
            for axis, size in ((0, len(values)), (1, PITCHES)):
                width = int(rng.uniform(0, self._config.masked) * size)
                at = int(rng.integers(size - width + 1))
                if axis:
                    values[:, at : at + width] = 0
                else:
                    values[at : at + width] = 0
        return values


def _together(one: np.ndarray, other: np.ndarray, below: float) -> np.ndarray:
    """Both at once, the loudest of the `other` so many decibels below that of the `one`; grey values."""
    other = other + (one.max() - other.max()) - below / STEP_DB
    # Powers add up: log10(10^a + 10^b), from grey values.
    unit = STEP_DB / 10 * math.log(10)
    return np.logaddexp(one * unit, other * unit) / unit
