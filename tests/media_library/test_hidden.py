"""Hidden messages: drawn as they are asked for, seen as numbers, read back."""

from __future__ import annotations

import io

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from PIL import Image

from media_library.evaluation import messages
from media_library.hidden import drawing, reading, seeing
from media_library.lmm import fake, retrying
from media_library.lmm.base import Away, Picture
from media_library.ocr.fake import draw
from tests.api_client import client_of, error

pytestmark = pytest.mark.django_db

QUERY = {"text": "Meet me", "size": "40", "ink": "#73D955", "ground": "#7ED957"}


def png(picture: Image.Image) -> SimpleUploadedFile:
    out = io.BytesIO()
    picture.save(out, "PNG")
    return SimpleUploadedFile("hidden.png", out.getvalue(), content_type="image/png")


# --- Drawing -----------------------------------------------------------------------------------------------


def test_a_message_has_its_two_colours_and_those_between(db):
    picture = drawing.draw(drawing.Message("Meet me at the harbour"))
    colours = {colour for _, colour in picture.getcolors(4096)}
    assert {(0x73, 0xD9, 0x55), (0x7E, 0xD9, 0x57)} <= colours
    assert all(0x73 <= red <= 0x7E and green == 0xD9 and 0x55 <= blue <= 0x57 for red, green, blue in colours)


def test_a_long_message_is_broken_into_lines(db):
    picture = drawing.draw(drawing.Message("word " * 50, size=24))
    assert picture.width < drawing.WIDEST + 100 and picture.height > 4 * 24


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"text": " \0 "}, "Write a message"),
        ({"text": "x" * 301}, "at most 300"),
        ({"size": 5}, "font size from 10"),
        ({"size": 500}, "font size from 10"),
        ({"ink": "green"}, "is not a colour"),
        ({"ink": "#7ed957"}, "The two colours are the same"),
        ({"text": "W" * 200, "size": 96}, "Choose a smaller font"),
        ({"text": "漢"}, "The font has no"),
    ],
)
def test_what_cannot_be_drawn_is_told_on_the_page_and_by_the_api(user, changes, says):
    with pytest.raises(drawing.CannotDraw, match=says):
        drawing.draw(drawing.Message(**{"text": "Meet me", **changes}))
    asked = {**QUERY, **{name: str(value) for name, value in changes.items()}}
    page = Client().get("/hidden-message/", asked)
    assert page.status_code == 400 and says in page.content.decode()
    assert Client().get("/hidden-message/message.png", asked).status_code == 400
    assert error(client_of(user).post("/api/v1/hidden-messages/draw/", asked, format="json"), 400)


# --- Seeing ------------------------------------------------------------------------------------------------


def test_what_no_eye_sees_is_black_on_white():
    picture = drawing.draw(drawing.Message("Meet me", ink="#808080", ground="#818080"))
    pixels = np.asarray(seeing.distance(picture))
    assert pixels.min() == 0 and pixels.max() == 255 and 0.02 < (pixels < 128).mean() < 0.3
    red, green, blue = (np.asarray(view.picture) for view in seeing.views(picture)[2:])
    assert (red < 128).any() and not (red < 128).all()
    assert (green == 255).all() and (blue == 255).all()
    fixed = seeing.views(picture, threshold=0x81)[2]
    assert fixed.name == "Red from 129"


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGBA", "I;16", "CMYK", "F"])
def test_every_mode_and_one_colour_can_be_looked_at(mode):
    picture = seeing.fit(Image.new(mode, (40, 30)))
    assert picture.mode == "RGB"
    assert all(view.picture.size == picture.size for view in seeing.views(picture))


# --- Reading -----------------------------------------------------------------------------------------------


@pytest.fixture
def secret() -> Image.Image:
    """What the fake reader of these tests reads, in two colours that are one apart."""
    plain = np.asarray(draw("Meet me at the harbour").convert("L"))
    shades = np.where(plain[..., None] > 127, (126, 217, 87), (125, 217, 87)).astype(np.uint8)
    return Image.fromarray(shades)


def test_the_reader_reads_what_was_made_plain(monkeypatch):
    cells = draw("Meet me at the harbour")
    # The background is the commoner of its two colours, whichever that is.
    light = np.asarray(cells.convert("L")) > 127
    ground, ink = ((126, 217, 87), (125, 217, 87))
    pixels = np.where((light if light.mean() > 0.5 else ~light)[..., None], ground, ink).astype(np.uint8)
    # The fake reads cells of a whole picture, which may be neither cut out nor framed, and knows black from white.
    told = (lambda seen: seen) if light.mean() > 0.5 else (lambda seen: Image.fromarray(255 - np.asarray(seen)))
    monkeypatch.setattr(reading, "plain", lambda picture, copies=1: told(seeing.distance(picture)))
    assert reading.read_here(Image.fromarray(pixels)) == "Meet me at the harbour"


