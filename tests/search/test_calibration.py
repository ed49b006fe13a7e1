"""From which similarity on a match is believed: learnt from the library, and learnt anew as it changes."""

import io

import numpy as np
import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bench.library import sentences
from media_library import pipeline
from media_library.demo import loading
from media_library.demo.photographs import PHOTOGRAPHS
from search import background, calibration, evaluation, indexing, retrieval, spaces
from search.encoders import registry
from search.models import Embedding, Encoder, Space
from search.query import Query

WORDS, DIMENSIONS = 330, 96
OFF_TOPIC = django_settings.BASE_DIR / "bench" / "queries" / "off_topic.json"


def unit(rows):
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture(scope="module")
def space():
    """Words, other words, and things, all of them strangers to each other, in a space with a common direction."""
    rng = np.random.default_rng(7)
    common = rng.normal(size=DIMENSIONS) * 0.5

    def draw(count):
        return unit(rng.normal(size=(count, DIMENSIONS)) + common)

    return draw(WORDS), draw(4_000), draw(6_000)


def found(rows, words, queries, level):
    """For how many of `queries` something among `rows` stands out, as a share."""
    above = rows @ queries.T - (rows @ words.T).mean(axis=1)[:, None]
    return (above.max(axis=0) >= level).mean()


# --- The level -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [20, 300, 4_000])
def test_strangers_are_found_as_seldom_as_it_says_whatever_the_size(space, size):
    words, queries, things = space
    level = calibration.level(things[:size], words, size)
    assert calibration.CHANCE / 3 < found(things[:size], words, queries, level) < calibration.CHANCE * 2


def test_it_rises_with_the_library(space):
    words, _, things = space
    levels = [calibration.level(things[:size], words, size) for size in (20, 100, 500, 2_500)]
    assert levels == sorted(levels)
    assert levels[-1] > levels[0] * 1.2


def test_a_sample_tells_what_all_would(space):
    words, _, things = space
    whole = calibration.level(things, words, len(things))
    assert calibration.level(things[:1_000], words, len(things)) == pytest.approx(whole, rel=0.04)
    assert calibration.level(things[:1_000], words, 1_000) < whole


