"""What stands between a question and a model: cache, circuit, limit of the day, attempts, records, connections."""

from __future__ import annotations

import threading
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.core.checks import run_checks
from django.db import connection
from pydantic import BaseModel

from media_library import lmm
from media_library.lmm import calls, circuit, fake, pricing, replies
from media_library.lmm.base import (
    Away,
    Blocked,
    Data,
    NotConfigured,
    OverBudget,
    Picture,
    Reply,
    Request,
    Turn,
    Words,
)
from media_library.models import LmmCall
from tests import gemini_server as server

pytestmark = pytest.mark.django_db


def request(question: str = "What is this?", **details) -> Request:
    return Request("ask", (Turn("person", (Words(question),)),), **details)


@pytest.fixture
def said(settings):
    settings.SIGHTLINE_LMM = "fake"
    fake.script.clear()
    fake.asked.clear()
    yield fake
    fake.script.clear()


# --- Attempts, with the real SDK -------------------------------------------------------------------------


def test_what_is_busy_is_asked_again_after_the_pause_that_it_asks_for(gemini, user):
    gemini.answers += [server.refuse(429, headers={"Retry-After": "7"}), server.refuse(503), server.say("A ", "cat.")]
    assert "".join(piece for piece in lmm.stream(user, request()) if isinstance(piece, str)) == "A cat."
    assert gemini.pauses[0] >= 7 and 1.4 < gemini.pauses[1] < 2.6
    call = LmmCall.objects.get()
    assert (call.outcome, call.attempts, call.tokens_in, call.tokens_out) == ("done", 3, 100, 30)
    assert call.cost == Decimal("0.000105") and call.latency_s > 0 and call.user == user


def test_after_three_attempts_it_is_away(gemini, user):
    gemini.answers += [server.refuse(500)] * 3
    with pytest.raises(Away):
        lmm.ask(user, request())
    assert len(gemini.asked) == 3
    assert LmmCall.objects.values_list("outcome", "attempts", "cost").get() == ("away", 3, 0)


def test_nothing_is_asked_again_once_something_was_said(gemini, user):
    gemini.answers += [server.breaking_off("Half of it"), server.say("Another answer")]
    came = []
    with pytest.raises(Away):
        for piece in lmm.stream(user, request()):
            came.append(piece)
    assert came == ["Half of it"] and len(gemini.asked) == 1


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (server.blocked(), "blocked"),
        (server.say("", finish=server.MAX_TOKENS), "cut-off"),
        (server.refuse(403), "refused"),
        (server.refuse(429, headers={"Retry-After": "3600"}), "away"),
    ],
)
def test_what_asking_again_does_not_help_is_asked_once_and_recorded(gemini, user, answer, outcome):
    gemini.answers += [answer, server.say("More")]
    with pytest.raises(lmm.LmmError):
        lmm.ask(user, request())
    assert len(gemini.asked) == 1
    assert LmmCall.objects.get().outcome == outcome


# --- The circuit -----------------------------------------------------------------------------------------


def test_a_model_that_fails_is_left_alone_then_tried_by_one(said, user, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(circuit.time, "time", lambda: now[0])
    said.script.extend(Away("Gone.", retry_after=100) for _ in range(circuit.FAILURES))
    for number in range(circuit.FAILURES):
        with pytest.raises(Away, match="Gone"):
            lmm.ask(user, request(str(number)))
    with pytest.raises(Away, match="left alone") as raised:
        lmm.ask(user, request("now"))
    assert len(said.asked) == circuit.FAILURES
    assert raised.value.retry_after == circuit.FIRST_S
    # Its time is over: one asks, the others still wait.
    now[0] += circuit.FIRST_S + 1
    circuit.Circuit("fake").check()
    with pytest.raises(Away, match="left alone"):
        circuit.Circuit("fake").check()
    # The one failed, so it stays open for twice as long; the next one works, and all is forgotten.
    circuit.Circuit("fake").failed()
    with pytest.raises(Away) as raised:
        circuit.Circuit("fake").check()
    assert raised.value.retry_after == pytest.approx(2 * circuit.FIRST_S)
    now[0] += 2 * circuit.FIRST_S + 1
    assert lmm.ask(user, request("at last")).text == "You asked: at last"
    circuit.Circuit("fake").check()
    circuit.Circuit("fake").failed()
    circuit.Circuit("fake").check()


def test_a_block_is_no_failure_of_the_model(said, user):
    said.script.extend(Blocked("No.") for _ in range(circuit.FAILURES + 1))
    for number in range(circuit.FAILURES + 1):
        with pytest.raises(Blocked):
            lmm.ask(user, request(str(number)))


def test_with_the_cache_away_everything_is_asked(said, user, monkeypatch):
    for name in ("get", "add", "set", "incr", "delete", "delete_many"):
        monkeypatch.setattr(cache, name, lambda *args, **kwargs: None)
    said.script.extend([Away("Gone.")] * 3 + ["Here."])
    for _ in range(1):
        with pytest.raises(Away):
            lmm.ask(user, request())
    said.script.clear()
    assert lmm.ask(user, request()).text.startswith("You asked")


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch):
    from media_library.lmm import retrying

    monkeypatch.setattr(retrying, "sleep", lambda seconds: None)


