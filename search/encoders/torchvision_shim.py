"""Makes torchvision importable beside a torch that its compiled operators do not fit.

The torchvision wheel on PyPI links its operators to the CUDA build of torch. Beside the CPU build they do not load,
and `import torchvision` then fails with "operator torchvision::nms does not exist", since it describes the shapes
of two operators that nobody defined. The encoders use torchvision's transforms only, which need no operator, so it
is enough to define those two by name. Calling one still fails, as it should.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

_SCHEMAS = (
    "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
)

# A library's definitions live as long as this object does.
_libraries: list[object] = []


@cache
def install() -> None:
    """Define the missing operators; do nothing where torchvision's own load. Call it before torchvision's import."""
    import torch

    if not _operators_load():
        library = torch.library.Library("torchvision", "DEF")
        for schema in _SCHEMAS:
            library.define(schema)
        _libraries.append(library)


def _operators_load() -> bool:
    import torch

    package = find_spec("torchvision")
    if package is None or package.origin is None:
        return False
    try:
        # A library that is already loaded is not loaded twice, so torchvision's own attempt stays harmless.
        for path in Path(package.origin).parent.glob("_C*.so"):
            torch.ops.load_library(path)
            return True
    except OSError:
        return False
    return False
