"""Gemini's real SDK against a server that speaks its protocol: what is sent, what comes back, what goes wrong."""

from __future__ import annotations

import base64
import json
import threading
import time
from decimal import Decimal

import pytest
from pydantic import BaseModel

from media_library.lmm.base import (
    Away,
    Blocked,
    CutOff,
    Data,
    Malformed,
    NotConfigured,
    Picture,
    Refused,
    Reply,
    Request,
    Turn,
    Words,
)
from media_library.lmm.gemini import Gemini
from tests import gemini_server as server
from tests.media_library.lmm.conftest import MODEL


class Cat(BaseModel):
    name: str
    lives: int | None = None


ASK = Request("ask", (Turn("person", (Words("What is this?"),)),))
AS_JSON = Request("ask", ASK.turns, schema=Cat)


@pytest.fixture
def model(gemini) -> Gemini:
    return Gemini("a-key", MODEL, base=gemini.url, timeout_s=60)


def both(model: Gemini, request: Request = ASK):
    """Either way of asking, each as a function."""
    return [lambda: model.ask(request), lambda: list(model.stream(request))[-1]]


def test_pictures_data_and_words_go_out_with_everything_that_is_set(gemini):
    model = Gemini("a-key", MODEL, base=gemini.url, temperature=0.25, safety="block_only_high", timeout_s=60)
    gemini.answers.append(server.say('{"name": "Tom"}'))
    turns = (
        Turn("person", (Picture(b"pixels", "image/webp"), Data("file name", "a.png"), Words("Who?"))),
        Turn("model", (Words("Tom."),)),
        Turn("person", (Words("How old?"),)),
    )
    reply = model.ask(Request("ask", turns, "Be short.", schema=Cat, max_tokens=500))
    (asked,) = gemini.asked
    assert asked.path.startswith(f"/v1beta/models/{MODEL}:generateContent")
    assert asked.headers["x-goog-api-key"] == "a-key"
    assert "a-key" not in asked.path
    assert [turn["role"] for turn in asked.body["contents"]] == ["user", "model", "user"]
    picture = asked.body["contents"][0]["parts"][0]["inlineData"]
    assert base64.b64decode(picture["data"]) == b"pixels" and picture["mimeType"] == "image/webp"
    system = asked.body["systemInstruction"]["parts"][0]["text"]
    assert system.startswith("Be short.") and "never follow them" in system
    config = asked.body["generationConfig"]
    assert config["temperature"] == 0.25 and config["maxOutputTokens"] == 500
    assert config["responseMimeType"] == "application/json"
    assert set(config["responseSchema"]["properties"]) == {"name", "lives"}
    assert config["responseSchema"]["required"] == ["name"]
    assert len(asked.body["safetySettings"]) == 4
    assert reply.data == Cat(name="Tom")


def test_a_stream_comes_in_pieces_and_ends_with_the_whole_and_its_cost(gemini, model):
    said, heard = [], threading.Semaphore(0)
    gemini.answers.append(server.say("Ein ", "Kätz", 'chen. [x] {y} "z"', heard=heard))
    for each in model.stream(ASK):
        said.append(each)
        heard.release()  # the next one is not sent before
    *pieces, reply = said
    assert pieces == ["Ein ", "Kätz", 'chen. [x] {y} "z"']
    assert isinstance(reply, Reply) and reply.text == 'Ein Kätzchen. [x] {y} "z"'
    # Ten of the tokens were thought, not said: they are paid for, too.
    assert (reply.tokens_in, reply.tokens_out) == (100, 30)
    assert reply.cost == Decimal("0.000105")


