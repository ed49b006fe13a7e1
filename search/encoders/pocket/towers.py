"""The architecture of the pocket encoder's picture tower, known to timm under a name of its own."""

from __future__ import annotations

from functools import cache
from typing import Any

NAME = "sightline_resnet16d"


@cache
def register() -> None:
    """Let timm, and so open_clip, make it by its name."""
    from timm.models import register_model
    from timm.models.resnet import BasicBlock, ResNet

    def sightline_resnet16d(
        pretrained: bool = False,
        pretrained_cfg: Any = None,
        pretrained_cfg_overlay: Any = None,
        cache_dir: Any = None,
        **kwargs: Any,
    ) -> ResNet:
        """ResNet-18-D ("Bag of Tricks", He et al. 2019) with one block less in its last stage, where two fifths of its
        parameters are: 6.5 million, 13 MB in half precision."""
        return ResNet(BasicBlock, (2, 2, 2, 1), stem_width=32, stem_type="deep", avg_down=True, **kwargs)

    assert sightline_resnet16d.__name__ == NAME
    # timm files an architecture under its module, which it looks up by name.
    register_model(sightline_resnet16d)