def test_a_library_that_holds_the_background_words_still_finds_them(space):
    """What is really there is no noise: a level from the words one by one would lie above every match."""
    words, _, things = space
    held = unit(words[: WORDS // 2] + 0.1 * things[: WORDS // 2])
    rows = np.vstack([held, things[:1_000]])
    level = calibration.level(rows, words, len(rows))
    assert found(rows, words, words[: WORDS // 2], level) > 0.95
    assert found(rows, words, words[WORDS // 2 :], level) < 0.1
    one_by_one = (rows @ words.T - (rows @ words.T).mean(axis=1)[:, None]).max(axis=0)
    assert np.quantile(one_by_one, 1 - calibration.CHANCE) > level * 1.3


def test_vectors_that_are_like_nothing_keep_a_level():
    rows, words = np.eye(8, dtype=np.float32)[:2].repeat(20, 0), np.eye(8, dtype=np.float32)[4:]
    assert calibration.level(rows, words, 40) == calibration.LEAST_LEVEL


# --- Measured when it is due -----------------------------------------------------------------------------


@pytest.fixture
def library(make_item):
    """Thirty pictures, not calibrated yet; returns both encoders."""
    for number in range(30):
        make_item(("red", "blue", "green")[number % 3], seed=number, name=f"{number}.png", ready=False)
    for item_id in list(pipeline.MediaItem.objects.values_list("pk", flat=True)):
        pipeline.process(item_id)
    indexing.embed_pending()
    return [Encoder.objects.active(space) for space in (Space.VISUAL, Space.TEXT)]


@pytest.mark.parametrize(
    ("measured_at", "vectors", "expected"),
    [
        (None, 19, False),
        (None, 20, True),
        (100, 119, False),
        (100, 120, True),
        (100, 81, False),
        (100, 80, True),
        (22, 19, True),
    ],
)
def test_it_is_due_after_a_fifth(measured_at, vectors, expected):
    encoder = Encoder(calibration=measured_at and {"level": 0.3, "segments": measured_at})
    assert calibration.due(encoder, vectors) is expected


def test_the_worker_measures_it_by_itself(library):
    assert [calibration.certain(encoder) for encoder in library] == [None, None]
    indexing.embed_missing()
    for encoder in library:
        encoder.refresh_from_db()
        rows = np.array([row.vector for row in Embedding.objects.filter(encoder=encoder)], np.float32)
        words = spaces.load(encoder.spec).encode_texts(background.BACKGROUND)
        assert calibration.certain(encoder) == pytest.approx(calibration.level(rows, words, 30), abs=1e-3)
        assert encoder.calibration["segments"] == 30
    before = library[0].calibration
    indexing.embed_missing()
    library[0].refresh_from_db()
    assert library[0].calibration == before


def test_a_library_that_became_too_small_forgets_it(library):
    encoder = library[0]
    assert calibration.refresh(encoder)
    kept = Embedding.objects.filter(encoder=encoder).values("pk")[:10]
    Embedding.objects.filter(encoder=encoder).exclude(pk__in=list(kept.values_list("pk", flat=True))).delete()
    assert calibration.refresh(encoder)
    encoder.refresh_from_db()
    assert encoder.calibration is None
    assert not calibration.refresh(encoder)


def test_a_new_encoder_has_its_own_before_it_serves(library, settings, monkeypatch):
    settings.SIGHTLINE_TEXT_ENCODER = "fake:visual"
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    serving = []
    switch_to = spaces.switch_to
    monkeypatch.setattr(
        spaces, "switch_to", lambda encoder: (serving.append(encoder.calibration), switch_to(encoder))[1]
    )
    indexing.embed_missing()
    assert [calibrated["segments"] for calibrated in serving] == [30]
    assert Encoder.objects.active(Space.TEXT).spec == "fake:visual"


# --- What search makes of it -----------------------------------------------------------------------------


def sure(words, user):
    return retrieval.search(Query(words=words), user).standing_out


def test_search_believes_what_reaches_the_level(library, user):
    assert sure("scarlet", user) == 10
    for level, expected in ((3.0, 0), (0.3, 10)):
        Encoder.objects.update(calibration={"level": level, "segments": 30})
        assert sure("scarlet", user) == expected


def test_a_search_asks_the_database_no_more_for_it(library, user):
    def statements():
        with CaptureQueriesContext(
            connection,
        ) as asked:
            sure("scarlet", user)
        return len(asked)

    statements()
    before = statements()
    indexing.embed_missing()
    assert statements() == before


def test_the_admin_tells_it_beside_the_encoder(library, client, staff_user):
    client.force_login(staff_user)
    url = reverse("admin:search_encoder_changelist")
    assert "Not calibrated yet" in client.get(url).content.decode()
    Encoder.objects.update(calibration={"level": 0.30467, "segments": 12345})
    assert "from 0.305 on, calibrated at 12,345 segments" in client.get(url).content.decode()


@pytest.mark.django_db
def test_the_command_measures_at_once_and_says_what(request):
    with pytest.raises(CommandError, match="Nothing has been indexed yet"):
        call_command("calibrate")
    request.getfixturevalue("library")
    out = io.StringIO()
    call_command("calibrate", stdout=out)
    assert out.getvalue().count("measured on 30 segments") == 2
    Embedding.objects.all().delete()
    call_command("calibrate", stdout=out)
    assert out.getvalue().count("fewer than 20 vectors") == 2
    assert not Encoder.objects.exclude(calibration=None).exists()


# --- With the real encoders ------------------------------------------------------------------------------


@pytest.mark.encoder
def test_among_many_sentences_off_topic_queries_still_find_nothing():
    """Three hundred sentences about programming: enough that the constant lets half of the queries through."""
    model = registry.load("sentence:minilm")
    words = background.vectors(model.text_key, model.encode_texts)
    rows = model.encode_texts(sentences()[::40][:300])
    queries = model.encode_texts([labelled.words for labelled in evaluation.read_labels(OFF_TOPIC)])
    means, spreads = background.against(rows, words)
    by_constant = (((rows @ queries.T - means[:, None]) / spreads[:, None]).max(axis=0) >= background.CERTAIN).mean()
    by_level = found(rows, words, queries, calibration.level(rows, words, len(rows)))
    assert by_level <= 0.08 < 0.35 < by_constant


@pytest.mark.encoder
@pytest.mark.django_db
def test_off_topic_queries_find_nothing_in_the_demo_and_others_what_they_should(settings, no_queue):
    settings.SIGHTLINE_VISUAL_ENCODER, settings.SIGHTLINE_TEXT_ENCODER = "pocket", "sentence:minilm"
    for item_id in loading.load(list(PHOTOGRAPHS)):
        pipeline.process(item_id)
    indexing.embed_pending()
    indexing.embed_missing()
    viewer = loading.owner()
    off_topic = evaluation.read_labels(OFF_TOPIC)
    assert len(off_topic) >= 60
    assert evaluation.summary(list(evaluation.ask(off_topic, viewer, depth=1)), [1])["nothing"] >= 0.88
    wanted = [
        labelled
        for labelled in evaluation.read_labels(OFF_TOPIC.with_name("demo.json"))
        if not labelled.kind and labelled.expect
    ]
    on_topic = evaluation.summary(list(evaluation.ask(wanted, viewer, depth=10)), [1, 5])
    assert on_topic["sure"] >= 0.85
    assert on_topic["mrr"] >= 0.75
