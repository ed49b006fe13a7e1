"""Talking to the API in tests, signed in by a real token."""

from __future__ import annotations

from rest_framework.test import APIClient

from config.models import DeviceToken


def client_of(user=None) -> APIClient:
    """A client of the API; without `user`, nobody's."""
    client = APIClient()
    if user:
        _, token = DeviceToken.objects.create(user, name="test")
        client.credentials(HTTP_AUTHORIZATION=f"Token {token}")
    return client


def error(response, status: int) -> dict:
    """The error of `response`, which must have this status and the API's one shape."""
    assert response.status_code == status, response.content
    body = response.json()
    assert body.keys() == {"error"}
    assert {"code", "message"} <= body["error"].keys() <= {"code", "message", "fields", "retry_after"}
    assert body["error"]["message"].strip()
    assert "_" not in body["error"]["code"]
    return body["error"]
