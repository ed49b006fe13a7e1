"""What a sound is like to an ear, as a small grey picture: how loud each pitch is, hundred times a second.

Kept beside each stretch of sound, so that another encoder of sounds needs no original to be decoded again.
"""

from __future__ import annotations

import io
from functools import cache

import numpy as np
from PIL import Image

RATE = 16_000
"""Samples a second: what is above 8 kHz tells few things apart, and speech has little there."""
HOP, WINDOW = 160, 400
PITCHES = 64
"""Bands, windows of 25 ms every 10 ms: those of VGGish (Hershey et al., “CNN architectures for large-scale audio
classification”, ICASSP 2017, section 3.1)."""
FOURIER = 512
LOWEST_HZ, HIGHEST_HZ = 50.0, 8_000.0
"""As in PANNs for 16 kHz (Kong et al., “PANNs”, 2020): a heartbeat is lower than what VGGish listens to."""

COLUMNS_S = RATE / HOP
"""Columns a second."""

FLOOR_DB, STEP_DB = -100.0, 0.5
"""A grey value g stands for FLOOR_DB + g * STEP_DB; 0 dB is a sine of full scale."""
SILENT_DB = -75.0
"""Where nothing is louder than this in any band, there is nothing to hear: 16 bits end at -96."""

MAX_SIDE = 16_383
"""Columns of one picture, some 160 seconds; more than the longest stretch has."""


def spectrogram(samples: np.ndarray) -> np.ndarray:
    """uint8 of shape (columns, PITCHES) of mono `samples` at RATE, float, 1.0 being full scale.

    What is shorter than a window is heard in silence. Numbers that are none count as silence.
    """
    samples = np.nan_to_num(np.asarray(samples, np.float32), nan=0, posinf=1, neginf=-1).clip(-8, 8)
    if len(samples) < WINDOW:
        samples = np.pad(samples, (0, WINDOW - len(samples)))
    framed = np.lib.stride_tricks.sliding_window_view(samples, WINDOW)[::HOP]
    return np.concatenate([_columns(framed[at : at + 4096]) for at in range(0, len(framed), 4096)])


def _columns(framed: np.ndarray) -> np.ndarray:
    """Of (n, WINDOW) samples."""
    window = np.hanning(WINDOW).astype(np.float32)
    # What is constant is not heard.
    framed = framed - framed.mean(axis=1, keepdims=True)
    # So that a sine of full scale has a power of 1.
    spectrum = np.abs(np.fft.rfft(framed * (window * (2 / window.sum())), FOURIER)) ** 2
    decibels = 10 * np.log10(np.maximum(spectrum.astype(np.float32) @ _bands(), 1e-12))
    return np.clip(np.round((decibels - FLOOR_DB) / STEP_DB), 0, 255).astype(np.uint8)


@cache
def _bands() -> np.ndarray:
    """(FOURIER / 2 + 1, PITCHES): triangles as wide apart as an ear hears them, on the mel scale as HTK has it
    (O'Shaughnessy 1987)."""

    def mel(hertz: float) -> float:
        return 2595 * np.log10(1 + hertz / 700)

    edges = 700 * (10 ** (np.linspace(mel(LOWEST_HZ), mel(HIGHEST_HZ), PITCHES + 2) / 2595) - 1)
    hertz = np.fft.rfftfreq(FOURIER, 1 / RATE)[:, None]
    rising = (hertz - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - hertz) / (edges[2:] - edges[1:-1])
    return np.maximum(0, np.minimum(rising, falling)).astype(np.float32)


def is_silent(heard: np.ndarray) -> bool:
    """Whether there is nothing in a spectrogram to go by."""
    return not heard.size or int(heard.max()) < (SILENT_DB - FLOOR_DB) / STEP_DB


def packed(heard: np.ndarray) -> bytes:
    """A spectrogram as a PNG, low pitches at the bottom; of one that is longer than MAX_SIDE only the beginning."""
    out = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(heard[:MAX_SIDE].T[::-1])).save(out, "PNG", optimize=False)
    return out.getvalue()


def unpacked(data: bytes) -> np.ndarray:
    """What was packed. Raises OSError or ValueError where `data` is none."""
    with Image.open(io.BytesIO(data), formats=["PNG"]) as picture:
        if picture.mode != "L" or picture.height != PITCHES or picture.width > MAX_SIDE:
            raise ValueError("This is no spectrogram.")
        return np.ascontiguousarray(np.asarray(picture)[::-1].T)
