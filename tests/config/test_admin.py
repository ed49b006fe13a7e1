"""The admin's first page, the state of the workers, and the accounts."""

from __future__ import annotations

import pytest
from celery import current_app
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from config import workers
from config.models import DeviceToken
from media_library.models import MediaItem, Status
from media_library.services import delete_item


@pytest.fixture
def curator(client, staff_user):
    client.force_login(staff_user)
    return client


@pytest.fixture
def no_ping(monkeypatch):
    """Ask no worker, so that a test need not wait for answers."""
    monkeypatch.setattr("config.dashboard.workers", lambda: workers.Workers(reached=True))


def figures(response) -> dict[str, str]:
    return {figure.label: figure.value for figure in response.context["figures"]}


# --- Values that no form sends ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "query"),
    [
        ("admin:media_library_mediaitem_changelist", "tag=%00"),
        ("admin:media_library_mediaitem_changelist", "tags__contains=x"),
        ("admin:search_encoder_changelist", "state__exact=%00"),
        ("admin:autocomplete", "app_label=media_library&model_name=mediaitem&field_name=owner&term=%00"),
    ],
)
def test_what_the_database_cannot_take_is_a_bad_request(curator, page, query):
    assert curator.get(f"{reverse(page)}?{query}").status_code == 400


def test_an_action_on_what_is_no_id_is_a_bad_request(curator):
    data = {"action": "make_private", "_selected_action": ["x"]}
    assert curator.post(reverse("admin:media_library_mediaitem_changelist"), data).status_code == 400


# --- The first page --------------------------------------------------------------------------------------


def test_an_empty_library_says_what_to_do(curator):
    page = curator.get(reverse("admin:index")).content.decode()
    assert "Nothing has been added yet." in page
    assert "Nothing has failed." in page
    assert "None yet." in page


def test_the_dashboard_counts_and_names_what_failed(curator, make_item):
    make_item("red")
    broken = make_item("blue", ready=False)
    MediaItem.objects.filter(pk=broken.pk).update(status=Status.FAILED, failure="It ends in its middle.")
    delete_item(make_item("green", ready=False))
    response = curator.get(reverse("admin:index"))
    shown = figures(response)
    assert (shown["Items"], shown["Pictures"], shown["Ready"], shown["Failed"]) == ("2", "2", "1", "1")
    assert shown["In the trash"] == "1"
    assert list(response.context["failures"]) == [broken]
    assert "It ends in its middle." in response.content.decode()


def test_the_dashboard_tells_how_far_each_encoder_is(curator, make_item):
    make_item("red")
    assert curator.get(reverse("admin:index")).content.decode().count("1 of 1 · 100 %") == 2


def test_the_dashboard_takes_a_fixed_number_of_statements(curator, make_item):
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert curator.get(reverse("admin:index")).status_code == 200
        return len(queries)

    make_item("red")
    count()
    few = count()
    for seed in range(1, 6):
        make_item("red", seed=seed, ready=False)
    MediaItem.objects.update(status=Status.FAILED, failure="Cut off.")
    assert count() == few


def test_staff_without_permission_learns_nothing(client, make_user, make_item):
    make_item("red", name="secret.png")
    client.force_login(make_user("clerk", is_staff=True))
    response = client.get(reverse("admin:index"))
    assert response.status_code == 200
    assert "figures" not in response.context
    assert "secret.png" not in response.content.decode()
    assert client.get(reverse("admin-jobs")).status_code == 403


def test_visitors_are_sent_to_sign_in(client, user):
    for url in (reverse("admin:index"), reverse("admin-jobs")):
        client.logout()
        assert client.get(url).status_code == 302
        client.force_login(user)
        assert client.get(url).status_code == 302


# --- Jobs ------------------------------------------------------------------------------------------------


def test_jobs_tell_what_waits(curator, make_item, no_ping):
    item = make_item("red", ready=False)
    page = " ".join(curator.get(reverse("admin-jobs")).content.decode().split())
    assert "None answers." in page
    assert reverse("admin:media_library_mediaitem_change", args=[item.pk]) in page


def test_messages_are_counted_by_queue(db):
    cache.clear()
    with current_app.connection_for_write() as broker:
        for name in workers.queues():
            queue = broker.SimpleQueue(name)
            queue.clear()
            queue.close()
        queue = broker.SimpleQueue("embed")
        queue.put({"n": 1})
        queue.put({"n": 2})
        try:
            state = workers.workers()
        finally:
            queue.clear()
            queue.close()
    assert state.reached
    assert dict(state.queued) == {"media": 0, "embed": 2, "text": 0, "train": 0, "lmm": 0}
    with current_app.connection_for_write() as broker:
        broker.SimpleQueue("media").put({})
        try:
            assert workers.workers() == state  # kept for those who look next
        finally:
            broker.SimpleQueue("media").clear()


def test_a_queue_that_cannot_be_reached_is_said_to_be(curator, monkeypatch):
    cache.clear()
    connect = current_app.connection_for_read
    monkeypatch.setattr(current_app, "connection_for_read", lambda: connect("redis://127.0.0.1:1/0"))
    page = curator.get(reverse("admin-jobs")).content.decode()
    assert "The task queue cannot be reached." in page


# --- Accounts --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", ["auth_user", "auth_group", "config_devicetoken"])
def test_accounts_open(curator, model):
    assert curator.get(reverse(f"admin:{model}_changelist")).status_code == 200


def test_people_can_be_added_and_edited(curator, user):
    assert curator.get(reverse("admin:auth_user_add")).status_code == 200
    assert curator.get(reverse("admin:auth_user_change", args=[user.pk])).status_code == 200
    assert curator.get(reverse("admin:auth_user_password_change", args=[user.pk])).status_code == 200


def test_deleting_a_person_takes_their_files_too(curator, user, make_item, django_capture_on_commit_callbacks):
    item = make_item(owner=user)
    names = [item.original.name, item.preview.name, item.thumbnail.name]
    with django_capture_on_commit_callbacks(execute=True):
        curator.post(reverse("admin:auth_user_delete", args=[user.pk]), {"post": "yes"})
    assert not MediaItem.objects.exists()
    assert not any(default_storage.exists(name) for name in names)


def test_a_device_can_be_signed_out_but_not_made(curator, user):
    device, _ = DeviceToken.objects.create(user, name="phone")
    assert curator.get(reverse("admin:config_devicetoken_add")).status_code == 403
    curator.post(reverse("admin:config_devicetoken_delete", args=[device.pk]), {"post": "yes"})
    assert not DeviceToken.objects.exists()
