"""Hearing a sound while it is decoded: one channel at the rate of spectrograms, its times those of the file."""

from __future__ import annotations

import av
import numpy as np

from media_library.formats import spectrograms
from media_library.formats.spectrograms import COLUMNS_S, HOP, RATE, WINDOW

GAP = RATE // 20
"""Samples by which what comes may be early or late without being put in its place: resamplers hold some back."""


class Ear:
    """Makes a spectrogram of what it is given, piece after piece. A minute takes 0.4 MB, four hours 92 MB."""

    def __init__(self) -> None:
        self._columns = bytearray()
        self._waiting: list[np.ndarray] = []
        self._count = self._done = 0
        self._resampler: av.AudioResampler | None = None
        self._rate = 0

    def hear(self, samples: np.ndarray, rate: int, begin: float) -> None:
        """Mono float `samples`, `begin` seconds into the sound, where the last ones ended or later."""
        if rate != self._rate or round(begin * RATE) - self._count > GAP:
            self._drain()
            self._take(np.zeros(max(0, round(begin * RATE) - self._count), np.float32))
            self._resampler, self._rate = av.AudioResampler("flt", "mono", RATE), rate
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples, np.float32)[None], "flt", "mono")
        frame.sample_rate = rate
        for part in self._resampler.resample(frame):
            self._take(part.to_ndarray()[0])

    def spectrogram(self) -> np.ndarray:
        """(columns, PITCHES) of all that was heard. Nothing can be heard after this."""
        self._drain()
        if self._rate and not self._done:
            self._take(np.zeros(WINDOW, np.float32))
        return np.frombuffer(self._columns, np.uint8).reshape(-1, spectrograms.PITCHES)

    def _drain(self) -> None:
        if self._resampler:
            for part in self._resampler.resample(None):
                self._take(part.to_ndarray()[0])
            self._resampler = None

    def _take(self, samples: np.ndarray) -> None:
        self._waiting.append(samples)
        self._count += len(samples)
        if self._count - self._done * HOP >= WINDOW:
            whole = np.concatenate(self._waiting)
            columns = (len(whole) - WINDOW) // HOP + 1
            self._columns += spectrograms.spectrogram(whole[: (columns - 1) * HOP + WINDOW]).tobytes()
            self._waiting = [whole[columns * HOP :]]
            self._done += columns


def between(heard: np.ndarray, start: float, end: float) -> np.ndarray:
    """The columns of a spectrogram from `start` to `end` seconds; at least one where there are any."""
    first = min(int(start * COLUMNS_S), max(len(heard) - 1, 0))
    return heard[first : max(first + 1, round(end * COLUMNS_S))]
