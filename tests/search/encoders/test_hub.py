import huggingface_hub
import pytest
from huggingface_hub.errors import LocalEntryNotFoundError

from search.encoders import hub
from search.encoders.base import EncoderError


@pytest.fixture
def answer(monkeypatch):
    """Let the hub answer as told; the machine has no copy."""

    def says(outcome):
        def model_info(self, repository, *, timeout):
            assert timeout == hub.TIMEOUT
            if isinstance(outcome, Exception):
                raise outcome

        monkeypatch.setattr(huggingface_hub.HfApi, "model_info", model_info)

    def no_copy(repository, *, local_files_only):
        assert local_files_only
        raise LocalEntryNotFoundError("none")

    monkeypatch.setattr(huggingface_hub, "snapshot_download", no_copy)
    return says


def test_a_hub_that_answers_is_used(answer):
    answer(None)
    assert hub.require("org/name") is True


def test_a_hub_that_cannot_be_reached_is_told_with_what_to_set(answer):
    answer(ConnectionError("no route"))
    with pytest.raises(EncoderError, match=r"cannot be reached.*Set the encoder to a local file"):
        hub.require("org/name")


def test_a_copy_on_this_machine_does_without_the_hub(answer, monkeypatch):
    answer(TimeoutError("slow"))
    monkeypatch.setattr(huggingface_hub, "snapshot_download", lambda repository, local_files_only: "/somewhere")
    assert hub.require("org/name") is False


def test_a_name_that_no_hub_can_have_is_told():
    with pytest.raises(EncoderError, match="no model “a/b/c”"):
        hub.require("a/b/c")
