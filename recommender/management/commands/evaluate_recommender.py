"""`manage.py evaluate_recommender`"""

from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from tqdm import tqdm

from recommender.evaluation import measuring, splits, tastes
from recommender.models import Movie, Rating
from search.tables import table

COLUMNS = ("recall", "ndcg", "map", "coverage", "diversity", "novelty")


class Command(BaseCommand):
    help = (
        "Hold likes back and see whether they are recommended: recall@10, NDCG@10, MAP@10, coverage, diversity and "
        "novelty, beside popularity, content alone and collaborative signals alone. It changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--split",
            action="append",
            choices=sorted(splits.SPLITS),
            help="what is held back (default: leave-last-out, temporal and cold-start, one after another)",
        )
        parser.add_argument("--raters", type=int, default=500, help="people to recommend to; 0: all of them")
        parser.add_argument(
            "--ablate", action="store_true", help="each weight set to 0 in turn as well, and one taste per person"
        )
        parser.add_argument(
            "--made-up",
            type=int,
            default=0,
            metavar="RATERS",
            help="instead of the ratings that were imported, those of so many made-up raters whose tastes are known",
        )
        parser.add_argument("--seed", type=int, default=0)
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        found: dict[str, list[dict[str, Any]]] = {}
        with ExitStack() as stack:
            if options["made_up"]:
                stack.enter_context(_made_up_ratings(options["made_up"], options["seed"]))
            raters = _raters(options["raters"], options["seed"])
            for name in options["split"] or splits.SPLITS:
                split = splits.SPLITS[name](Rating.objects.all(), raters)
                if not split.cases:
                    self.stderr.write(f"{name}: nobody has rated enough for it.")
                    continue
                found[name] = self._measured(split, options["ablate"])
                if not options["json"]:
                    self._show(split, found[name])
        if not found:
            raise CommandError("There was nothing to measure.")
        if options["json"]:
            self.stdout.write(json.dumps(found))

    def _measured(self, split: splits.Split, ablate: bool) -> list[dict[str, Any]]:
        with measuring.held_back(split):
            known = measuring.Known()
            compared = measuring.methods(known, ablate)
            return [
                asdict(measuring.measure(name, method, split.cases, known))
                for name, method in tqdm(compared.items(), desc=split.name, disable=None, leave=False)
            ]

    def _show(self, split: splits.Split, found: list[dict[str, Any]]) -> None:
        self.stdout.write(f"{split.name}: {len(split.cases):,} people")
        rows = [[each["method"], *(f"{each[name]:.3f}" for name in COLUMNS), f"{each['ms']:.0f}"] for each in found]
        heads = ["", "recall@10", "NDCG@10", "MAP@10", "coverage", "diversity", "novelty", "ms"]
        self.stdout.write(table(heads, rows, left=1) + "\n")


def _raters(count: int, seed: int) -> list[int]:
    """`count` of those who rated, the same for the same seed. Raises CommandError where there are none."""
    every = list(Rating.objects.order_by("rater").values_list("rater", flat=True).distinct())
    if not every:
        raise CommandError(
            "There are no ratings. Import some with `manage.py import_movies FOLDER` (MovieLens), or measure with "
            "made-up raters: --made-up 200."
        )
    if not count or count >= len(every):
        return every
    import numpy as np

    return sorted(np.random.default_rng(seed).choice(every, count, replace=False).tolist())


def _made_up_ratings(count: int, seed: int) -> ExitStack:
    """A context within which they are all there is."""
    if Movie.objects.count() < splits.ENOUGH * 4:
        raise CommandError("There are too few films. Import some with `manage.py import_movies FILE`.")
    stack = ExitStack()
    stack.enter_context(transaction.atomic())
    stack.callback(transaction.set_rollback, True)
    Rating.objects.all().delete()
    Rating.objects.bulk_create(tastes.made_up(count, seed), batch_size=10_000)
    return stack
