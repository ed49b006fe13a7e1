"""How well an encoder joins sounds and words, on sounds that it has not heard."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass

import numpy as np

from search.encoders.base import HearingEncoder
from search.training import metrics
from search.training.sound.clips import Clips


@dataclass(frozen=True, slots=True)
class Quality:
    """Shares from 0 to 1: zero-shot accuracy, and how many of the ten nearest sounds the name of a class finds fit.

    `classes`: those that there are sounds of, which are told apart. `ms_per_sound` is that of the encoder alone.
    """

    sounds: int
    classes: int
    top_1: float
    top_5: float
    top_1_by_name: float
    precision_at_10: float
    ms_per_sound: float

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


def measure(encoder: HearingEncoder, clips: Clips, heard: list[np.ndarray]) -> Quality:
    """Compare every one of `clips`, whose spectrograms are `heard`, with the captions of every class."""
    kinds = np.unique(clips.kinds)
    truth = np.searchsorted(kinds, clips.kinds)
    encoder.encode_sounds(heard[:1])  # what is made at the first use is no part of the time
    started = time.perf_counter()
    rows = encoder.encode_sounds(heard)
    milliseconds = (time.perf_counter() - started) * 1000 / len(heard)
    classes = metrics.class_vectors([encoder.encode_texts(clips.captions[kind]) for kind in kinds])
    names = encoder.encode_texts([clips.classes[kind][0] for kind in kinds])
    accuracy = metrics.zero_shot(rows, classes, truth)
    fitting = np.arange(len(kinds))[:, None] == truth[None, :]
    return Quality(
        sounds=len(heard),
        classes=len(kinds),
        top_1=accuracy[1],
        top_5=accuracy[5],
        top_1_by_name=metrics.zero_shot(rows, names, truth, (1,))[1],
        precision_at_10=metrics.precision_at(names @ rows.T, fitting),
        ms_per_sound=milliseconds,
    )
