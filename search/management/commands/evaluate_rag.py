"""`manage.py evaluate_rag QUESTIONS.json`"""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.test.utils import override_settings

from search import spaces
from search.rag import evaluation

LINE = "{:44.44} {:>6} {:>9} {:>5} {:>8}"


class Command(BaseCommand):
    help = (
        "Ask the library questions whose answers are known, and measure: recall of retrieval, precision of citations, "
        "answers that hold the expected facts, latency."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("questions", type=Path, help="JSON file; docs/evaluation.md has its form")
        parser.add_argument("--user", help="ask as this user (default: the first superuser)")
        parser.add_argument(
            "--beside",
            action="append",
            default=[],
            metavar="SETTING=VALUE",
            help="compare with another value of a setting, as SIGHTLINE_LMM=reader or SIGHTLINE_RAG_SOURCES=4; "
            "several make one comparison",
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        user = self._user(options["user"])
        try:
            questions = evaluation.read(options["questions"])
            other = dict(_setting(each) for each in options["beside"])
        except evaluation.QuestionsError as error:
            raise CommandError(str(error)) from error
        spaces.warm()
        measured = {"as it is": list(evaluation.ask(user, questions))}
        if other:
            with ExitStack() as stack:
                stack.enter_context(override_settings(**other))
                measured[", ".join(options["beside"])] = list(evaluation.ask(user, questions))
        if options["json"]:
            found = {name: evaluation.summary(given) for name, given in measured.items()}
            self.stdout.write(json.dumps(found if other else found["as it is"]))
            return
        self.stdout.write(LINE.format("question", "recall", "citations", "facts", "ms"))
        for each in measured["as it is"]:
            self.stdout.write(
                LINE.format(
                    each.expected.question,
                    f"{each.recall:.2f}" if each.expected.expect else ("–" if not each.found else "found"),
                    f"{each.precision:.2f}" if each.cited and each.expected.expect else "–",
                    ("yes" if each.has_facts else "no") if each.expected.facts else "–",
                    f"{each.seconds * 1000:.0f}",
                )
            )
        for name, given in measured.items():
            self.stdout.write(f"\n{name}:")
            for figure, value in evaluation.summary(given).items():
                self.stdout.write(f"  {figure.replace('_', ' '):20} {'–' if value is None else value}")

    def _user(self, name: str | None) -> Any:
        people = get_user_model().objects
        user = people.filter(username=name).first() if name else people.filter(is_superuser=True).order_by("pk").first()
        if user is None:
            raise CommandError(f"There is no user {name}." if name else "Name whoever asks with --user.")
        return user


def _setting(written: str) -> tuple[str, Any]:
    name, equals, value = written.partition("=")
    if not equals or not hasattr(settings, name):
        raise CommandError(f"“{written}” is not SETTING=VALUE of a setting that there is.")
    kind = type(getattr(settings, name))
    try:
        return name, kind(value)
    except (TypeError, ValueError) as error:
        raise CommandError(f"{name} cannot be “{value}”.") from error
