"""Encoders by the setting that names them: their identity at no cost, themselves once per process."""

from __future__ import annotations

import textwrap
import threading

from search.encoders import fake, minilm, open_clip, pocket, runtime, sentence, specs
from search.encoders.base import EncoderError, HearingEncoder, TextEncoder, VisualEncoder
from search.encoders.pocket import hearing
from search.encoders.specs import key_for, text_key_for

__all__ = ["Loaded", "encodes_pictures", "hears", "key_for", "load", "text_key_for"]

Loaded = VisualEncoder | HearingEncoder | TextEncoder

_loaded: dict[str, Loaded] = {}
_loading = threading.Lock()


def load(spec: str, threads: int | None = None) -> Loaded:
    """The encoder that `spec` names, loaded at its first use in this process; again only once its key has changed.

    `threads` caps the CPU threads of one operation, process-wide; None leaves torch's choice. Threads that ask at
    the same time wait for one loading. Not to be called before a process forks: torch's threads do not survive it.
    Raises EncoderError with a sentence that says what to set.
    """
    key = key_for(spec)
    if (encoder := _loaded.get(key)) is None:
        with _loading:
            if (encoder := _loaded.get(key)) is None:
                encoder = _loaded[key] = _load(spec, key, threads)
    return encoder


def load_own(spec: str) -> Loaded:
    """As `load`, but a copy that nobody else has, to be trained: the process may serve or train that encoder again."""
    return _load(spec, key_for(spec), None)


def encodes_pictures(spec: str) -> bool:
    """Whether `spec` names an encoder of pictures, not of words alone. Raises EncoderError where it names none."""
    return specs.parse(spec).encodes_pictures


def hears(spec: str) -> bool:
    """Whether `spec` names an encoder of sounds. Raises EncoderError where it names none at all."""
    return specs.parse(spec).hears


def _load(spec: str, key: str, threads: int | None) -> Loaded:
    parsed = specs.parse(spec)
    if parsed.family == "fake":
        return _FAKES[parsed.model](key)
    if threads is not None:
        runtime.limit_threads(threads)
    try:
        if parsed.family == "pocket":
            return pocket.load(key, text_key_for(spec), parsed.folder)
        if parsed.family == "sound":
            return hearing.load(key, text_key_for(spec), parsed.folder)
        if parsed.family == "open_clip":
            return open_clip.load(parsed.model, parsed.weights or None, key=key)
        if parsed.model == minilm.NAME:
            return sentence.load_minilm(key)
        return sentence.load(parsed.model, is_folder=specs.is_folder(parsed.model), key=key)
    except EncoderError:
        raise
    except Exception as error:  # the loaders' libraries promise no set of exceptions
        reason = textwrap.shorten(str(error), 240, placeholder=" …") or type(error).__name__
        raise EncoderError(
            f"The encoder “{spec}” cannot be loaded ({reason}). Set it to one of: {specs.FORMS}."
        ) from error


_FAKES = {"visual": fake.FakeVisualEncoder, "text": fake.FakeTextEncoder, "sound": fake.FakeHearingEncoder}
