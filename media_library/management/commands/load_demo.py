"""`manage.py load_demo`"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from media_library import waiting
from media_library.demo.loading import NameTaken, load, wanted
from media_library.demo.photographs import DemoMissing
from media_library.management.progress import bar, wait_with_bar


class Command(BaseCommand):
    help = (
        "Load the demo library: photographs out of installed packages and short films made from them, public, "
        "with no download. What was loaded before is left as it is, deleted pieces included."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--again", action="store_true", help="bring back what was deleted, too")
        parser.add_argument("--no-wait", action="store_true", help="do not wait until everything is indexed")

    def handle(self, *args: Any, again: bool, no_wait: bool, **options: Any) -> None:
        pieces = wanted(again)
        if not pieces:
            self.stdout.write("The demo library was loaded before (--again brings back what was deleted).")
            return
        item_ids = []
        try:
            with bar(len(pieces), "Demo") as shown:
                for item_id in load(pieces):
                    item_ids.append(item_id)
                    shown.update()
        except (NameTaken, DemoMissing) as error:
            raise CommandError(str(error)) from error
        if no_wait:
            self.stdout.write(f"{len(item_ids)} demo items stored; the workers index them.")
            return
        try:
            wait_with_bar(item_ids)
        except waiting.NobodyWorks as error:
            self.stderr.write(self.style.WARNING(str(error)))
            return
        names = dict(zip(item_ids, (piece.file for piece in pieces), strict=True))
        for item_id, reason in waiting.failures(item_ids):
            self.stderr.write(self.style.ERROR(f"{names[item_id]}: {reason}"))
        ready = waiting.standing(item_ids).ready
        self.stdout.write(f"The demo library is ready: {ready} items.")
