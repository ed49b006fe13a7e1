"""SHA-256 of weights on disk: what tells one set of weights from another."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from search.encoders.base import EncoderError

_TELLING = {".safetensors", ".bin", ".pt", ".pth", ".npz", ".json", ".txt", ".model"}
"""Suffixes of the files in a model's folder that decide its vectors: weights, configuration, vocabulary."""


def of_file(path: Path) -> str:
    """The file's SHA-256 in hex; read again only when its size or time of change differs. Raises EncoderError."""
    try:
        stat = path.stat()
        return _digest(path, stat.st_mtime_ns, stat.st_size)
    except OSError as error:
        raise EncoderError(
            f"The encoder's file {path} cannot be read. Set the encoder to a file that is there."
        ) from error


def of_folder(folder: Path) -> str:
    """One SHA-256 over weights, configuration and vocabulary in `folder`. Raises EncoderError where there are none."""
    files = sorted(path for path in folder.rglob("*") if path.suffix in _TELLING and path.is_file())
    if not files:
        raise EncoderError(f"There is no model in {folder}. Set the encoder to the folder that holds its weights.")
    whole = hashlib.sha256()
    for path in files:
        whole.update(f"{path.relative_to(folder).as_posix()}\0{of_file(path)}\n".encode())
    return whole.hexdigest()


@lru_cache(maxsize=1024)
def _digest(path: Path, mtime_ns: int, size: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