@pytest.mark.parametrize("way", [0, 1])
@pytest.mark.parametrize(
    ("answer", "error", "says"),
    [
        (server.refuse(429, headers={"Retry-After": "7"}), Away, "more than it takes"),
        (server.refuse(500), Away, "out of order"),
        (server.refuse(503), Away, "out of order"),
        (server.silent(2), Away, "in time"),
        (server.broken(), Away, "cannot be read"),
        (server.broken(b"<html>a proxy</html>"), Away, "cannot be read"),
        (server.broken(b""), Away, "cannot be read"),
        (server.blocked(), Blocked, "would not look"),
        (server.say("As I was", finish=server.SAFETY), Blocked, "stopped its answer"),
        (server.say("", finish=server.MAX_TOKENS), CutOff, "before it began"),
        (server.say(" ", finish=server.STOP), Malformed, "empty answer"),
        (server.refuse(400, "API key not valid. Please pass a valid API key."), NotConfigured, "GOOGLE_API_KEY"),
        (server.refuse(403, "Forbidden"), NotConfigured, "GOOGLE_API_KEY"),
        (server.refuse(404, "no such model"), NotConfigured, "SIGHTLINE_LMM_MODEL"),
        (server.refuse(400, "Unable to process input image."), Refused, "Unable to process"),
    ],
)
def test_what_goes_wrong_is_told_by_its_kind_in_a_sentence(gemini, model, way, answer, error, says):
    if says == "in time":
        model._timeout_s = 0.7
    gemini.answers.append(answer)
    with pytest.raises(error) as raised:
        both(model)[way]()
    assert type(raised.value) is error
    assert says in raised.value.message and raised.value.message.endswith((".", "!"))
    assert len(gemini.asked) == 1  # The SDK does not try again by itself: we count, and pause, ourselves.


def test_it_says_how_long_to_wait_by_header_or_body(gemini, model):
    info = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "17.5s"}
    gemini.answers += [server.refuse(429, headers={"Retry-After": "7"}), server.refuse(429, details=[info])]
    for way, seconds in zip(both(model), (7, 17.5), strict=True):
        with pytest.raises(Away) as raised:
            way()
        assert raised.value.retry_after == seconds


def test_a_server_that_is_not_there(model, unused_port=9):
    away = Gemini("a-key", MODEL, base=f"http://127.0.0.1:{unused_port}", timeout_s=60)
    for way in both(away):
        with pytest.raises(Away, match="cannot be reached"):
            way()


def test_what_was_said_before_it_broke_off_is_kept(gemini, model):
    gemini.answers.append(server.breaking_off("Half of ", "an answer"))
    with pytest.raises(Away) as raised:
        list(model.stream(ASK))
    assert raised.value.text == "Half of an answer"


def test_a_trickle_ends_at_the_limit_of_the_whole(gemini, model):
    model._timeout_s = 0.6
    gemini.answers.append(server.trickle(100))
    begun = time.monotonic()
    with pytest.raises(Away, match="did not finish") as raised:
        list(model.stream(ASK))
    assert time.monotonic() - begun < 60
    assert raised.value.text.startswith("aaa")


def test_a_long_answer_is_cut_off_and_says_so(gemini, model):
    gemini.answers += [server.say("It begins", finish=server.MAX_TOKENS)] * 2
    for way in both(model):
        reply = way()
        assert (reply.text, reply.finish) == ("It begins", "cut-off")
    gemini.answers += [server.say('{"name": "To', finish=server.MAX_TOKENS)]
    with pytest.raises(CutOff) as raised:
        model.ask(AS_JSON)
    assert raised.value.text == '{"name": "To'


@pytest.mark.parametrize(
    "text",
    ["Tom", "{", "[]", "null", '{"name": 3}', '{"name": "Tom", "lives": "many"}', "[" * 5000, '{"lives": 9}'],
)
def test_a_reply_that_is_not_the_json_that_was_asked_for(gemini, model, text):
    gemini.answers.append(server.say(text))
    with pytest.raises(Malformed) as raised:
        model.ask(AS_JSON)
    assert raised.value.text == text
    assert raised.value.tokens_in == 100  # It is paid for all the same.


def test_json_in_a_fence_is_json(gemini, model):
    gemini.answers.append(server.say("```json\n" + json.dumps({"name": "Tom", "lives": 9}) + "\n```"))
    assert model.ask(AS_JSON).data == Cat(name="Tom", lives=9)


def test_lone_surrogates_of_file_names_are_sent_as_something(gemini, model):
    gemini.answers.append(server.say("Yes."))
    model.ask(Request("ask", (Turn("person", (Data("file name", "a\udcff.png"), Words("?"))),)))
    assert "a?.png" in gemini.asked[0].texts[0]


def test_settings_that_cannot_be(gemini):
    with pytest.raises(NotConfigured, match="GOOGLE_API_KEY"):
        Gemini("", MODEL)
    with pytest.raises(NotConfigured, match="SIGHTLINE_LMM_SAFETY"):
        Gemini("a-key", MODEL, safety="maximal")
