"""Two at once: somebody drops what was read, or lets another reading count, while a worker ends one."""

from __future__ import annotations

import json
import threading

import pytest
from django.db import connection

from media_library.extracting import corrections, readings, runs, writing
from media_library.lmm.base import Away
from media_library.models import Extraction, ExtractionState, Invoice, MediaItem

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("said")]

READ = {
    "invoice": {"kind": "invoice", "total": "5.00", "vendor": "Acme"},
    "table": {"tables": [{"rows": 1, "columns": 1, "cells": [{"row": 0, "column": 0, "text": "4"}]}]},
}


def _thread(work, problems: list[BaseException]) -> threading.Thread:
    def run() -> None:
        try:
            work()
        except BaseException as error:
            problems.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.mark.parametrize("kind", ["invoice", "table"])
def test_what_is_dropped_while_it_comes_to_count_is_gone(make_item, user, said, monkeypatch, kind):
    item = make_item("red")
    said.script.append(json.dumps(READ[kind]))
    runs.ask_for(user, item, "fake", kind)
    stored, commit, problems = threading.Event(), threading.Event(), []
    take = readings.take

    def slowly(extraction: Extraction) -> None:
        take(extraction)
        stored.set()
        assert commit.wait(60)

    monkeypatch.setattr(readings, "take", slowly)
    worker = _thread(lambda: runs.extract_pending(by_model=True), problems)
    assert stored.wait(60)
    person = _thread(lambda: readings.forget(item, kind), problems)
    # It has to wait for the worker, which is about to commit.
    person.join(0.5)
    assert person.is_alive()
    commit.set()
    worker.join(30), person.join(30)
    assert not problems
    assert not Extraction.objects.exists()
    assert not Invoice.objects.exists()


@pytest.mark.parametrize("kind", ["invoice", "table"])
def test_choosing_what_somebody_has_dropped_changes_nothing(make_item, user, said, kind):
    item = make_item("red")
    said.script.append(json.dumps(READ[kind]))
    runs.ask_for(user, item, "fake", kind)
    runs.extract_pending(by_model=True)
    read = Extraction.objects.get()
    readings.forget(item, kind)
    readings.choose(read)
    assert readings.chosen(item, kind) is None
    if kind == "table":
        # What a person put right on a page that is still open is kept, and counts for nothing.
        made, _ = corrections.correct(user, read, {"0.0.0": "5"})
        assert (made.chosen, writing.read(made).tables[0].at(0, 0).text) == (False, "5")
        MediaItem.objects.all().delete()
        with pytest.raises(corrections.BadValue, match="removed meanwhile"):
            corrections.correct(user, read, {"0.0.0": "6"})


def test_who_rests_leaves_alone_what_another_worker_has_ended(make_item, user, monkeypatch):
    made = runs.ask_for(user, make_item("red"), "fake", "table")

    def ended_by_another(*args, **kwargs):
        Extraction.objects.update(state=ExtractionState.DONE, attempts=0, data=READ["table"], problem="")
        raise Away("It is away.")

    monkeypatch.setattr(runs.lmm, "ask", ended_by_another)
    assert runs.extract_pending(by_model=True) == 0
    made.refresh_from_db()
    assert (made.state, made.attempts, made.problem, made.data) == (ExtractionState.DONE, 0, "", READ["table"])
