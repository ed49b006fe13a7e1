"""Any open_clip model as an encoder of pictures and words, loaded by open_clip's own loader."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from search.encoders import hub, runtime
from search.encoders.base import EncoderError, clean_text, unit_rows

if TYPE_CHECKING:
    import torch

    Transform = Callable[[Image.Image], torch.Tensor]
    Tokenize = Callable[[Sequence[str]], torch.Tensor]

LONGEST_STRIP = 4
"""A picture's longer side, in shorter sides, beyond which its ends are cut off before it is scaled."""


@dataclass(frozen=True)
class OpenClipEncoder:
    """An open_clip model in float32.

    `transform` makes one RGB picture a tensor of the model's size; `tokenize` makes texts token ids, cutting those
    that are longer than the model reads, and must be safe to call from several threads.
    """

    key: str
    text_key: str
    dimensions: int
    model: Any
    transform: Transform
    tokenize: Tokenize
    device: torch.device

    def encode_images(self, images: Sequence[Image.Image]) -> np.ndarray:
        import torch

        def encode(batch: Sequence[Image.Image]) -> torch.Tensor:
            pictures = torch.stack([self.transform(image.convert("RGB")) for image in batch])
            return self.model.encode_image(pictures.to(self.device))

        return self._encode(images, encode)

    def encode_texts(self, texts: Sequence[str]) -> np.ndarray:
        def encode(batch: Sequence[str]) -> torch.Tensor:
            return self.model.encode_text(self.tokenize([clean_text(text) for text in batch]).to(self.device))

        return self._encode(texts, encode)

    def _encode(self, inputs: Sequence[Any], encode: Callable[[Sequence[Any]], torch.Tensor]) -> np.ndarray:
        import torch

        rows = np.empty((len(inputs), self.dimensions), dtype=np.float32)
        with torch.inference_mode():
            for start in range(0, len(inputs), runtime.BATCH):
                batch = inputs[start : start + runtime.BATCH]
                rows[start : start + len(batch)] = encode(batch).float().cpu().numpy()
        return unit_rows(rows)


def load(model: str, weights: str | None, *, key: str) -> OpenClipEncoder:
    """The open_clip model `model` with the weights of a tag or file; no weights where `model` is a folder or a hub's.

    Weights that are not on this machine are downloaded. Raises EncoderError where the hub does not answer or a tag
    is unknown, and whatever open_clip raises where it cannot read what it found.
    """
    runtime.prepare()
    import open_clip

    if repository := _hub_repository(model, weights):
        hub.require(repository)
    network, transform = open_clip.create_model_from_pretrained(model, weights, device=runtime.device())
    if network.visual.preprocess_cfg["resize_mode"] == "shortest":
        transform = cutting_ends(transform)
    return OpenClipEncoder(
        key=key,
        text_key=key,
        dimensions=open_clip.get_model_config(model)["embed_dim"],
        model=network.eval(),
        transform=transform,
        tokenize=_one_at_a_time(open_clip.get_tokenizer(model)),
        device=runtime.device(),
    )


def cutting_ends(transform: Transform) -> Transform:
    """`transform`, which scales the shorter side and keeps the centre, after cutting off what it would drop anyway.

    Without this a strip of 10,000 × 1 pixels is scaled to a picture of gigabytes of which one square is kept.
    """

    def cut_then_transform(image: Image.Image) -> torch.Tensor:
        width, height = image.size
        longest = LONGEST_STRIP * min(width, height)
        if max(width, height) > longest:
            left, top = max(0, width - longest) // 2, max(0, height - longest) // 2
            image = image.crop((left, top, width - left, height - top))
        return transform(image)

    return cut_then_transform


def _hub_repository(model: str, weights: str | None) -> str | None:
    """The hub's repository that the weights come from; None where they are on this machine or at a plain URL."""
    import open_clip

    if model.startswith("hf-hub:"):
        return model.removeprefix("hf-hub:")
    if weights is None or Path(weights).is_file():
        return None
    if not open_clip.is_pretrained_cfg(model, weights):
        tags = ", ".join(open_clip.list_pretrained_tags_by_model(model)) or "none"
        raise EncoderError(
            f"open_clip has no weights “{weights}” for {model}. Set the encoder to a file or a tag: {tags}."
        )
    # open_clip writes them as "org/name/" or "org/name/file".
    return open_clip.get_pretrained_cfg(model, weights).get("hf_hub", "").rpartition("/")[0] or None


def _one_at_a_time(tokenizer: Tokenize) -> Tokenize:
    """`tokenizer` for several threads: fast ones keep their padding in themselves and refuse a second thread."""
    lock = threading.Lock()

    def tokenize(texts: Sequence[str]) -> torch.Tensor:
        with lock:
            return tokenizer(list(texts))

    return tokenize
