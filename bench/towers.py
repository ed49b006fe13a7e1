"""Candidates for the pocket encoder's picture tower: what each has learnt in the same time, and what a picture costs.

    python -m bench.towers FOLDER VALIDATION [--names FILE] [--seconds 180] TOWER[@SIZE] …

Every tower (a timm architecture, with the pixels a side it is trained and measured at) starts untrained and trains on
FOLDER, a folder per class, for the same seconds on the same threads: cross-entropy over the classes' captions, AdamW,
warm-up and cosine over the time. Then zero-shot accuracy on VALIDATION, and milliseconds per picture on one thread.
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path

import numpy as np

AT_ONCE = 16
"""Pictures that milliseconds are measured with."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("validation", type=Path)
    parser.add_argument("towers", nargs="+", metavar="TOWER[@SIZE]")
    parser.add_argument("--names", default="", help="JSON with the names of each class")
    parser.add_argument("--seconds", type=float, default=180, help="of training, each")
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--lr", type=float, default=2e-3)
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="of torch, while training")
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")
    import django

    django.setup()
    print(f"{'tower':32} parameters  pictures/s  top-1  top-5  precision@10  ms per picture", flush=True)
    for each in asked.towers:
        name, _, size = each.partition("@")
        found = trial(name, int(size or 64), asked)
        print(
            f"{each:32} {found['parameters'] / 1e6:9.1f}M {found['rate']:11.0f} {found['top_1']:6.3f} "
            f"{found['top_5']:6.3f} {found['precision_at_10']:13.3f} {found['milliseconds']:15.1f}",
            flush=True,
        )


def trial(tower: str, size: int, asked: argparse.Namespace) -> dict[str, float]:
    """Train `tower` for the time asked for, and measure it."""
    import torch

    from search.training.clip import evaluation, model, pairs
    from search.training.clip.config import ClipConfig
    from search.training.clip.processes import Processes
    from search.training.clip.training import ClipTask

    torch.set_num_threads(asked.threads)
    config = ClipConfig(
        against="kinds", tower=tower, size=size, batch=asked.batch, lr=asked.lr, smoothing=0.05, temperature=0.05
    )
    validation = pairs.of_folder(asked.validation, asked.names)
    kept = {each.name for each in asked.validation.iterdir()}
    data = _only(pairs.of_folder(asked.folder, asked.names), kept)
    encoder = model.load(config)
    task = ClipTask(config, encoder, data, size, 1, Processes())
    task.train()
    started, shown = time.perf_counter(), 0
    for batch in (batch for epoch in range(1, 1000) for batch in task.batches(epoch, 0)):
        share = (time.perf_counter() - started) / asked.seconds
        if share >= 1:
            break
        rate = min(share / 0.05, 0.5 * (1 + np.cos(np.pi * share)))
        for group in task.optimizer.param_groups:
            group["lr"] = asked.lr * rate
        task.optimizer.zero_grad(set_to_none=True)
        shown += task.backward(batch)[1]
        task.optimizer.step()
    spent = time.perf_counter() - started
    task.towers.eval()
    found = evaluation.measure(encoder, validation)
    return {
        "parameters": sum(each.numel() for each in encoder.model.visual.parameters()),
        "rate": shown / spent,
        "top_1": found.top_1,
        "top_5": found.top_5,
        "precision_at_10": found.precision_at_10,
        "milliseconds": _milliseconds(encoder.model.visual, size),
    }


def _only(data: object, classes: set[str]) -> object:
    """The pictures whose folder is among `classes`, their kinds numbered anew."""
    import dataclasses

    rows = np.flatnonzero([picture.parent.name in classes for picture in data.pictures])
    kinds, numbered = np.unique(data.kinds[rows], return_inverse=True)
    return dataclasses.replace(
        data,
        pictures=tuple(data.pictures[row] for row in rows),
        kinds=numbered.astype(np.int64),
        captions=tuple(data.captions[kind] for kind in kinds),
        classes=tuple(data.classes[kind] for kind in kinds),
    )


def _milliseconds(tower: object, size: int) -> float:
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    pictures = torch.randn(AT_ONCE, 3, size, size).contiguous(memory_format=torch.channels_last)
    times = []
    with torch.inference_mode():
        for _ in range(5):
            started = time.perf_counter()
            tower(pictures)
            times.append(time.perf_counter() - started)
    torch.set_num_threads(threads)
    return min(times) * 1000 / AT_ONCE


if __name__ == "__main__":
    main()
