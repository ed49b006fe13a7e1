"""`evaluate_reader messages`: how well the reader, with no model and no network, reads one kind of thing."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from inspect import signature
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from media_library import evaluation
from media_library.ocr import OcrError

SHOWN = 10
"""Misses that are printed; --json has all."""


MOST = 100_000


class Command(BaseCommand):
    help = "Draw things of one kind, have the reader read them, and print how many it reads without a mistake."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=sorted(evaluation.KINDS))
        parser.add_argument("folder", nargs="?", type=Path, help="Real ones with their keys, where the kind has such.")
        parser.add_argument("--provider", help="Who reads; the reader by default.")
        parser.add_argument("--count", type=int, help="How many; 200 by default, or all of a folder.")
        parser.add_argument("--seed", type=int, default=0, help="Another number draws others.")
        parser.add_argument("--json", action="store_true", help="Print all of it as JSON.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["count"] is None:
            options["count"] = MOST if options["folder"] or options["kind"] == "receipts" else 200
        if not 1 <= options["count"] <= MOST:
            raise CommandError("--count has to be from 1 to 100,000.")
        quiet = options["json"] or options["verbosity"] == 0
        try:
            measure = evaluation.kind(options["kind"]).measure
            given = {name: options[name] for name in ("folder", "provider") if options[name]}
            for name in given.keys() - signature(measure).parameters.keys():
                raise CommandError(f"{options['kind']} take no {name}. Leave it out.")
            result = measure(
                options["count"],
                options["seed"],
                lambda done, total: None if quiet else self._tell(done, total),
                **given,
            )
        except (OcrError, ValueError) as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(asdict(result), ensure_ascii=False, indent=1))
            return
        figures = ", ".join(f"{name.replace('_', ' ')} {share:.3f}" for name, share in result.figures.items())
        self.stdout.write(f"{result.count} {result.kind} in {result.seconds:.0f} s: {figures}")
        for miss in result.misses[:SHOWN]:
            self.stdout.write("  " + ", ".join(f"{name}: {value}" for name, value in miss.items()))

    def _tell(self, done: int, total: int) -> None:
        if done % 25 == 0 and done < total:
            self.stderr.write(f"{done} of {total}")
