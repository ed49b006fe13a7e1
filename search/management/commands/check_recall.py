"""`manage.py check_recall`"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from search import recall
from search.retrieval import FIRST_WINDOW
from search.tables import table


def positive(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 10_000:
        raise argparse.ArgumentTypeError("give a number from 1 to 10000")
    return int(text)


def rank(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= FIRST_WINDOW:
        raise argparse.ArgumentTypeError(f"give a rank from 1 to {FIRST_WINDOW}")
    return int(text)


class Command(BaseCommand):
    help = (
        "Measure how many of the truly nearest items the search by vector finds, with no filter and under filters "
        "that this library has something for. Searches for what is like stored items, as their pages do."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--queries", type=positive, default=50, help="searches per filter (default: 50)")
        parser.add_argument("--k", type=rank, default=10, help="rank for recall (default: 10)")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, queries: int, k: int, **options: Any) -> None:
        rows = [row for encoder in recall.active_encoders() for row in recall.check(encoder, queries, k)]
        if not rows:
            raise CommandError("Nothing is indexed yet, so there is nothing to measure. Add a picture first.")
        if options["json"]:
            self.stdout.write(json.dumps({"k": k, "queries": queries, "rows": [asdict(row) for row in rows]}))
        else:
            self.stdout.write(as_table(rows, k))


def as_table(rows: Sequence[recall.Recall], k: int) -> str:
    head = ["space", "filter", "items", "kept", "path", f"recall@{k}", "ms"]
    cells = [
        [
            *(row.space, row.filter, str(row.items), f"{row.share:.1%}", row.path),
            *(f"{row.recall:.3f}", f"{row.median_ms:.1f}"),
        ]
        for row in rows
    ]
    return table(head, cells, left=2)