# --- The cache -------------------------------------------------------------------------------------------


def test_the_same_question_is_answered_once_and_anew_where_that_is_wanted(said, user, other_user):
    said.script.extend(["First.", "Second."])
    assert lmm.ask(user, request()).text == "First."
    # From the cache for anybody who could have asked the same.
    again = lmm.ask(other_user, request())
    assert (again.text, again.cached, again.cost) == ("First.", True, 0)
    assert [piece for piece in lmm.stream(user, request()) if isinstance(piece, str)] == ["First."]
    assert lmm.ask(user, request(), fresh=True).text == "Second."
    assert lmm.ask(user, request()).text == "Second."
    assert LmmCall.objects.filter(cached=True, cost=0).count() == 3


class Cat(BaseModel):
    name: str


def test_whatever_changes_what_is_sent_changes_the_key():
    def turn(*parts):
        return Request("ask", (Turn("person", parts),))

    different = [
        request(),
        request("Else?"),
        request(system="Be short."),
        request(schema=Cat),
        request(max_tokens=5),
        turn(Picture(b"a"), Words("What is this?")),
        turn(Picture(b"b"), Words("What is this?")),
        turn(Picture(b"a", "image/png"), Words("What is this?")),
        turn(Data("x", "What is this?")),
        turn(Data("xWhat", " is this?")),
        turn(Words("What "), Words("is this?")),
        Request("ask", (Turn("model", (Words("What is this?"),)),)),
    ]
    keys = {replies.key_of("one", each) for each in different} | {replies.key_of("two", different[0])}
    assert len(keys) == len(different) + 1
    assert replies.key_of("one", request()) == replies.key_of("one", Request("describe", request().turns))


def test_what_was_cut_off_is_not_kept(said, user):
    said.script.append(Reply("Half", "fake", finish="cut-off"))
    assert lmm.ask(user, request()).finish == "cut-off"
    assert lmm.ask(user, request()).text == "You asked: What is this?"
    assert list(LmmCall.objects.order_by("id").values_list("outcome", flat=True)) == ["cut-off", "done"]


def test_json_is_checked_again_when_it_comes_from_the_cache(said, user):
    said.script.append('{"name": "Tom"}')
    assert lmm.ask(user, request(schema=Cat)).data == Cat(name="Tom")
    assert lmm.ask(user, request(schema=Cat)).data == Cat(name="Tom")
    assert len(said.asked) == 1


# --- The limit of the day --------------------------------------------------------------------------------


def test_everybody_has_a_limit_of_their_own(said, user, other_user, settings):
    settings.SIGHTLINE_LMM_BUDGET = Decimal("0.012")
    lmm.ask(user, request("one"))
    assert calls.spent_today(user) == fake.COST
    LmmCall.objects.create(user=user, model="fake", purpose="ask", cost=Decimal("0.010"))
    with pytest.raises(OverBudget, match=r"\$0.01"):
        lmm.ask(user, request("two"))
    assert lmm.ask(user, request("one")).cached  # What costs nothing goes on.
    lmm.ask(other_user, request("two"))
    LmmCall.objects.filter(user=user).update(created_at=calls.midnight().replace(year=2020))
    lmm.ask(user, request("two"))
    settings.SIGHTLINE_LMM_BUDGET = None
    assert calls.left_today(user) is None


