"""The model that is trained: loaded as an encoder, with one tower locked or new, and stored as an encoder again."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from search.encoders import pocket, registry, specs
from search.encoders.base import EncoderError
from search.encoders.open_clip import OpenClipEncoder
from search.training.clip.config import ClipConfig
from search.training.errors import TrainingError

HOTTEST = math.log(100)
"""Of the logit scale, as in "Learning Transferable Visual Models" (Radford et al. 2021), section 2.5."""


class Towers(nn.Module):
    """Both towers and the temperature between them. Pictures and texts of one call meet as rows of length 1."""

    def __init__(self, model: nn.Module, freeze: str) -> None:
        super().__init__()
        self.model = model
        self._freeze = freeze
        for name, parameter in model.named_parameters():
            parameter.requires_grad = not (is_of_tower(name, freeze))
        self.train()

    def forward(self, pictures: Tensor, tokens: Tensor | None) -> tuple[Tensor, Tensor | None, Tensor]:
        """Float rows of shape (n, dimensions) for pictures and for texts, and what similarities are multiplied by."""
        with torch.set_grad_enabled(torch.is_grad_enabled() and self._freeze != "image"):
            seen = self.model.encode_image(pictures, normalize=True)
        said = None
        if tokens is not None:
            with torch.set_grad_enabled(torch.is_grad_enabled() and self._freeze != "text"):
                said = self.model.encode_text(tokens, normalize=True).float()
        return seen.float(), said, self.model.logit_scale.clamp(max=HOTTEST).exp()

    def train(self, mode: bool = True) -> Towers:
        """A locked tower stays as it is, its dropout and its running means included."""
        super().train(mode)
        if self._freeze == "image":
            self.model.visual.eval()
        if self._freeze == "text":
            for name, module in self.model.named_children():
                if name != "visual":
                    module.eval()
        return self

    def learnt(self) -> dict[str, Tensor]:
        """What training changes, by its name in the model."""
        return {name: value for name, value in self.model.state_dict().items() if not is_of_tower(name, self._freeze)}

    def restore(self, learnt: dict[str, Tensor]) -> None:
        self.model.load_state_dict(learnt, strict=False)


def is_of_tower(name: str, tower: str) -> bool:
    """Whether a parameter of an open_clip model belongs to its ``image`` or ``text`` tower."""
    if name in ("logit_scale", "logit_bias"):
        return False
    return tower == ("image" if name.startswith("visual.") else "text")


def load(config: ClipConfig) -> OpenClipEncoder:
    """The encoder to start from. Raises TrainingError where it is none that can be trained."""
    try:
        parsed = specs.parse(config.model)
        if parsed.family not in ("pocket", "open_clip"):
            raise TrainingError(f"“{config.model}” has no picture tower to train. Take pocket or an open_clip model.")
        if parsed.family == "pocket" and config.freeze != "text":
            raise TrainingError("The pocket encoder's text tower also serves titles and captions: keep --freeze text.")
        encoder = registry.load_own(config.model)
    except EncoderError as error:
        raise TrainingError(str(error)) from error
    if parsed.family == "pocket" or config.tower:
        # Nothing is stored of the pocket encoder's, and a new tower has none.
        start = torch.tensor(-math.log(config.temperature), device=encoder.device)
        encoder.model.logit_scale = nn.Parameter(start)
    return _with_new_tower(encoder, config) if config.tower or config.size else encoder


def _with_new_tower(encoder: OpenClipEncoder, config: ClipConfig) -> OpenClipEncoder:
    from open_clip.timm_model import TimmModel

    size = config.size or picture_size(encoder)
    if config.tower:
        torch.manual_seed(config.seed)
        try:
            tower = TimmModel(config.tower, encoder.dimensions, image_size=size, pool="avg", proj="")
        except RuntimeError as error:
            raise TrainingError(f"timm has no architecture “{config.tower}”: {error}") from error
        # Measured before it is trained, and a new network is ready for training.
        encoder.model.visual = tower.eval().to(encoder.device, memory_format=torch.channels_last)
    return looking(encoder, size)


def looking(encoder: OpenClipEncoder, size: int) -> OpenClipEncoder:
    """The same encoder, looking at pictures of `size` pixels a side."""
    import open_clip

    from search.encoders.open_clip import cutting_ends

    return replace(encoder, transform=cutting_ends(open_clip.image_transform(size, is_train=False)))


def start(config: ClipConfig, towers: Towers) -> dict[str, Tensor]:
    """The weights that the trained model keeps a share of: those of `towers` before training, or of another model that
    the config names. Raises TrainingError where that is of another shape."""
    own = kept = towers.learnt()
    if config.start_of:
        other = load(replace(config, model=config.start_of))
        kept = Towers(other.model, config.freeze).learnt()
    if {name: value.shape for name, value in kept.items()} != {name: value.shape for name, value in own.items()}:
        raise TrainingError(f"“{config.start_of}” has another shape than “{config.model}”: it cannot be kept.")
    return {name: value.clone() for name, value in kept.items()}


def between(learnt: dict[str, Tensor], start: dict[str, Tensor], share: float) -> dict[str, Tensor]:
    """The weights that are `share` of the way from those learnt back to those at the start.

    What lies between knows most of both ("Robust fine-tuning of zero-shot models", Wortsman et al. 2022).
    """
    return {
        name: torch.lerp(value, start[name], share) if value.is_floating_point() else value
        for name, value in learnt.items()
    }


def picture_size(encoder: OpenClipEncoder) -> int:
    """Pixels a side."""
    size = encoder.model.visual.image_size
    return size[0] if isinstance(size, tuple) else size


def normalised(encoder: OpenClipEncoder, pixels: Tensor) -> Tensor:
    """uint8 of shape (n, 3, size, size) as the picture tower wants them, on its device."""
    from open_clip.constants import OPENAI_DATASET_MEAN, OPENAI_DATASET_STD

    told: dict[str, Any] = getattr(encoder.model.visual, "preprocess_cfg", None) or {}
    mean, deviation = told.get("mean", OPENAI_DATASET_MEAN), told.get("std", OPENAI_DATASET_STD)
    scale = torch.tensor(deviation, device=encoder.device).view(1, 3, 1, 1) * 255
    shift = torch.tensor(mean, device=encoder.device).view(1, 3, 1, 1) * 255
    pixels = pixels.to(encoder.device, memory_format=torch.channels_last, non_blocking=True)
    return (pixels.float() - shift) / scale


def store(encoder: OpenClipEncoder, config: ClipConfig, folder: Path, size: int) -> str:
    """Write the trained model into `folder` as an encoder; returns the spec that names it."""
    import open_clip
    from safetensors.torch import save_file

    # Workers and web servers may run in another folder than the command.
    folder = folder.resolve()
    state = {name: value.detach().contiguous() for name, value in encoder.model.state_dict().items()}
    parsed = specs.parse(config.model)
    if parsed.family == "pocket":
        architecture = config.tower or pocket.config(parsed.folder)["vision_cfg"]["timm_model_name"]
        learnt = {name: value for name, value in state.items() if not is_of_tower(name, "text")}
        pocket.store(folder, learnt, architecture, size)
        return f"pocket:{folder}"
    folder.mkdir(parents=True, exist_ok=True)
    model = open_clip.get_model_config(parsed.model)
    if config.tower:
        model["vision_cfg"] = {
            "timm_model_name": config.tower,
            "timm_model_pretrained": False,
            "timm_pool": "avg",
            "timm_proj": "",
            "image_size": size,
        }
    told = dict(getattr(encoder.model.visual, "preprocess_cfg", None) or {}) | {"size": size}
    (folder / "open_clip_config.json").write_text(json.dumps({"model_cfg": model, "preprocess_cfg": told}, indent=2))
    save_file({name: value.cpu().clone() for name, value in state.items()}, folder / "open_clip_model.safetensors")
    return f"open_clip:local-dir:{folder}"
