"""Decoding a sound once, from its beginning to its end, and keeping how loud it was. All through PyAV (FFmpeg)."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.error import ExitError, FFmpegError
from av.stream import Discard

from media_library.formats.base import OPEN_S, FileRejected, Limits, damaged, too_slow
from media_library.formats.ears import Ear

DEMUXERS = {
    "audio/wav": "wav",
    "audio/mpeg": "mp3",
    "audio/aac": "aac",
    "audio/ogg": "ogg",
    "audio/flac": "flac",
    "audio/mp4": "mov",
    "audio/webm": "matroska",
    "audio/x-matroska": "matroska",
}

COVER_PIXELS = 25_000_000
"""Of a cover; larger ones are not looked at. None that is meant to be shown has a fifth of it."""
WINDOW_S = 0.02
"""Loudness is kept by windows of so many seconds: a period of the lowest note of a bass voice and more."""
CHUNK_S = 2.0
"""Frames are looked at together, so much of them at once; one alone is some 20 ms."""
GAP_S = 0.1
"""Where the times of the file leave out more than this, nothing was sent: silence. Less is rounding."""
FORMATS = ("u8", "s16", "s32", "flt", "dbl")
MAX_PLANES = 8
"""Of FFmpeg's frames (AV_NUM_DATA_POINTERS)."""
LOWEST_RATE, HIGHEST_RATE = 1000, 1_000_000
"""Samples a second. Nothing below can hold speech, and nothing above is made by any device."""


@contextmanager
def opened(path: Path, mime_type: str) -> Iterator[tuple[InputContainer, AudioStream]]:
    """The container and its sound. The demuxer is set by the type and opens no other file.

    Raises FileRejected (``damaged``, ``no-sound``, ``no-decoder``).
    """
    try:
        container = av.open(
            f"file:{path}",
            format=DEMUXERS[mime_type],
            metadata_errors="replace",
            # A cover is decoded while its size is found out.
            options={"max_pixels": str(COVER_PIXELS)},
            container_options={"protocol_whitelist": "file"},
            timeout=OPEN_S,
        )
    except FileNotFoundError:
        raise
    except ExitError as error:
        raise too_slow("sound") from error
    except (FFmpegError, ValueError) as error:
        raise damaged("sound") from error
    with container:
        if not container.streams.audio:
            raise FileRejected("no-sound", "There is neither a picture nor a sound in this file.")
        stream = container.streams.audio[0]
        if stream.codec_context is None:
            raise FileRejected("no-decoder", "This sound's encoding is not known here. Export it as MP3 or FLAC.")
        if not LOWEST_RATE <= stream.codec_context.sample_rate <= HIGHEST_RATE:
            raise damaged("sound")
        stream.codec_context.thread_count = 1
        for other in container.streams:
            if other is not stream:
                other.discard = Discard.all
        yield container, stream


@dataclass(frozen=True)
class Heard:
    """How loud a sound was. `peaks` and `powers`: (windows,) of WINDOW_S each, 0 to 1 of full scale.

    `duration` in seconds; `heard` is how much of it was decoded. Peaks go to its end, zero where it was not heard;
    powers end with what was.
    """

    duration: float
    heard: float
    peaks: np.ndarray
    powers: np.ndarray

    @property
    def whole(self) -> bool:
        return self.heard >= self.duration


