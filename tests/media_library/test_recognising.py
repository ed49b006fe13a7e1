"""Kinds of documents: recognised as items come in and afterwards, corrected by people, filtered by, read unasked."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from media_library import formats, recognising, services, text_reading
from media_library.extracting import runs, unasked
from media_library.extraction import kinds
from media_library.formats.base import Line
from media_library.models import Extraction, ExtractionKind, MediaItem, TextState, UnaskedExtraction
from media_library.ocr.fake import draw

pytestmark = pytest.mark.usefixtures("db")

BILL = ("CORNER SHOP", "RECEIPT", "MILK 1.20", "BREAD 2.35", "TOTAL 3.55", "CASH 5.00", "CHANGE 1.45")


@pytest.fixture
def bill(make_item):
    """A picture of a receipt that is read, its text not looked for yet."""

    def make(**details) -> MediaItem:
        content = formats.encode_picture(draw(*BILL, size=(480, 900)), 95)
        return make_item(file=SimpleUploadedFile("bill.webp", content), **details)

    return make


def test_a_receipt_is_recognised_when_its_text_is_read(bill, user):
    item = bill()
    assert item.document_kind == ""
    text_reading.read_pending()
    item.refresh_from_db()
    assert item.document_kind == "receipt"
    assert not Extraction.objects.exists()
    assert recognising.recognise_pending() == 0


def test_whoever_wants_that_has_it_read_by_the_reader_once(bill, user, settings):
    settings.SIGHTLINE_LMM = "fake"
    unasked.wish(user, ["invoice", "table"])
    unasked.wish(user, ["invoice"])
    assert unasked.wishes(user) == {"invoice"}
    item = bill()
    text_reading.read_pending()
    (asked,) = Extraction.objects.all()
    assert (asked.item, asked.kind, asked.provider, asked.asked_by) == (item, ExtractionKind.INVOICE, runs.READER, user)
    item.refresh_from_db()
    assert unasked.start(item) is None
    with pytest.raises(runs.NotExtractable, match="poem"):
        unasked.wish(user, ["invoice", "poem"])
    assert UnaskedExtraction.objects.count() == 1


def test_items_from_before_are_recognised_by_what_is_stored_of_them(bill, make_item):
    old, plain = bill(), make_item("blue")
    text_reading.read_pending()
    MediaItem.objects.update(document_kind="")
    assert recognising.recognise_pending() == 2
    old.refresh_from_db()
    plain.refresh_from_db()
    assert (old.document_kind, plain.document_kind) == ("receipt", "photograph")
    assert recognising.recognise_pending() == 0


def test_what_cannot_be_looked_at_is_called_something_and_harms_nothing(bill, monkeypatch):
    def broken(picture, reading):
        raise ZeroDivisionError

    monkeypatch.setattr(kinds, "kind_of", broken)
    item = bill()
    text_reading.read_pending()
    item.refresh_from_db()
    assert (item.text_state, item.document_kind) == (TextState.DONE, "photograph")
    MediaItem.objects.update(document_kind="", preview="gone.webp")
    assert recognising.recognise_pending() == 1
    assert not MediaItem.objects.filter(document_kind="").exists()


def test_what_a_person_says_stays(bill, client, user):
    item = bill()
    client.force_login(user)
    assert (
        client.post(f"/items/{item.pk}/edit/", {"document_kind": "invoice", "visibility": "private"}).status_code == 302
    )
    text_reading.read_pending()
    item.refresh_from_db()
    assert item.document_kind == "invoice"
    page = client.get(f"/items/{item.pk}/").content.decode()
    assert "?document=invoice" in page
    bad = client.post(f"/items/{item.pk}/edit/", {"document_kind": "poem", "visibility": "private"})
    assert bad.status_code == 400


def test_the_api_tells_changes_and_filters_it(bill, make_item, client, user):
    item, other = bill(), make_item("blue")
    client.force_login(user)
    sent = client.patch(f"/api/v1/items/{item.pk}/", {"document_kind": "receipt"}, content_type="application/json")
    assert sent.json()["document_kind"] == "receipt"
    found = client.get("/api/v1/items/?document=receipt").json()["results"]
    assert [each["id"] for each in found] == [str(item.pk)]
    assert client.get("/api/v1/items/?document=poem").status_code == 400
    MediaItem.objects.filter(pk=other.pk).update(kind="video")
    refused = client.patch(f"/api/v1/items/{other.pk}/", {"document_kind": "table"}, content_type="application/json")
    assert refused.status_code == 400
    assert "pictures and documents" in refused.content.decode()


def test_library_and_search_narrow_by_it(bill, make_item, client, user):
    item, other = bill(title="Milk and bread"), make_item("blue", title="Milk glass")
    services.update_item(item, document_kind="receipt")
    client.force_login(user)
    for address in ("/library/?document=receipt", "/?q=milk&document=receipt"):
        page = client.get(address).content.decode()
        assert str(item.pk) in page
        assert str(other.pk) not in page
    assert "Receipt" in client.get("/?q=milk&document=receipt").content.decode()
    assert client.get("/?document=poem").status_code == 400


def test_the_form_below_the_invoices_switches_it_on_and_off(client, user):
    client.force_login(user)
    assert 'value="table"' in client.get("/invoices/").content.decode()
    client.post("/invoices/unasked/", {"kind": ["table", "flowchart"]})
    assert unasked.wishes(user) == {"table", "flowchart"}
    assert 'value="table" checked' in client.get("/invoices/").content.decode()
    client.post("/invoices/unasked/", {"kind": ["poem"]})
    assert unasked.wishes(user) == {"table", "flowchart"}
    client.post("/invoices/unasked/", {})
    assert not unasked.wishes(user)


def test_the_api_switches_it_on_and_off(client, user, other_user):
    address = "/api/v1/extractions/unasked/"
    assert client.get(address).status_code == 401
    client.force_login(user)

    def put(kinds):
        return client.put(address, {"kinds": kinds}, content_type="application/json")

    assert client.get(address).json() == {"kinds": []}
    assert put(["table", "invoice", "table"]).json() == {"kinds": ["invoice", "table"]}
    for bad in (["poem"], "table", None, ["table"] * 100):
        refused = put(bad)
        assert refused.status_code == 400
        assert all(name.startswith("kinds") for name in refused.json()["error"]["fields"])
    assert unasked.wishes(user) == {"invoice", "table"}
    assert not unasked.wishes(other_user)
    assert put([]).json() == {"kinds": []}


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_stored_lines_tell_which_way_up_a_picture_is(turned):
    upright = [(0.1, 0.1 * row, 0.8, 0.1 * row + 0.05) for row in range(1, 6)]
    turns = {
        0: lambda box: box,
        90: lambda box: (box[1], 1 - box[2], box[3], 1 - box[0]),
        180: lambda box: (1 - box[2], 1 - box[3], 1 - box[0], 1 - box[1]),
        270: lambda box: (1 - box[3], box[0], 1 - box[1], box[2]),
    }
    boxes = [turns[turned](box) for box in upright]
    assert recognising.turned_of(boxes) == turned
    reading = recognising.as_read([Line("abc def", box) for box in boxes], (400, 300))
    tops = [piece.corners[0][1] for piece in reading.pieces]
    assert tops == sorted(tops)
    assert Image.new("RGB", (400, 300)).rotate(-turned, expand=True).size == reading.size
