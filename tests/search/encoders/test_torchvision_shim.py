import subprocess
import sys
from pathlib import Path

from search.encoders import torchvision_shim

ROOT = Path(__file__).parents[3]


def run(code):
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)


def test_torchvision_imports_and_an_operator_that_is_missing_still_fails_when_called():
    done = run(
        "from search.encoders import torchvision_shim as shim\n"
        "import sys; assert 'torch' not in sys.modules\n"
        "shim.install(); shim.install()\n"
        "import torch, torchvision.transforms.v2\n"
        "from torchvision.extension import _has_ops\n"
        "try: torchvision.ops.nms(torch.zeros(1, 4), torch.zeros(1), .5); works = True\n"
        "except (RuntimeError, NotImplementedError): works = False\n"
        "assert works == _has_ops(), (works, _has_ops())\n"
        "assert bool(shim._libraries) != _has_ops()\n"
    )
    assert done.returncode == 0, done.stderr


def test_it_defines_nothing_where_the_operators_load(monkeypatch):
    monkeypatch.setattr(torchvision_shim, "_operators_load", lambda: True)
    monkeypatch.setattr(torchvision_shim, "_libraries", [])
    torchvision_shim.install.__wrapped__()
    assert torchvision_shim._libraries == []