def listen(
    path: Path,
    mime_type: str,
    limits: Limits,
    budget_s: float,
    on_progress: Callable[[float], None] | None = None,
    ear: Ear | None = None,
) -> Heard:
    """Go through the sound, with an `ear` open to it. What was decoded within `budget_s` seconds counts.

    Raises FileRejected (``too-long``, ``damaged`` where nothing can be decoded, and as `opened`).
    """
    deadline = time.monotonic() + budget_s
    claimed = _measured(path, mime_type, limits, deadline - budget_s / 2)
    loudness = _Loudness(limits, ear)
    finished = True
    with opened(path, mime_type) as (container, stream):
        rate = stream.codec_context.sample_rate
        for frame in _frames(container, stream):
            if loudness.end and time.monotonic() > deadline:
                finished = False
                break
            if not LOWEST_RATE <= frame.sample_rate <= HIGHEST_RATE:
                continue
            if frame.sample_rate != rate:
                rate = frame.sample_rate
                loudness.flush()
            if loudness.add(frame, _start(frame, stream)) and on_progress:
                on_progress(min(1.0, loudness.end / claimed) if claimed else 0.0)
    loudness.flush()
    if not loudness.end:
        raise damaged("sound")
    peaks, powers = loudness.windows()
    # Where all of it was decoded, that is how long it is, whatever the times of the packets say.
    duration = loudness.end if finished else max(claimed, loudness.end)
    unheard = round(duration / WINDOW_S) - len(peaks)
    return Heard(duration, loudness.end, np.pad(peaks, (0, max(0, unheard))), powers)


def too_long(seconds: float, limits: Limits) -> FileRejected:
    return FileRejected(
        "too-long",
        f"This sound is longer than {limits.max_duration_s / 3600:g} hours, the most this library takes. "
        "Cut it into parts.",
    )


def _measured(path: Path, mime_type: str, limits: Limits, deadline: float) -> float:
    """Seconds to the end of the last packet, without decoding, which is ten times as fast."""
    end = 0.0
    with opened(path, mime_type) as (container, stream):
        for packet in _packets(container, stream):
            if packet.pts is not None and packet.size:
                last = packet.pts + (packet.duration or 0) - (stream.start_time or 0)
                end = max(end, float(last * stream.time_base))
            if end > limits.max_duration_s:
                raise too_long(end, limits)
            if time.monotonic() > deadline:
                return max(
                    end, min(container.duration / av.time_base if container.duration else 0.0, limits.max_duration_s)
                )
    return end


def _packets(container: InputContainer, stream: AudioStream) -> Iterator[av.Packet]:
    """Until the end, or the first break in the file."""
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets, None)
        except FFmpegError:
            return
        if packet is None:
            return
        yield packet


def _frames(container: InputContainer, stream: AudioStream) -> Iterator[AudioFrame]:
    packed = _Packed()
    for packet in _packets(container, stream):
        try:
            yield from (whole for frame in packet.decode() for whole in packed(frame))
        except (FFmpegError, ValueError):
            continue  # A broken frame; the times of what follows keep its place.


class _Packed:
    """Turns frames that NumPy cannot be given as they are into 32-bit floats in one plane.

    Of some formats (64-bit whole numbers) there is no array. And PyAV (18.1) counts planes up to the first empty one,
    while FFmpeg has room for eight: with eight planes and more it would read what lies behind them.
    """

    def __init__(self) -> None:
        self._shape: tuple[str, str, int] | None = None
        self._resampler: av.AudioResampler | None = None

    def __call__(self, frame: AudioFrame) -> list[AudioFrame]:
        many = frame.format.is_planar and frame.layout.nb_channels >= MAX_PLANES
        if frame.format.name.removesuffix("p") in FORMATS and not many:
            return [frame]
        shape = frame.format.name, frame.layout.name, frame.sample_rate
        if shape != self._shape:
            self._shape, self._resampler = shape, av.AudioResampler("flt", frame.layout, frame.sample_rate)
        return self._resampler.resample(frame)


def _start(frame: AudioFrame, stream: AudioStream) -> float | None:
    """Seconds from the beginning of the sound to the beginning of `frame`, where the file tells."""
    if frame.pts is None or not frame.time_base:
        return None
    return float(frame.pts * frame.time_base - (stream.start_time or 0) * stream.time_base)


