"""Any sentence-transformers model as an encoder of words."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from search.encoders import hub, minilm, runtime
from search.encoders.base import clean_text, unit_rows

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer


@dataclass(frozen=True)
class SentenceEncoder:
    """A sentence-transformers model. The model cuts texts at its own limit (256 tokens for MiniLM)."""

    key: str
    dimensions: int
    model: SentenceTransformer
    # Its tokenizer keeps padding and truncation in itself and refuses a second thread meanwhile.
    _encoding: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def text_key(self) -> str:
        return self.key

    def encode_texts(self, texts: Sequence[str]) -> np.ndarray:
        if not texts:
            return np.empty((0, self.dimensions), dtype=np.float32)
        with self._encoding:
            rows = self.model.encode(
                [clean_text(text) for text in texts],
                batch_size=runtime.BATCH,
                normalize_embeddings=True,
                show_progress_bar=False,
            )
        return unit_rows(rows)


def load_minilm(key: str) -> SentenceEncoder:
    """all-MiniLM-L6-v2 from its package, with no network, around the process's one transformer."""
    transformer = minilm.transformer()
    encoder = _load(str(minilm.folder()), key, local=True)
    # The library cannot be handed a transformer, so it reads its own, which is let go for the shared one.
    encoder.model[0].model = transformer
    return encoder


def load(model: str, *, is_folder: bool, key: str) -> SentenceEncoder:
    """The model in the folder `model`, or the hub's of that name. Raises EncoderError where the hub does not answer."""
    return _load(model, key, local=is_folder or not hub.require(model))


def _load(model: str, key: str, *, local: bool) -> SentenceEncoder:
    runtime.prepare()
    from sentence_transformers import SentenceTransformer

    network = SentenceTransformer(model, device=str(runtime.device()), local_files_only=local).eval()
    return SentenceEncoder(key=key, dimensions=network.get_embedding_dimension(), model=network)
