"""Questions to the library that a table answers."""

from __future__ import annotations

import json

import pytest

from media_library.models import Extraction
from search.rag import answering
from search.rag.answering import Question
from search.rag.tables import NOTICE

pytestmark = pytest.mark.usefixtures("db")

ROWS = (("Business", "Revenue 2024", "Revenue 2025"), ("Acme", "€ 100", "€ 150"), ("Umbra", "€ 400", "€ 440"))


@pytest.fixture
def figures(make_item):
    item = make_item("red", title="Revenue of every business", caption="Growth and revenue of the businesses")
    cells = [
        {
            "row": row,
            "column": column,
            "text": text,
            "box": {"page": 1, "left": column / 4, "top": row / 4, "right": column / 4 + 0.2, "bottom": row / 4 + 0.1},
        }
        for row, texts in enumerate(ROWS)
        for column, text in enumerate(texts)
    ]
    data = {"tables": [{"rows": 3, "columns": 3, "cells": cells}]}
    Extraction.objects.create(item=item, kind="table", provider="reader", state="done", chosen=True, data=data)
    return item


def test_the_reader_computes_and_cites_the_cells(figures, user, settings):
    settings.SIGHTLINE_LMM = "reader"
    _, answered = answering.whole(user, Question("Which business has the highest revenue growth?"))
    assert answered.message.text.startswith("Acme: 50 %")
    assert NOTICE in answered.message.text
    (citation,) = answered.message.citations
    assert (citation["item"], citation["place"]) == (str(figures.pk), "table 1")
    assert citation["box"] == pytest.approx([0.25, 0.25, 0.7, 0.35])
    assert citation["shown"]
    assert citation["url"].startswith(f"/items/{figures.pk}/table/?table=1&q=Which")


@pytest.mark.parametrize("question", ["What colour is the business?", "What is the total of the eclipse?"])
def test_what_the_table_does_not_tell_is_quoted_as_before(figures, user, settings, question):
    settings.SIGHTLINE_LMM = "reader"
    _, answered = answering.whole(user, Question(question))
    assert NOTICE not in answered.message.text


def test_somebody_else_is_told_nothing_of_it(figures, other_user, settings):
    settings.SIGHTLINE_LMM = "reader"
    _, answered = answering.whole(other_user, Question("Which business has the highest revenue growth?"))
    assert "Acme" not in answered.message.text


def test_a_model_is_given_the_table(figures, user, said):
    said.script.append("Acme went from € 100 to € 150 [1].")
    _, answered = answering.whole(user, Question("Which business has the highest revenue growth?"))
    assert "| Acme | € 100 | € 150 |" in json.dumps(
        [str(part) for part in said.asked[-1].turns[-1].parts], ensure_ascii=False
    )
    assert answered.message.text.endswith("[1].")
