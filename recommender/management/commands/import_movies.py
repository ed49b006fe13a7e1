"""`manage.py import_movies FILE`"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from media_library.importing import NAMED, Notes
from media_library.management.progress import bar
from recommender.importing import posters, runs
from recommender.importing.runs import ImportStopped, Progress
from recommender.models import MovieImport


class Command(BaseCommand):
    help = (
        "Take films in: a JSON list, JSON lines or CSV as TMDB's exports and the tables made of them have it (packed "
        "with gzip or not), or the folder or zip file of MovieLens with its ratings. Running it again changes nothing "
        "that is there, and does what is left. Workers embed what is new."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, nargs="?", help="without one: only posters or ratings")
        parser.add_argument(
            "--posters",
            default="",
            metavar="WHERE",
            help="a folder with files named by poster_path or TMDB id; an address to put poster_path behind, or with "
            "{id} or {path} in it; or “tmdb” for TMDB's own servers, which with SIGHTLINE_TMDB_KEY also tell what is "
            "lacking of a film",
        )
        parser.add_argument("--ratings", type=Path, metavar="MOVIELENS", help="take ratings from there, too")
        parser.add_argument("--no-ratings", action="store_true", help="of MovieLens the films alone")
        parser.add_argument(
            "--per-second", type=float, default=posters.PER_SECOND, help="posters that are fetched at the most"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        started, file, ratings = time.monotonic(), options["file"], options["ratings"]
        if not (file or ratings or options["posters"]):
            raise CommandError("Name a file of films, or --posters or --ratings for the films that are there.")
        if not 0 < options["per_second"] <= 1000:
            raise CommandError("--per-second is a number above 0, such as 10.")
        record = MovieImport.objects.create(
            label=str((file or ratings or Path(options["posters"])).name)[:300], posters=options["posters"][:1000]
        )
        shown = _Bars()
        try:
            progress = runs.run(
                record,
                file,
                from_posters=options["posters"],
                ratings=not options["no_ratings"],
                ratings_from=ratings,
                per_second=options["per_second"],
                tell=shown.tell,
            )
        except ImportStopped as stopped:
            raise CommandError(str(stopped)) from stopped
        except KeyboardInterrupt:
            self.stderr.write("\nStopped. What was taken in is there; run the same again to go on.")
            raise SystemExit(130) from None
        finally:
            shown.close()
        self._report(record, progress, time.monotonic() - started)

    def _report(self, record: MovieImport, progress: Progress, seconds: float) -> None:
        for label, notes in (
            ("Skipped", progress.skipped),
            ("Failed", progress.failed),
            ("Failed", progress.posters_failed),
        ):
            for line in _lines(label, notes):
                self.stdout.write(line)
        told = [f"{record.new:,} new, {record.changed:,} changed, {record.same:,} as before"]
        if record.ratings:
            told.append(f"{record.ratings:,} ratings")
        if record.posters_stored or record.posters_failed:
            told.append(f"{record.posters_stored:,} posters")
        self.stdout.write(f"{'; '.join(told)}; {seconds:.0f} seconds.")
        failed = progress.failed.count + progress.posters_failed.count
        if failed:
            raise CommandError(f"Import complete; {failed:,} rows or posters failed, for the reasons above.")
        self.stdout.write(self.style.SUCCESS("Import complete with no errors."))


def _lines(label: str, notes: Notes) -> list[str]:
    lines = [f"{label}: {name}: {reason}" for name, reason in notes.named[:NAMED]]
    more = notes.count - len(lines)
    return [*lines, f"{label}: {more:,} more."] if more > 0 else lines


class _Bars:
    """A bar for each step, one after the other."""

    def __init__(self) -> None:
        self._bar, self._step = None, ""

    def tell(self, step: str, done: int, total: int) -> None:
        if self._bar is None or step != self._step:
            self.close()
            self._bar, self._step = bar(total or None, step), step
        self._bar.n = done
        self._bar.refresh()

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()
