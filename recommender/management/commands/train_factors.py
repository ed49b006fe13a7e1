"""`manage.py train_factors`"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from recommender import collaborating


class Command(BaseCommand):
    help = (
        "Learn what people like together from all ratings, those of MovieLens and those given here, and let "
        "recommendations use it at once. A worker does this by itself as ratings come in."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--factors", type=int, default=collaborating.FACTORS, help="numbers per film")
        parser.add_argument("--regularization", type=float, default=collaborating.REGULARIZATION)
        parser.add_argument("--alpha", type=float, default=collaborating.ALPHA)
        parser.add_argument("--iterations", type=int, default=collaborating.ITERATIONS)

    def handle(self, *args: Any, **options: Any) -> None:
        given = {name: options[name] for name in ("factors", "regularization", "alpha", "iterations")}
        if not (2 <= given["factors"] <= 1000 and 1 <= given["iterations"] <= 1000):
            raise CommandError("--factors lies between 2 and 1,000, --iterations between 1 and 1,000.")
        if given["regularization"] < 0 or given["alpha"] <= 0:
            raise CommandError("--regularization is not below 0, --alpha above 0.")
        model = collaborating.train(**given)
        if model is None:
            raise CommandError(
                f"There are too few ratings to learn from: at least {collaborating.FEWEST_RATINGS:,} by "
                f"{collaborating.FEWEST_RATERS} people. Import MovieLens with `manage.py import_movies`."
            )
        self.stdout.write(
            f"Learnt from {model.ratings:,} ratings of {model.films:,} films by {model.raters:,} people in "
            f"{model.seconds:.1f} s: {model.factors} numbers per film. Recommendations use it now."
        )
