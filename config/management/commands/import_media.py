"""`manage.py import_media FOLDER`. Here, because it brings the library and the workers together."""

from __future__ import annotations

import json
import time
from collections import Counter
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.helping_workers import helping_workers
from media_library import importing, waiting
from media_library.importing import Folder, ImportStopped, Outcome, Result
from media_library.management.progress import bar, wait_with_bar
from media_library.metadata_files import NAMES, Details, MetadataError
from media_library.models import Visibility
from media_library.services import clean_tags


class Command(BaseCommand):
    help = (
        "Take in every picture and video below a folder. Titles, captions, tags and credits come from "
        f"{', '.join(NAMES)} beside the files. Running it again takes in only what is new."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--owner", help="whose library it goes into (default: the only superuser)")
        parser.add_argument("--visibility", choices=Visibility.values, default=Visibility.PRIVATE)
        parser.add_argument("--tags", default="", help="tags for everything, separated by commas")
        parser.add_argument("--captions", type=Path, help="CSV or JSON of captions that lies elsewhere")
        parser.add_argument("--no-wait", action="store_true", help="do not wait until everything is indexed")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        owner = find_owner(options["owner"])
        if not options["folder"].is_dir():
            raise CommandError(f"There is no folder {options['folder']}.")
        folder = importing.look_into(options["folder"])
        try:
            details = importing.details_of(folder, options["captions"])
        except MetadataError as error:
            raise CommandError(str(error)) from error
        for sentence in importing.unmatched(folder, details):
            self.stderr.write(self.style.WARNING(sentence))
        outcomes: list[Outcome] = []
        with nullcontext() if options["no_wait"] else helping_workers():
            try:
                self._take_in(owner, folder, details, outcomes, options)
                item_ids = [outcome.item_id for outcome in outcomes if outcome.item_id]
                if item_ids and not options["no_wait"]:
                    wait_with_bar(item_ids)
            except (ImportStopped, waiting.NobodyWorks) as error:
                raise CommandError(str(error)) from error
            except KeyboardInterrupt:
                stored = f"{len(outcomes)} of {len(folder.files)} files are stored"
                self.stderr.write(f"\nStopped: {stored}. Run the same again to go on.")
                raise SystemExit(130) from None
        report = make_report(folder, outcomes, seconds=time.monotonic() - started)
        self.stdout.write(json.dumps(report) if options["json"] else in_words(report))
        if report["failed"]:
            raise CommandError(f"{len(report['failed'])} files failed; the reasons are above.")

    def _take_in(
        self,
        owner: AbstractBaseUser,
        folder: Folder,
        details: dict[Path, Details],
        outcomes: list[Outcome],
        options: dict[str, Any],
    ) -> None:
        """Add what becomes of each file to `outcomes`, so that a stop half-way knows how far it came."""
        taking = importing.take_in(
            owner,
            folder,
            details,
            visibility=options["visibility"],
            tags=clean_tags(options["tags"].split(",")),
        )
        with bar(len(folder.files), "Storing", disable=not folder.files) as shown:
            for outcome in taking:
                outcomes.append(outcome)
                shown.update()


def find_owner(name: str | None) -> AbstractBaseUser:
    """The named user, or the only superuser. Raises CommandError."""
    users = get_user_model().objects
    if name:
        owner = users.filter(username=name).first()
        if owner is None:
            raise CommandError(f"There is no user {name}.")
        return owner
    superusers = list(users.filter(is_superuser=True, is_active=True)[:2])
    if len(superusers) != 1:
        raise CommandError("Say whose library the files go into: --owner NAME.")
    return superusers[0]


def make_report(folder: Folder, outcomes: list[Outcome], seconds: float) -> dict[str, Any]:
    """Counts and the names of what did not get in, as plain values; reads the state of the items now."""
    counts = Counter(outcome.result for outcome in outcomes)
    skipped = [*folder.skipped, *((o.file, o.reason) for o in outcomes if o.result == Result.SKIPPED)]
    failed = [(o.file, o.reason) for o in outcomes if o.result == Result.FAILED]
    files = {outcome.item_id: outcome.file for outcome in outcomes if outcome.item_id}
    failed += [(files[item_id], reason) for item_id, reason in waiting.failures(list(files))]
    return {
        "new": counts[Result.NEW],
        "known": counts[Result.KNOWN],
        "ready": waiting.standing(list(files)).ready,
        "skipped": [{"file": file, "reason": reason} for file, reason in skipped],
        "failed": [{"file": file, "reason": reason} for file, reason in failed],
        "seconds": round(seconds, 1),
    }


def in_words(report: dict[str, Any]) -> str:
    lines = []
    for what in ("skipped", "failed"):
        files_by_reason: dict[str, list[str]] = {}
        for entry in report[what]:
            files_by_reason.setdefault(entry["reason"], []).append(entry["file"])
        for reason, files in files_by_reason.items():
            lines += [f"{what.capitalize()}: {reason}", *(f"  {file}" for file in files)]
    lines.append(
        f"{report['new']} new, {report['known']} already there, {len(report['skipped'])} skipped, "
        f"{len(report['failed'])} failed; {report['ready']} ready, {report['seconds']:.0f} seconds."
    )
    return "\n".join(lines)