def test_what_is_made_plain_is_cut_out_enlarged_and_copied():
    picture = drawing.draw(drawing.Message("Now", size=14))
    once, thrice = reading.plain(picture), reading.plain(picture, copies=3)
    assert once.height == thrice.height and 1.5 < thrice.width / once.width < 3
    assert min(once.get_flattened_data()) < 30 and once.getpixel((0, 0)) == 255
    assert reading.plain(Image.new("RGB", (90, 60), "red")).getextrema() == (255, 255)


@pytest.mark.encoder
def test_the_real_reader_reads_the_courses_greens(settings):
    settings.SIGHTLINE_OCR = "rapidocr"
    for message in (drawing.Message("The treasure lies under the old oak"), drawing.Message("Meet me at 7", size=18)):
        assert reading.read_here(drawing.draw(message)) == message.text


def test_the_model_gets_the_picture_and_what_stands_out_and_tells_as_data(settings, user, secret, monkeypatch):
    settings.SIGHTLINE_LMM = "fake"
    monkeypatch.setattr(retrying, "sleep", lambda seconds: None)
    fake.script.clear()
    fake.asked.clear()
    fake.script.extend(['{"message": "Meet  me"}', '{"message": 7}', Away("Gone."), Away("Gone."), Away("Gone.")])
    assert reading.read(user, secret) == reading.Found("Meet me", "fake")
    (asked,) = fake.asked
    pictures = [part for part in asked.turns[0].parts if isinstance(part, Picture)]
    assert [part.mime_type for part in pictures] == ["image/png", "image/png"] and asked.schema
    # Anything that goes wrong with it is told, and the reader reads.
    for words in ("another form", "Gone."):
        found = reading.read(user, secret, fresh=True)
        assert found.by == "reader" and words in found.problem


# --- Pages and API -----------------------------------------------------------------------------------------


def test_the_page_shows_the_picture_and_how_a_model_sees_it():
    page = Client().get("/hidden-message/", QUERY).content.decode()
    assert page.count("data:image/png;base64,") == 6 and "Distance from the background" in page
    file = Client().get("/hidden-message/message.png", QUERY)
    assert file["Content-Type"] == "image/png"
    with Image.open(io.BytesIO(file.content)) as picture:
        assert picture.getpixel((0, 0)) == (0x7E, 0xD9, 0x57)


def test_reading_is_for_who_is_signed_in_and_uploads_are_looked_at(browser, user, make_item, other_user):
    assert Client().post("/hidden-message/", {**QUERY, "read": "1"})["Location"].startswith("/sign-in/")
    page = browser(user).post("/hidden-message/", {**QUERY, "read": "1"}).content.decode()
    assert "Read by the reader" in page
    page = browser(user).post("/hidden-message/", {"file": png(Image.new("RGB", (50, 40), "red")), "read": "1"})
    assert "No message was found" in page.content.decode()
    item = make_item("red")
    assert browser(user).get(f"/hidden-message/?item={item.pk}").status_code == 200
    assert browser(other_user).get(f"/hidden-message/?item={item.pk}").status_code == 404


@pytest.mark.parametrize("content", [b"", b"no picture", b"\x89PNG\r\n\x1a\n" + b"\0" * 50, b"GIF89a"])
def test_what_is_no_picture_is_told(browser, user, content):
    file = SimpleUploadedFile("x.png", content)
    assert browser(user).post("/hidden-message/", {"file": file}).status_code in (200, 400)
    response = client_of(user).post("/api/v1/hidden-messages/read/", {"file": SimpleUploadedFile("x.png", content)})
    assert error(response, 400)


@pytest.mark.parametrize(
    "query", [{"item": "x"}, {"threshold": "300"}, {"size": "9" * 50}, {"text": "a\0"}, {"ink": ""}]
)
def test_hostile_values_never_break_the_page(query):
    assert Client().get("/hidden-message/", {**QUERY, **query}).status_code in (200, 400, 404)


def test_the_api_draws_and_reads(user):
    api = client_of(user)
    drawn = api.post("/api/v1/hidden-messages/draw/", {"text": "Meet me"}, format="json")
    assert drawn["Content-Type"] == "image/png"
    read = api.post("/api/v1/hidden-messages/read/", {"file": SimpleUploadedFile("x.png", drawn.content)}).json()
    assert read.keys() == {"message", "read_by", "problem"} and read["read_by"] == "reader"
    assert error(client_of().post("/api/v1/hidden-messages/read/"), 401)


# --- The measure -------------------------------------------------------------------------------------------


def test_the_measure_draws_the_same_again_and_counts_mistakes(settings, capsys):
    settings.SIGHTLINE_OCR = "off"
    assert list(messages.cases(20, 3)) == list(messages.cases(20, 3)) != list(messages.cases(20, 4))
    assert [messages.distance(*pair) for pair in (("", ""), ("abc", "abd"), ("abc", ""), ("ab", "ba"))] == [0, 1, 3, 2]
    call_command("evaluate_reader", "messages", "--count", "3", "--json")
    told = capsys.readouterr().out
    assert '"exact": 0.0' in told and '"count": 3' in told
    with pytest.raises(CommandError, match="--count"):
        call_command("evaluate_reader", "messages", "--count", "0")
