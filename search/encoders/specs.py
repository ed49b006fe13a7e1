"""Reading an encoder setting: which encoder it names, and that encoder's identity, without loading it."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from search.encoders import fingerprint, minilm, pocket
from search.encoders.base import EncoderError
from search.encoders.pocket import hearing

PREPROCESSING = "p1"
"""Changes when pictures or texts are prepared differently, since the vectors then differ too."""

FORMS = (
    "pocket, pocket:FOLDER, open_clip:MODEL:PRETRAINED (a tag or a file), open_clip:local-dir:FOLDER, "
    "open_clip:hf-hub:ORG/NAME, sentence:minilm, sentence:FOLDER, sentence:ORG/NAME, or for sounds sound:pocket or "
    "sound:FOLDER"
)

LOCAL_DIR, HUB = "local-dir:", "hf-hub:"

_WEIGHTS_SUFFIXES = {".safetensors", ".bin", ".pt", ".pth", ".npz"}


@dataclass(frozen=True)
class Spec:
    """An encoder setting, taken apart. `weights` is open_clip's tag or file; empty elsewhere.

    `model` is the folder of a pocket encoder that was trained here; empty for the project's own.
    """

    family: Literal["pocket", "open_clip", "sentence", "sound", "fake"]
    model: str
    weights: str = ""

    @property
    def weights_are_a_file(self) -> bool:
        return "/" in self.weights or Path(self.weights).suffix in _WEIGHTS_SUFFIXES

    @property
    def folder(self) -> Path:
        """That of a pocket encoder."""
        return Path(self.model) if self.model else pocket.OWN

    @property
    def hears(self) -> bool:
        return self.family == "sound" or self == Spec("fake", "sound")

    @property
    def encodes_pictures(self) -> bool:
        return self.family in ("pocket", "open_clip") or self == Spec("fake", "visual")


def parse(spec: str) -> Spec:
    """`spec` taken apart. Raises EncoderError where it has none of the FORMS or names no model that is known."""
    family, _, rest = spec.partition(":")
    match family:
        case "pocket" if not rest or is_folder(rest):
            return Spec("pocket", rest)
        case "sound" if rest == "pocket":
            return Spec("sound", "")
        case "sound" if rest and is_folder(rest):
            return Spec("sound", rest)
        case "fake" if rest in ("visual", "text", "sound"):
            return Spec("fake", rest)
        case "sentence" if rest:
            return Spec("sentence", rest)
        case "open_clip" if any(rest.startswith(prefix) and rest != prefix for prefix in (LOCAL_DIR, HUB)):
            return Spec("open_clip", rest)
        case "open_clip":
            model, _, weights = rest.partition(":")
            if model and weights and not rest.startswith((LOCAL_DIR, HUB)):
                _check_architecture(model)
                return Spec("open_clip", model, weights)
    raise EncoderError(f"The encoder “{spec}” is not known. Set it to one of: {FORMS}.")


def key_for(spec: str) -> str:
    """The identity of the encoder that `spec` names: model, weights and preprocessing.

    Weights on disk count by their SHA-256, so moving them changes nothing and replacing them does. What a hub
    serves under a name or tag counts by that name. Raises EncoderError.
    """
    parsed = parse(spec)
    match parsed.family:
        case "pocket":
            return f"pocket:{_short(pocket.weights_sha256(parsed.folder))}:{PREPROCESSING}"
        case "open_clip":
            return f"open_clip:{_open_clip_identity(parsed)}:{PREPROCESSING}"
        case "sound":
            return f"sound:{_short(hearing.weights_sha256(parsed.folder))}:{PREPROCESSING}"
        case "sentence":
            return f"sentence:{_sentence_identity(parsed.model)}:{PREPROCESSING}"
        case "fake":
            return f"fake:{parsed.model}:{PREPROCESSING}"


def text_key_for(spec: str) -> str:
    """The identity of the text tower that `spec` names: its own key, save for towers that encoders share."""
    parsed = parse(spec)
    if parsed == Spec("fake", "sound"):
        return key_for("fake:visual")
    return key_for("sentence:minilm" if parsed.family in ("pocket", "sound") else spec)


def _open_clip_identity(parsed: Spec) -> str:
    if parsed.model.startswith(LOCAL_DIR):
        return LOCAL_DIR + _short(fingerprint.of_folder(Path(parsed.model.removeprefix(LOCAL_DIR))))
    if parsed.model.startswith(HUB):
        return parsed.model
    if parsed.weights_are_a_file:
        return f"{parsed.model}:{_short(fingerprint.of_file(Path(parsed.weights)))}"
    return f"{parsed.model}:{parsed.weights}"


def _sentence_identity(model: str) -> str:
    if model == minilm.NAME:
        minilm.folder()
        return f"{minilm.NAME}:{_short(minilm.SHA256)}"
    if is_folder(model):
        return _short(fingerprint.of_folder(Path(model)))
    return model


def is_folder(model: str) -> bool:
    """Whether a model is meant as a folder: it is one, or could be nothing else."""
    return model.startswith(("/", "./", "../")) or Path(model).is_dir()


def _short(sha256: str) -> str:
    return f"sha256-{sha256[:16]}"


def _check_architecture(model: str) -> None:
    """open_clip keeps one JSON file per architecture, which spares importing it to find a typing error."""
    package = find_spec("open_clip")
    if package is None or package.origin is None:
        raise EncoderError("open_clip is not installed. Install requirements.txt again.")
    names = [path.stem for path in (Path(package.origin).parent / "model_configs").glob("*.json")]
    if model.replace("/", "-") not in names:
        near = ", ".join(difflib.get_close_matches(model, names, n=3, cutoff=0.4))
        hint = f" Near it are {near}." if near else ""
        raise EncoderError(f"open_clip has no model “{model}”.{hint} Set the encoder to one of: {FORMS}.")
