import hashlib
import os

import pytest

from search.encoders import fingerprint
from search.encoders.base import EncoderError


def test_a_file_is_hashed_once_until_it_changes(tmp_path, monkeypatch):
    path = tmp_path / "weights.bin"
    path.write_bytes(b"one")
    assert fingerprint.of_file(path) == hashlib.sha256(b"one").hexdigest()
    reads = fingerprint._digest.cache_info().misses
    fingerprint.of_file(path)
    assert fingerprint._digest.cache_info().misses == reads
    path.write_bytes(b"two")
    os.utime(path, ns=(1, 1))
    assert fingerprint.of_file(path) == hashlib.sha256(b"two").hexdigest()


def test_a_renamed_file_changes_a_folder(tmp_path):
    (tmp_path / "a.json").write_text("{}")
    before = fingerprint.of_folder(tmp_path)
    (tmp_path / "a.json").rename(tmp_path / "b.json")
    assert fingerprint.of_folder(tmp_path) != before


def test_a_folder_without_a_model_is_refused(tmp_path):
    (tmp_path / "README.md").write_text("nothing here")
    with pytest.raises(EncoderError, match="no model in"):
        fingerprint.of_folder(tmp_path)
