"""`manage.py evaluate_rag`: what it counts, and what it says of a file that is none."""

from __future__ import annotations

import json

import pytest
from django.core.management import CommandError, call_command

from media_library.lmm import fake
from media_library.models import Conversation

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def questions(tmp_path):
    path = tmp_path / "questions.json"
    path.write_text(
        json.dumps(
            [
                {"question": "When was the lighthouse painted?", "expect": ["Lighthouse"], "facts": ["1988"]},
                {"question": "How high is the harbour wall?", "expect": ["Harbour"], "facts": ["7 metres"]},
                {"question": "Who invented the zeppelin?"},
            ]
        )
    )
    return path


@pytest.fixture
def library(make_item):
    make_item("red", title="Lighthouse", caption="The lighthouse was painted in 1988.")
    make_item("blue", title="Harbour", caption="The harbour wall is 5 metres high.")


def test_it_measures_what_was_found_cited_and_said(questions, library, user, settings, capsys):
    settings.SIGHTLINE_LMM = "reader"
    call_command("evaluate_rag", str(questions), "--user", user.username, "--json")
    found = json.loads(capsys.readouterr().out)
    assert found | {"latency_ms": 0} == {
        "questions": 3,
        "recall": 1.0,
        "citation_precision": 1.0,
        "facts": 0.5,
        "nothing": 1.0,
        "failed": 0,
        "latency_ms": 0,
    }
    assert not Conversation.objects.exists()


def test_two_settings_stand_side_by_side(questions, library, user, settings, capsys):
    settings.SIGHTLINE_LMM = "reader"
    fake.script.clear()
    fake.script.extend(["In 1988 [1].", "The wall is 7 metres high [1]."])
    call_command("evaluate_rag", str(questions), "--user", user.username, "--beside", "SIGHTLINE_LMM=fake", "--json")
    found = json.loads(capsys.readouterr().out)
    assert found["as it is"]["facts"] == 0.5
    assert found["SIGHTLINE_LMM=fake"]["facts"] == 1.0


@pytest.mark.parametrize(
    ("content", "options", "said"),
    [
        ("{", [], "not a list of questions"),
        ('[{"words": "x"}]', [], "not a list of questions"),
        ("[]", ["--beside", "NONSENSE=1"], "SETTING=VALUE"),
        ("[]", ["--beside", "SIGHTLINE_RAG_SOURCES=many"], "cannot be “many”"),
        ("[]", ["--user", "nobody"], "There is no user nobody"),
    ],
)
def test_what_cannot_be_measured_is_said(tmp_path, user, content, options, said):
    path = tmp_path / "questions.json"
    path.write_text(content)
    with pytest.raises(CommandError, match=said):
        call_command("evaluate_rag", str(path), "--user", user.username, *options)
