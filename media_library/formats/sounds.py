"""Sounds: facts and their waveform, one cut per stretch, a cover or a drawing, and copies without a location."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from av.container import InputContainer
from av.error import FFmpegError
from av.stream import Discard, Disposition
from PIL import Image

from media_library.formats import remuxing
from media_library.formats.base import Cut, Cuts, FileRejected, Limits, Probe, Sniffed, check_pixels, location_stays
from media_library.formats.ears import Ear, between
from media_library.formats.facts import video_camera
from media_library.formats.id3 import swells
from media_library.formats.listening import COVER_PIXELS, Heard, listen, opened
from media_library.formats.location import SOUND_MARKS, file_holds
from media_library.formats.pictures import fit
from media_library.formats.sound_tags import recorded_at, said
from media_library.formats.spectrograms import is_silent, packed
from media_library.formats.stretches import stretches
from media_library.formats.waveforms import drawn, waveform

PROBE_S = 60.0
"""Wall time of the first look, during which nothing is heard of the reader. Four hours of MP3 take half of it."""
SOUND_ALONE = {
    "video/mp4": "audio/mp4",
    "video/quicktime": "audio/mp4",
    "video/webm": "audio/webm",
    "video/x-matroska": "audio/x-matroska",
}
"""What a container of videos is when it holds no picture."""

COVER_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
MAX_COVER_BYTES = 32 * 1024**2
MIN_COVER_PX = 64
"""Smaller ones are icons of programs."""


def probe(path: Path, sniffed: Sniffed, limits: Limits) -> Probe:
    mime_type = SOUND_ALONE.get(sniffed.mime_type, sniffed.mime_type)
    if swells(path):
        raise FileRejected(
            "too-large",
            "The notes inside this sound unpack to far more than they should. Export it again without them.",
        )
    with opened(path, mime_type) as (container, stream):
        metadata = {key.lower(): value for key, value in {**stream.metadata, **container.metadata}.items()}
        has_location = _tells_location(path, container, mime_type)
    heard = listen(path, mime_type, limits, min(PROBE_S, limits.budget_s))
    return Probe(
        kind="sound",
        mime_type=mime_type,
        duration=round(heard.duration, 3),
        captured_at=recorded_at(metadata),
        camera=video_camera(metadata),
        said=said(metadata),
        waveform=waveform(heard.peaks),
        note=_note(heard, "were drawn"),
        has_location=has_location,
    )


def _note(heard: Heard, done: str) -> str:
    if heard.whole:
        return ""
    minutes, seconds = divmod(round(heard.heard), 60)
    return f"Only the first {minutes}:{seconds:02d} minutes of this sound {done}: reading it took too long."


def _tells_location(path: Path, container: InputContainer, mime_type: str) -> bool:
    return remuxing.tells_location(path, container, mime_type) or file_holds(path, SOUND_MARKS)


def cuts(path: Path, probe: Probe, limits: Limits, on_progress: Callable[[float], None]) -> Cuts:
    ear = Ear()
    heard = listen(path, probe.mime_type, limits, limits.budget_s, on_progress, ear)
    spectrogram = ear.spectrogram()
    for ordinal, (start, end) in enumerate(stretches(heard.powers, heard.heard)):
        yield Cut("sound", ordinal, start=start, end=end, heard=stretch(spectrogram, start, end))
    on_progress(1.0)
    return _note(heard, "can be found")


def hear(path: Path, mime_type: str, limits: Limits) -> np.ndarray:
    """The spectrogram of a sound, or of what could be decoded of it in time. Raises FileRejected."""
    ear = Ear()
    listen(path, SOUND_ALONE.get(mime_type, mime_type), limits, limits.budget_s, ear=ear)
    return ear.spectrogram()


def stretch(spectrogram: np.ndarray, start: float, end: float) -> bytes:
    """The part of a spectrogram from `start` to `end` seconds, packed; empty where it is silent."""
    part = between(spectrogram, start, end)
    return b"" if is_silent(part) else packed(part)


def render(path: Path, probe: Probe, limits: Limits) -> Image.Image:
    """The cover that comes with the sound, or else its waveform."""
    return _cover(path, probe, limits) or drawn(probe.waveform, limits.preview_px)


def _cover(path: Path, probe: Probe, limits: Limits) -> Image.Image | None:
    """None where there is none, or none that can be shown: a bad cover is no reason to refuse a sound."""
    for data in _attached(path, probe):
        try:
            with Image.open(io.BytesIO(data), formats=COVER_FORMATS) as picture:
                check_pixels(*picture.size, replace(limits, max_pixels=min(COVER_PIXELS, limits.max_pixels)))
                if min(picture.size) < MIN_COVER_PX:
                    continue
                # JPEG is decoded at a fraction of its size where that is enough.
                picture.draft("RGB", (limits.preview_px, limits.preview_px))
                picture.load()
                return fit(picture, limits.preview_px)
        except (FileRejected, OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError):
            continue
    return None


def _attached(path: Path, probe: Probe) -> Iterator[bytes]:
    """The pictures inside the file, the first one first."""
    with opened(path, probe.mime_type) as (container, sound):
        for stream in container.streams.video:
            if not stream.disposition & Disposition.attached_pic:
                continue
            sound.discard = Discard.all
            stream.discard = Discard.default
            try:
                packet = next(container.demux(stream), None)
            except FFmpegError:
                continue
            if packet is not None and 0 < packet.size <= MAX_COVER_BYTES:
                yield bytes(packet)


def public_copy(path: Path, probe: Probe, destination: Path) -> bool:
    """The same sound in a new container, with no metadata and no cover."""
    try:
        with opened(path, probe.mime_type) as (container, _):
            remuxing.copy_without_metadata(container, probe.mime_type, destination)
        with opened(destination, probe.mime_type) as (container, _):
            tells = _tells_location(destination, container, probe.mime_type)
    except (FFmpegError, FileRejected, ValueError) as error:
        destination.unlink(missing_ok=True)
        raise location_stays("sound") from error
    if tells:
        destination.unlink()
        raise location_stays("sound")
    return True
