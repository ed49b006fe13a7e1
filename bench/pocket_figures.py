"""What the pocket encoder knows: every figure of its model card, for one encoder or several side by side.

    python -m bench.pocket_figures DATA [ENCODER …]

DATA is what ``python -m bench.pocket_data`` wrote. Zero-shot top-1 and top-5 among the classes of each set, and
precision@10 of the pictures that a class's first name finds; seconds to load with one thread, milliseconds per picture
of the whole way from pixels in memory to a vector, in batches on one thread, and the size of its weights. Classes
that were never trained on are marked.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SETS = {
    "val-tiny-imagenet": "Tiny ImageNet, validation",
    "val-other": "other sets, held out",
    "val-nips-2017": "ImageNet-like, full size",
    "val-imagenet-1000": "one of each of 1,000, full size",
    "imagenet-1000-unseen": "those of them never trained on *",
    "val-unseen": "70 classes never trained on *",
}
LOADING = """
import os, sys, time
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")
import django; django.setup()
from search.encoders import minilm, registry, runtime
runtime.prepare()
import open_clip
minilm.transformer()
started = time.perf_counter()
registry.load(sys.argv[1], threads=1)
print(time.perf_counter() - started)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("encoders", nargs="*", default=["pocket"])
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")
    import django

    django.setup()
    import torch

    torch.set_num_threads(1)
    found = {spec: measure(spec, asked.data) for spec in asked.encoders}
    if asked.json:
        print(json.dumps(found))
        return
    for spec, figures in found.items():
        print(f"\n{spec}: {figures['megabytes']:.1f} MB, loaded in {figures['load_seconds']:.2f} s", end="")
        print(f", {figures['milliseconds']:.1f} ms per picture on one thread")
        print(f"{'':36} classes  pictures  top-1  top-5  precision@10")
        for name, told in SETS.items():
            one = figures[name]
            print(
                f"{told:36} {one['kinds']:7} {one['pictures']:9} {one['top_1']:6.3f} {one['top_5']:6.3f} "
                f"{one['precision_at_10']:13.3f}"
            )


def measure(spec: str, data: Path) -> dict[str, object]:
    from search.encoders import pocket, registry, specs
    from search.training.clip import evaluation, pairs

    encoder = registry.load(spec, threads=1)
    names = str(data / "names.json")
    found: dict[str, object] = {
        "megabytes": pocket.weights(specs.parse(spec).folder or pocket.OWN).stat().st_size / 1e6,
        "load_seconds": float(subprocess.check_output([sys.executable, "-c", LOADING, spec], text=True)),
        "milliseconds": _milliseconds(encoder),
    }
    for name in SETS:
        with tempfile.TemporaryDirectory() as chosen:
            folder = data / name
            if not folder.is_dir():
                folder = Path(chosen)
                for each in json.loads((data / f"{name}.json").read_text()):
                    (folder / each).symlink_to(data / "val-imagenet-1000" / each)
            found[name] = evaluation.measure(encoder, pairs.of_folder(folder, names)).as_dict()
    return found


def _milliseconds(encoder: object) -> float:
    """Of a photograph of 640 by 480 pixels, the best of five batches of 32."""
    import numpy as np
    from PIL import Image

    noise = np.random.default_rng(0).integers(0, 255, (480, 640, 3), dtype=np.uint8)
    pictures = [Image.fromarray(noise)] * 32
    times = []
    for _ in range(5):
        started = time.perf_counter()
        encoder.encode_images(pictures)
        times.append(time.perf_counter() - started)
    return min(times) * 1000 / len(pictures)


if __name__ == "__main__":
    main()
