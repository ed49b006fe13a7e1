from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from media_library.serving import byte_range


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("bytes=0-0", range(1)),
        ("Bytes=2-5 ", range(2, 6)),
        ("bytes=7-", range(7, 10)),
        ("bytes=7-99", range(7, 10)),
        ("bytes=-3", range(7, 10)),
        ("bytes=-99", range(10)),
    ],
)
def test_a_range_is_cut_to_the_file(header, expected):
    assert byte_range(header, 10) == expected


@pytest.mark.parametrize("header", ["bytes=10-", "bytes=99-100", "bytes=-0", f"bytes={'9' * 19}-"])
def test_a_range_beyond_the_file_is_empty(header):
    asked = byte_range(header, 10)
    assert asked is not None
    assert len(asked) == 0


@pytest.mark.parametrize(
    "header",
    ["", "bytes", "bytes=-", "bytes=5-2", "bytes=0-1,4-5", "items=0-1", "bytes=a-b", f"bytes={'9' * 5000}-"],
)
def test_what_asks_for_no_single_range_asks_for_the_whole(header):
    assert byte_range(header, 10) is None


class TestOverHttp:
    @pytest.fixture
    def original(self, make_item, client: Client, user):
        client.force_login(user)
        return reverse("item-file", args=[make_item("red", name="Käse & Brot.png").pk, "original"])

    @pytest.mark.parametrize("headers", [{}, {"range": "bytes=0-3"}])
    def test_it_is_named_as_it_came_in(self, original, client, headers):
        shown, kept = (client.get(f"{original}{query}", headers=headers) for query in ("", "?download"))
        assert shown["Content-Disposition"] == "inline; filename*=utf-8''K%C3%A4se%20%26%20Brot.png"
        assert kept["Content-Disposition"] == "attachment; filename*=utf-8''K%C3%A4se%20%26%20Brot.png"

    def test_a_head_request_hears_of_the_whole_file(self, original, client):
        whole = client.get(original)
        head = client.head(original, headers={"range": "bytes=0-3"})
        assert (head.status_code, head["Content-Length"]) == (200, whole["Content-Length"])

    def test_a_range_of_a_file_that_has_changed_gets_the_whole(self, original, client):
        assert client.get(original, headers={"range": "bytes=0-3", "if-range": '"another"'}).status_code == 200