def test_what_is_being_asked_counts_already(said, user, settings):
    settings.SIGHTLINE_LMM_BUDGET = Decimal("0.015")
    pieces = lmm.stream(user, request("one two three"))
    next(pieces)
    assert calls.spent_today(user) > Decimal("0.008")
    with pytest.raises(OverBudget):
        lmm.ask(user, request("two"))
    # Whoever leaves has paid what it was estimated at: nobody says what it cost.
    pieces.close()
    assert LmmCall.objects.get().outcome == "left"
    assert LmmCall.objects.get().cost > 0


def test_a_picture_and_a_text_cost_what_the_price_list_says(settings):
    price = pricing.price_of("gemini-3.5-flash-lite")
    assert price.of(1_000_000, 1_000_000) == Decimal("2.80")
    assert pricing.price_of("models/gemini-2.5-flash-lite-001") == pricing.PRICES["gemini-2.5-flash-lite"]
    assert pricing.price_of("somebody-elses") == pricing.UNKNOWN
    assert [pricing.tokens_of_picture(*size) for size in ((300, 200), (768, 768), (1536, 1000))] == [258, 258, 4 * 258]
    settings.SIGHTLINE_LMM_PRICE_IN, settings.SIGHTLINE_LMM_PRICE_OUT = Decimal(7), Decimal(9)
    assert pricing.price_of("gemini-3.5-flash-lite").of(1_000_000, 1_000_000) == 16


# --- Waiting ---------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", ["ask", "stream"])
def test_no_database_connection_is_held_while_a_model_is_waited_for(said, user, way):
    held = []

    def wait(asked):
        held.append(connection.connection)
        return "A cat."

    said.script.append(wait)
    assert connection.connection is not None
    if way == "ask":
        assert lmm.ask(user, request()).text == "A cat."
    else:
        assert [piece for piece in lmm.stream(user, request()) if isinstance(piece, str)] == ["A ", "cat."]
    assert held == [None]
    assert LmmCall.objects.get().outcome == "done"


@pytest.mark.django_db(transaction=True)
def test_a_process_does_not_wait_for_more_than_a_few_at_once(said, user):
    waiting, go = threading.Barrier(lmm.AT_ONCE + 1, timeout=60), threading.Event()

    def wait(asked):
        waiting.wait()
        go.wait(60)
        return "Done."

    def ask(number):
        try:
            lmm.ask(user, request(str(number)))
        finally:
            connection.close()

    said.script.extend([wait] * lmm.AT_ONCE)
    threads = [threading.Thread(target=ask, args=(number,)) for number in range(lmm.AT_ONCE)]
    for thread in threads:
        thread.start()
    waiting.wait()
    with pytest.raises(Away, match="Many questions") as raised:
        lmm.ask(user, request("one too many"))
    assert raised.value.retry_after
    go.set()
    for thread in threads:
        thread.join()
    assert lmm.ask(user, request("another")).text
    assert not any(thread.is_alive() for thread in threads)


# --- Settings --------------------------------------------------------------------------------------------


def test_which_one_answers(settings):
    settings.SIGHTLINE_LMM = "reader"
    assert not lmm.load().remote and not lmm.remote()
    settings.SIGHTLINE_LMM = "oracle"
    with pytest.raises(NotConfigured, match="oracle"):
        lmm.load()


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, set()),
        ({"SIGHTLINE_LMM": "oracle"}, {"lmm.E001"}),
        ({"SIGHTLINE_LMM": "gemini"}, {"lmm.W001"}),
        ({"SIGHTLINE_LMM": "gemini", "GOOGLE_API_KEY": "k", "SIGHTLINE_LMM_MODEL": "other"}, {"lmm.W002"}),
        ({"SIGHTLINE_LMM_PRICE_IN": Decimal(1)}, {"lmm.W003"}),
        ({"GOOGLE_API_BASE": "https://example.org"}, {"lmm.W004"}),
        ({"SIGHTLINE_LMM_SAFETY": "some"}, {"lmm.E002"}),
    ],
)
def test_half_set_settings_are_told_by_check(settings, changes, found):
    for name, value in changes.items():
        setattr(settings, name, value)
    assert {message.id for message in run_checks(tags=["lmm"])} == found


# --- The reader asks nobody ------------------------------------------------------------------------------


def test_the_reader_costs_nothing_and_says_so_on_record(user):
    from media_library.lmm.base import Material

    reply = lmm.ask(user, request(material=Material("a picture", "Tom")))
    assert not reply.by_lmm and "No LMM was asked" in reply.text
    assert LmmCall.objects.values_list("model", "cost", "outcome").get() == ("reader", 0, "done")
