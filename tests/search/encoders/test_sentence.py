import socket
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from search.encoders import minilm, registry, sentence
from search.encoders.base import EncoderError, TextEncoder, VisualEncoder

pytestmark = pytest.mark.encoder


@pytest.fixture(scope="module")
def encoder():
    return registry.load("sentence:minilm")


def test_it_is_an_encoder_of_words(encoder):
    assert isinstance(encoder, TextEncoder)
    assert not isinstance(encoder, VisualEncoder)
    rows = encoder.encode_texts(["a cat", "", "\ud800", "word " * 2000])
    assert (rows.shape, rows.dtype) == ((4, 384), np.float32)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, rtol=1e-5)
    assert encoder.encode_texts([]).shape == (0, 384)


def test_meaning_is_near_and_words_alone_are_not(encoder):
    query, same, other = encoder.encode_texts(["a small cat", "the kitten is tiny", "quarterly tax statement"])
    assert query @ same > 0.5 > 0.2 > query @ other


def test_threads_may_share_it(encoder):
    texts = [[f"number {i}" + " and more" * (i % 7)] for i in range(40)]
    alone = np.concatenate([encoder.encode_texts(text) for text in texts])
    with ThreadPoolExecutor(4) as pool:
        together = np.concatenate(list(pool.map(encoder.encode_texts, texts)))
    np.testing.assert_allclose(together, alone, atol=1e-5)


def test_no_name_is_looked_up_while_it_loads(monkeypatch):
    asked = []

    def refuse(host, *args, **kwargs):
        asked.append(host)
        raise OSError("no network in this test")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    minilm.transformer.__wrapped__()
    sentence.load_minilm("again").encode_texts(["works"])
    assert asked == []


def test_other_weights_than_the_originals_are_refused(monkeypatch):
    monkeypatch.setattr(minilm, "SHA256", "0" * 64)
    with pytest.raises(EncoderError, match="not the original's"):
        minilm.transformer.__wrapped__()


def test_a_folder_is_loaded_by_its_path(encoder):
    by_path = registry.load(f"sentence:{minilm.folder()}")
    assert by_path.key != encoder.key
    np.testing.assert_allclose(by_path.encode_texts(["a cat"]), encoder.encode_texts(["a cat"]), atol=1e-5)