class _Loudness:
    """Sums up samples by windows. Its memory is that of the longest sound allowed, some 12 MB for four hours."""

    def __init__(self, limits: Limits, ear: Ear | None = None) -> None:
        self.end = 0.0
        self._limits, self._ear = limits, ear
        count = math.ceil(limits.max_duration_s / WINDOW_S) + 2
        self._peaks, self._energies, self._counts = (np.zeros(count, np.float32) for _ in range(3))
        self._waiting: list[np.ndarray] = []
        self._samples = 0
        self._rate = 0
        self._shape: tuple[int, str, int] | None = None
        self._begin = 0.0

    def add(self, frame: AudioFrame, start: float | None) -> bool:
        """Take `frame` in; returns whether a chunk was completed by it. Raises FileRejected (``too-long``)."""
        flushed = False
        if start is not None and start > self.end + GAP_S:
            self.flush()
            self.end = start
        shape = frame.layout.nb_channels, frame.format.name, frame.sample_rate
        if not self._waiting or self._shape != shape:
            self.flush()
            self._begin, self._shape, self._rate = self.end, shape, frame.sample_rate
        self._waiting.append(_samples(frame))
        self._samples += frame.samples
        self.end = self._begin + self._samples / self._rate
        if self.end > self._limits.max_duration_s:
            raise too_long(self.end, self._limits)
        if self._samples >= CHUNK_S * self._rate:
            self.flush()
            flushed = True
        return flushed

    def flush(self) -> None:
        if not self._samples:
            self._waiting = []
            return
        samples = _floats(np.concatenate(self._waiting, axis=1))
        self._waiting, count = [], self._samples
        self._samples = 0
        if self._ear:
            self._ear.hear(samples.mean(axis=0), self._rate, self._begin)
        # Windows by the time of each sample, so that rates that are no multiple of a window do not drift.
        first = math.floor(self._begin / WINDOW_S + 1e-9)
        last = math.ceil((self._begin + count / self._rate) / WINDOW_S - 1e-9)
        edges = np.ceil((np.arange(first, last) * WINDOW_S - self._begin) * self._rate - 1e-6).astype(np.int64)
        edges = np.clip(edges, 0, count - 1)
        places = slice(first, first + len(edges))
        lengths = np.diff(edges, append=count)
        # Of each channel by itself: what only one of them says is heard as well.
        for channel in samples:
            self._peaks[places] = np.maximum(self._peaks[places], np.maximum.reduceat(np.abs(channel), edges))
            sums = np.add.reduceat(channel, edges, dtype=np.float64)
            squares = np.add.reduceat(channel * channel, edges, dtype=np.float64)
            # What is constant is not heard.
            self._energies[places] += (squares - sums * sums / lengths) / len(samples)
        self._counts[places] += lengths

    def windows(self) -> tuple[np.ndarray, np.ndarray]:
        """Peaks and powers."""
        used = slice(0, max(1, math.ceil(self.end / WINDOW_S - 1e-6)))
        powers = self._energies[used] / np.maximum(self._counts[used], 1)
        return np.minimum(self._peaks[used], 1), np.clip(powers, 0, 1)


def _samples(frame: AudioFrame) -> np.ndarray:
    """(channels, samples) as the codec made them."""
    samples = frame.to_ndarray()
    return samples if frame.format.is_planar else samples.reshape(-1, frame.layout.nb_channels).T


def _floats(samples: np.ndarray) -> np.ndarray:
    """float32, 1.0 being full scale, channel after channel in memory."""
    if samples.dtype.kind == "f":
        # Numbers that are none, and far too large ones, only occur where something is broken.
        return np.nan_to_num(np.ascontiguousarray(samples, np.float32), nan=0, posinf=1, neginf=-1).clip(-8, 8)
    full = 2 ** (8 * samples.dtype.itemsize - 1)
    floats = np.ascontiguousarray(samples, np.float32)
    floats -= full if samples.dtype.kind == "u" else 0
    floats /= full
    return floats
