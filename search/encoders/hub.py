"""Asking the model hub once, before a library asks it again and again for a minute."""

from __future__ import annotations

from search.encoders.base import EncoderError

TIMEOUT = 5
"""Seconds for the hub to answer."""


def require(repository: str) -> bool:
    """Whether the hub serves `repository` ("org/name") now; False where only the copy on this machine is at hand.

    Raises EncoderError where there is neither, or no such model.
    """
    import huggingface_hub
    from huggingface_hub.errors import HFValidationError, RepositoryNotFoundError

    try:
        huggingface_hub.HfApi().model_info(repository, timeout=TIMEOUT)
    except (RepositoryNotFoundError, HFValidationError) as error:
        raise EncoderError(
            f"The model hub has no model “{repository}” that may be read. Correct the encoder's name, or log in there."
        ) from error
    except Exception as error:  # whatever a network can do: refuse, time out, answer nonsense
        if _is_on_this_machine(repository):
            return False
        raise EncoderError(
            f"The model hub cannot be reached, and “{repository}” is not on this machine. Set the encoder to a local "
            "file or folder, or to the default (pocket, sentence:minilm), which needs no network."
        ) from error
    return True


def _is_on_this_machine(repository: str) -> bool:
    import huggingface_hub

    try:
        huggingface_hub.snapshot_download(repository, local_files_only=True)
    except OSError:
        return False
    return True
