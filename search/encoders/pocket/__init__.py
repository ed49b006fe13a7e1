"""The pocket encoder: a small picture tower in the vector space of all-MiniLM-L6-v2, with no download.

It is a plain open_clip model: pocket.json is its configuration, pocket-visual.safetensors the picture tower's
weights, weights.json their record. docs/model_card_pocket.md says what it knows and how it was made. One that was
trained here lies in a folder of its own, with the same three files.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from search.encoders import fingerprint, minilm, runtime
from search.encoders.base import EncoderError
from search.encoders.open_clip import OpenClipEncoder, cutting_ends

if TYPE_CHECKING:
    import torch

OWN = Path(__file__).parent
"""The one that comes with the project."""

CONFIG, RECORD, WEIGHTS = "pocket.json", "weights.json", "pocket-visual.safetensors"


def weights_sha256(folder: Path = OWN) -> str:
    """The recorded SHA-256 of the picture tower's weights: the encoder's identity, known without reading them.

    Raises EncoderError where `folder` holds none.
    """
    return _read(folder, RECORD)["sha256"]


def config(folder: Path = OWN) -> dict[str, Any]:
    """open_clip's model configuration, its text tower set to the folder of all-MiniLM-L6-v2."""
    settings = _read(folder, CONFIG)
    settings["text_cfg"] |= dict.fromkeys(("hf_model_name", "hf_tokenizer_name"), str(minilm.folder()))
    return settings


def weights(folder: Path = OWN) -> Path:
    """The picture tower's weights. Raises EncoderError where they are missing or are not those recorded."""
    path = folder / WEIGHTS
    if fingerprint.of_file(path) != weights_sha256(folder):
        raise EncoderError(
            f"The pocket encoder's weights in {path} are damaged: their SHA-256 is not the recorded one. "
            "Restore the file from the project's repository, or from where it was trained."
        )
    return path


def store(folder: Path, tower: dict[str, torch.Tensor], architecture: str, size: int) -> None:
    """Write a picture tower, its parameters by their names in the model, and what `load` wants to know of it.

    `architecture` is timm's name; `size` the pixels a side of its pictures.
    """
    import torch
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    # Half precision halves the file, and moves a vector by less than a rounding of halfvec.
    halves = {
        name: (value.half() if value.is_floating_point() else value).to("cpu", memory_format=torch.contiguous_format)
        for name, value in tower.items()
        if name.startswith("visual.")
    }
    save_file(halves, folder / WEIGHTS)
    settings = _read(OWN, CONFIG)
    settings["vision_cfg"] |= {"image_size": size, "timm_model_name": architecture}
    (folder / CONFIG).write_text(json.dumps(settings, indent=2) + "\n")
    record = {"sha256": fingerprint.of_file(folder / WEIGHTS)}
    (folder / RECORD).write_text(json.dumps(record, indent=2) + "\n")


def load(key: str, text_key: str, folder: Path = OWN) -> OpenClipEncoder:
    """The pocket encoder, whose text tower is the process's one MiniLM. Raises EncoderError."""
    file = weights(folder)
    text_tower = minilm.transformer()  # before the imports below, which it prepares
    import open_clip
    import torch
    from safetensors.torch import load_file

    settings = config(folder)
    settings["text_cfg"]["hf_model_pretrained"] = False
    # Tensors on the "meta" device have no values: no time goes into random ones that are replaced below, and one
    # that no file replaced would fail at first use instead of answering at random.
    with torch.device("meta"):
        model = open_clip.CustomTextCLIP(**settings)
    misfit = EncoderError(
        "The pocket encoder's weights do not fit its configuration. Restore both from the repository."
    )
    try:
        fit = model.load_state_dict(load_file(file), strict=False, assign=True)
    except RuntimeError as error:  # a layer of another size
        raise misfit from error
    if fit.unexpected_keys or any(name.startswith("visual.") for name in fit.missing_keys):
        raise misfit
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


def _read(folder: Path, name: str) -> dict[str, Any]:
    try:
        return json.loads((folder / name).read_text())
    except (OSError, ValueError) as error:
        raise EncoderError(f"There is no pocket encoder in {folder}: its {name} cannot be read.") from error
