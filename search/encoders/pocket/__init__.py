"""The pocket encoder: a small picture tower in the vector space of all-MiniLM-L6-v2, with no download.

It is a plain open_clip model: pocket.json is its configuration, pocket-visual.safetensors the picture tower's
weights, weights.json their record. docs/model_card_pocket.md says what it knows and how it was made.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from search.encoders import fingerprint, minilm, runtime
from search.encoders.base import EncoderError
from search.encoders.open_clip import OpenClipEncoder, cutting_ends

_FOLDER = Path(__file__).parent


def weights_sha256() -> str:
    """The recorded SHA-256 of the picture tower's weights: the encoder's identity, known without reading them."""
    return _record()["sha256"]


def config() -> dict[str, Any]:
    """open_clip's model configuration, its text tower set to the folder of all-MiniLM-L6-v2."""
    settings = json.loads((_FOLDER / "pocket.json").read_text())
    settings["text_cfg"] |= dict.fromkeys(("hf_model_name", "hf_tokenizer_name"), str(minilm.folder()))
    return settings


def weights() -> Path:
    """The picture tower's weights. Raises EncoderError where they are missing or are not those recorded."""
    path = _FOLDER / _record()["file"]
    if fingerprint.of_file(path) != weights_sha256():
        raise EncoderError(
            f"The pocket encoder's weights in {path} are damaged: their SHA-256 is not the recorded one. "
            "Restore the file from the project's repository."
        )
    return path


def load(key: str, text_key: str) -> OpenClipEncoder:
    """The pocket encoder, whose text tower is the process's one MiniLM. Raises EncoderError."""
    file = weights()
    text_tower = minilm.transformer()  # before the imports below, which it prepares
    import open_clip
    import torch
    from safetensors.torch import load_file

    settings = config()
    settings["text_cfg"]["hf_model_pretrained"] = False
    # Tensors on the "meta" device have no values: no time goes into random ones that are replaced below, and one
    # that no file replaced would fail at first use instead of answering at random.
    with torch.device("meta"):
        model = open_clip.CustomTextCLIP(**settings)
    fit = model.load_state_dict(load_file(file), strict=False, assign=True)
    if fit.unexpected_keys or any(name.startswith("visual.") for name in fit.missing_keys):
        raise EncoderError(
            "The pocket encoder's weights do not fit its configuration. Restore both from the repository."
        )
    # Stored in half precision for their size. Convolutions on a CPU run a fifth faster with the channels last.
    model.visual.float().to(runtime.device(), memory_format=torch.channels_last)
    model.text.transformer = text_tower
    return OpenClipEncoder(
        key=key,
        text_key=text_key,
        dimensions=settings["embed_dim"],
        model=model.eval(),
        transform=cutting_ends(open_clip.image_transform(settings["vision_cfg"]["image_size"], is_train=False)),
        tokenize=minilm.tokenize,
        device=runtime.device(),
    )


def _record() -> dict[str, str]:
    return json.loads((_FOLDER / "weights.json").read_text())
