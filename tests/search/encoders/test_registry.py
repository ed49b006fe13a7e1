import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from search.encoders import fake, open_clip, registry, runtime
from search.encoders.base import EncoderError

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def nothing_loaded(monkeypatch):
    monkeypatch.setattr(registry, "_loaded", {})


def test_identities_load_no_model_library():
    code = (
        "import sys\n"
        "from search.encoders import base, registry\n"
        "for spec in ('pocket', 'sentence:minilm', 'open_clip:ViT-B-32:openai', 'fake:visual'):\n"
        "    assert registry.key_for(spec) and registry.text_key_for(spec)\n"
        "registry.load('fake:visual', threads=1).encode_texts(['red'])\n"
        "print(*{'torch', 'torchvision', 'transformers', 'open_clip', 'sentence_transformers', 'timm',\n"
        "        'huggingface_hub', 'sklearn', 'scipy', 'django'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stdout + done.stderr


def test_the_fakes_answer_under_the_key_that_was_promised():
    for spec, kind in (("fake:visual", fake.FakeVisualEncoder), ("fake:text", fake.FakeTextEncoder)):
        encoder = registry.load(spec)
        assert isinstance(encoder, kind)
        assert (encoder.key, encoder.text_key) == (registry.key_for(spec), registry.text_key_for(spec))


def test_threads_that_ask_at_once_get_one_encoder(monkeypatch):
    meeting, loads = threading.Barrier(8), []

    def slow(spec, key, threads):
        loads.append(spec)
        threading.Event().wait(0.05)
        return object()

    def ask(_):
        meeting.wait()
        return registry.load("fake:visual")

    monkeypatch.setattr(registry, "_load", slow)
    with ThreadPoolExecutor(8) as pool:
        assert len({id(encoder) for encoder in pool.map(ask, range(8))}) == 1
    assert loads == ["fake:visual"]


def test_weights_that_were_replaced_are_loaded_anew(monkeypatch, tmp_path):
    weights = tmp_path / "clip.pt"
    monkeypatch.setattr(registry, "_load", lambda spec, key, threads: key)
    seen = []
    for content in (b"first", b"longer second"):
        weights.write_bytes(content)
        seen.append(registry.load(f"open_clip:ViT-B-32:{weights}"))
    assert seen[0] != seen[1]


@pytest.mark.parametrize("error", [RuntimeError("Missing key(s):\n  a, b"), ValueError("x" * 5000), KeyError()])
def test_whatever_a_library_raises_becomes_one_sentence(monkeypatch, tmp_path, error):
    def fails(*args, **kwargs):
        raise error

    weights = tmp_path / "clip.pt"
    weights.write_bytes(b"not weights")
    monkeypatch.setattr(open_clip, "load", fails)
    with pytest.raises(EncoderError, match=r"cannot be loaded \(.+\)\. Set it to one of: pocket") as told:
        registry.load(f"open_clip:ViT-B-32:{weights}")
    assert "\n" not in str(told.value)
    assert len(str(told.value)) < 900


def test_a_failure_is_not_kept(monkeypatch):
    monkeypatch.setattr(registry, "_load", lambda *args: (_ for _ in ()).throw(EncoderError("The hub is away.")))
    with pytest.raises(EncoderError):
        registry.load("fake:text")
    monkeypatch.undo()
    assert registry.load("fake:text").dimensions == 64


def test_the_thread_limit_reaches_torch(monkeypatch, tmp_path):
    limits = []
    weights = tmp_path / "clip.pt"
    weights.write_bytes(b"weights")
    monkeypatch.setattr(runtime, "limit_threads", limits.append)
    monkeypatch.setattr(open_clip, "load", lambda *args, **kwargs: object())
    registry.load(f"open_clip:ViT-B-32:{weights}")
    registry.load(f"open_clip:ViT-B-16:{weights}", threads=3)
    assert limits == [3]
