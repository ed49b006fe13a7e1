"""`manage.py encoders`"""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from media_library.queue import wake
from search import holdings, indexing, spaces
from search.encoders.base import EncoderError
from search.models import Encoder, EncoderState, Space


class Command(BaseCommand):
    help = "Change the encoder of a space while search goes on: add one, wait for it, compare, activate, and go back."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
        listing = verbs.add_parser("list", help="all of them, and how far they are")
        listing.add_argument("--json", action="store_true", help="print one JSON list")
        adding = verbs.add_parser("add", help="build one up beside the one that serves")
        adding.add_argument("spec", help="as in SIGHTLINE_VISUAL_ENCODER: an open_clip model, the result of a training")
        adding.add_argument("--space", choices=Space.values, default=Space.VISUAL.value)
        for verb, told in (
            ("build", "make what vectors it lacks, here and now, instead of waiting for a worker"),
            ("activate", "let search use it"),
            ("remove", "delete it with its vectors and its index"),
        ):
            verbs.add_parser(verb, help=told).add_argument("number", type=int, help="as in the list")
        back = verbs.add_parser("rollback", help="let the one before the present one serve again")
        back.add_argument("--space", choices=Space.values, default=Space.VISUAL.value)

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        try:
            getattr(self, f"_{verb}")(**options)
        except (spaces.NotNow, EncoderError) as error:
            raise CommandError(str(error)) from error

    def _list(self, **options: Any) -> None:
        rows = [_row(encoder) for encoder in Encoder.objects.with_coverage()]
        if options["json"]:
            self.stdout.write(json.dumps(rows))
            return
        if not rows:
            self.stdout.write("Nothing is indexed yet; the settings name the first encoders.")
        for row in rows:
            rate = f", {row['rate']:.1f} a second, {_time(row['seconds_left'])} left" if row["rate"] else ""
            self.stdout.write(
                f"{row['number']:>4}  {row['space']:<7} {row['state']:<12} {row['vectors']:,} of {row['fitting']:,} "
                f"vectors{rate}  {row['spec']}"
            )
            if row["problem"]:
                self.stdout.write(self.style.WARNING(f"      {row['problem']}"))

    def _add(self, spec: str, space: str, **options: Any) -> None:
        encoder = spaces.add(spec, space)
        wake(indexing.COMPLETE)
        self.stdout.write(
            f"Number {encoder.pk} is being built beside the one that serves. `encoders list` says how far it is; "
            f"`encoders build {encoder.pk}` does it here."
        )

    def _build(self, number: int, **options: Any) -> None:
        from tqdm import tqdm

        encoder = _encoder(number)
        lacking = encoder.missing().filter(item__status="ready").count() + holdings.missing(encoder)
        with tqdm(total=lacking, unit="vector") as bar:
            indexing.complete(encoder, bar.update)
        encoder.refresh_from_db()
        self.stdout.write(f"Number {number} is complete: {encoder.get_state_display().lower()}.")

    def _activate(self, number: int, **options: Any) -> None:
        encoder = _encoder(number)
        spaces.activate(encoder)
        self.stdout.write(f"Search uses number {number} now: {encoder.spec}.")

    def _rollback(self, space: str, **options: Any) -> None:
        encoder = spaces.roll_back(space)
        self.stdout.write(f"Search uses number {encoder.pk} again: {encoder.spec}.")

    def _remove(self, number: int, **options: Any) -> None:
        started = time.monotonic()
        removed = spaces.remove(_encoder(number))
        self.stdout.write(f"Removed with {removed:,} vectors in {time.monotonic() - started:.1f} s.")


def _encoder(number: int) -> Encoder:
    encoder = Encoder.objects.filter(pk=number).first()
    if encoder is None:
        raise CommandError(f"There is no encoder {number}. `encoders list` shows all of them.")
    return encoder


def _row(encoder: Encoder) -> dict[str, Any]:
    progress = spaces.progress(encoder)
    return {
        "number": encoder.pk,
        "space": encoder.space,
        "spec": encoder.spec,
        "key": encoder.key,
        "state": encoder.get_state_display().lower(),
        "active": encoder.state == EncoderState.ACTIVE,
        "dimensions": encoder.dimensions,
        "vectors": progress.vectors,
        "fitting": progress.fitting,
        "rate": progress.rate,
        "seconds_left": progress.seconds_left,
        "problem": encoder.problem,
    }


def _time(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
