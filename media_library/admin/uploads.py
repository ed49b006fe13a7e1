"""Putting files into somebody's library."""

from __future__ import annotations

from dataclasses import dataclass, field

from media_library.admin.forms import UploadForm
from media_library.formats.base import FileRejected
from media_library.models import MediaItem
from media_library.names import clean_name
from media_library.services import ingest_file


@dataclass
class Outcome:
    """What became of an upload's files."""

    added: list[MediaItem] = field(default_factory=list)
    known: list[MediaItem] = field(default_factory=list)


def take_in(form: UploadForm) -> Outcome:
    """Take in the files of a valid `form`; each refused one becomes an error of it, the others are kept."""
    outcome = Outcome()
    details = {name: form.cleaned_data[name] for name in ("tags", "visibility")}
    owner, files = form.cleaned_data["owner"], form.cleaned_data["files"]
    for file in files:
        try:
            ingested = ingest_file(owner, file, file.name, **details)
        except FileRejected as rejected:
            form.add_error("files", f"{clean_name(file.name)}: {rejected.message}")
        else:
            (outcome.added if ingested.created else outcome.known).append(ingested.item)
    return outcome
