import json

import pytest
from django.test import RequestFactory
from django.urls import get_resolver
from rest_framework.test import APIClient

from config.api.errors import server_error
from tests.api_client import client_of, error

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "path",
    ["/api/", "/api/v1/", "/api/v2/items/", "/api/v1/items/not-a-uuid/", "/api/v1/segments/-1/", "/api/v1/%00/"],
)
def test_addresses_that_do_not_exist(path):
    assert error(APIClient().get(path), 404)["code"] == "not-found"
    assert error(APIClient().post(path), 404)["code"] == "not-found"


def test_a_number_beyond_any_id_is_not_found():
    error(APIClient().get(f"/api/v1/segments/{10**30}/"), 404)
    error(APIClient().get(f"/api/v1/segments/{'9' * 5000}/"), 404)


def test_a_missing_slash_is_a_redirect_that_keeps_method_and_question():
    response = APIClient().post("/api/v1/items?x=1")
    assert (response.status_code, response["Location"]) == (308, "/api/v1/items/?x=1")
    error(APIClient().get("/api/v1/nothing"), 404)


def test_a_method_that_an_address_does_not_know(user):
    response = client_of(user).put("/api/v1/items/")
    problem = error(response, 405)
    assert problem["code"] == "method-not-allowed"
    assert "GET, POST" in problem["message"]


def test_a_content_type_that_is_not_read(user):
    problem = error(client_of(user).post("/api/v1/items/", {"title": "x"}, format="json"), 415)
    assert "multipart/form-data" in problem["message"]
    form = client_of(user).post("/api/v1/auth/sign-in/", "a=b", content_type="application/x-www-form-urlencoded")
    assert "application/json" in error(form, 415)["message"]


def test_an_answer_in_another_format_than_json():
    assert error(APIClient().get("/api/v1/items/", headers={"accept": "text/html"}), 406)["code"] == "not-acceptable"


@pytest.mark.parametrize(
    "body",
    [b"{", b"\xff\xfe", b'{"username": NaN}', b"[" * 100_000, b'{"username": ' + b"9" * 5000 + b"}", b"[]", b'"x"'],
)
def test_bodies_that_cannot_be_read(body):
    error(APIClient().post("/api/v1/auth/sign-in/", body, content_type="application/json"), 400)


def test_json_larger_than_any_use(settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    body = json.dumps({"username": "x" * 1000})
    assert error(APIClient().post("/api/v1/auth/sign-in/", body, content_type="application/json"), 413)["code"] == (
        "too-large"
    )


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"--b\r\ngarbage", "multipart/form-data; boundary=b"),
        (b"x", "multipart/form-data"),
        (b"", "multipart/form-data; boundary=b"),
    ],
)
def test_forms_that_cannot_be_read(user, body, content_type):
    error(client_of(user).post("/api/v1/items/", body, content_type=content_type), 400)


def test_more_parts_than_are_read(user, settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 5
    error(client_of(user).post("/api/v1/items/", {"tags": list("abcdefgh")}, format="multipart"), 400)
    error(APIClient().get("/api/v1/search/?" + "&".join("tag=a" for _ in range(10))), 400)


def test_nested_mistakes_are_named(make_item, user):
    item = make_item("red", ready=False)
    problem = error(
        client_of(user).patch(f"/api/v1/items/{item.pk}/", {"tags": ["ok", ["no"], "x" * 61]}, format="json"), 400
    )
    assert problem["code"] == "invalid"
    assert problem["fields"].keys() == {"tags.1", "tags.2"}
    assert problem["message"].startswith("Check “tags.1”, “tags.2”: ")


def test_options_are_answered_everywhere(user):
    client, paths = client_of(user), _paths()
    assert len(paths) > 15
    for path in paths:
        response = client.options(path)
        assert response.status_code in (200, 404, 405), (path, response.content)


def test_what_nobody_foresaw_is_json_below_api_only(monkeypatch):
    def broken(*args):
        raise RuntimeError("a bug")

    monkeypatch.setattr("media_library.querysets.MediaItemQuerySet.visible_to", broken)
    response = APIClient(raise_request_exception=False).get("/api/v1/items/")
    assert error(response, 500)["code"] == "server-error"
    assert b"a bug" not in response.content
    assert b'"error"' not in server_error(RequestFactory().get("/")).content


def _paths() -> list[str]:
    """Every address of the API, with a value for each of its parts."""
    values = {"pk": "6f1c2f0e-4a2b-4c55-9c0a-0f3f6a1f6f10", "id": "6f1c2f0e-4a2b-4c55-9c0a-0f3f6a1f6f10"}
    found = []
    for name, entries in get_resolver().reverse_dict.lists():
        if isinstance(name, str) and name.startswith("api-") and name != "api-nowhere":
            template, parts = entries[0][0][0]
            numbers = {"pk": 1} if "segments/%" in template else {}
            own = values | {"variant": "preview", "share": 1, "extraction": 1} | numbers
            found.append("/" + template % {part: own[part] for part in parts})
    return found
