"""`manage.py seed_movies`"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from media_library import troubles
from media_library.management.progress import bar
from recommender import seeding


class Command(BaseCommand):
    help = (
        "Put the films of the demo in: about a hundred well-known ones, with posters drawn by code and no download. "
        "What was put in before is left as it is, deleted films included. Workers embed them."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--again", action="store_true", help="bring back what was deleted, too")

    def handle(self, *args: Any, again: bool, **options: Any) -> None:
        rows = seeding.wanted(again)
        if not rows:
            self.stdout.write("The films of the demo were put in before (--again brings back what was deleted).")
            return
        try:
            with bar(len(rows), "Films") as shown:
                for _ in seeding.seed(rows):
                    shown.update()
        except OSError as error:
            raise CommandError(troubles.sentence(error)) from error
        self.stdout.write(f"{len(rows)} films put in; the workers index them.")
