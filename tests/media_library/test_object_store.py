"""Files in an object store: a real S3 server of this process, spoken to by the real SDK."""

from __future__ import annotations

import urllib.error
import urllib.request

import boto3
import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse

from config.middleware import POLICY
from media_library import files, services, serving
from media_library.models import MediaItem
from media_library.object_store import ObjectFile

BUCKET = "sightline"

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def store():
    """The address of an S3 server."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


def _client(store: str):
    keys = {"aws_access_key_id": "key", "aws_secret_access_key": "secret", "region_name": "us-east-1"}
    return boto3.client("s3", endpoint_url=store, **keys)


@pytest.fixture
def bucket(store, settings, monkeypatch):
    """Files lie in an empty bucket; returns a function that lists what lies there."""
    from config.settings import servers

    for name, value in {
        "SIGHTLINE_S3_BUCKET": BUCKET,
        "SIGHTLINE_S3_ENDPOINT": store,
        "SIGHTLINE_S3_REGION": "us-east-1",
        "SIGHTLINE_S3_ACCESS_KEY": "key",
        "SIGHTLINE_S3_SECRET_KEY": "secret",
        "SIGHTLINE_S3_ADDRESSING": "path",
    }.items():
        monkeypatch.setenv(name, value)
    made = servers.storages(None, static=settings.STORAGES["staticfiles"]["BACKEND"])
    settings.STORAGES = {**settings.STORAGES, "default": made["default"]}
    settings.SIGHTLINE_S3_REDIRECT = True
    serving.file_origin.cache_clear()
    client = _client(store)
    client.create_bucket(Bucket=BUCKET)
    names = lambda: sorted(each["Key"] for each in client.list_objects_v2(Bucket=BUCKET).get("Contents", []))  # noqa: E731
    yield names
    for name in names():
        client.delete_object(Bucket=BUCKET, Key=name)
    client.delete_bucket(Bucket=BUCKET)
    serving.file_origin.cache_clear()


def fetch(url: str, method: str = "GET", **headers: str):
    return urllib.request.urlopen(urllib.request.Request(url, method=method, headers=headers), timeout=60)


def test_an_item_is_read_from_there_and_made_of_it_lies_there(bucket, make_item):
    item = make_item("red")
    assert item.status == "ready"
    assert bucket() == sorted({item.original.name, item.preview.name, item.thumbnail.name, *_pictures(item)} - {""})
    with files.local_path(item.original) as path:
        assert path.read_bytes() == default_storage.open(item.original.name).read()
        assert path.suffix == ".png"
    assert not path.exists()


def _pictures(item: MediaItem) -> set[str]:
    return {segment.picture.name for segment in item.segments.pictured()}


@pytest.mark.django_db(transaction=True)
def test_what_is_read_again_or_destroyed_leaves_nothing_there(bucket, make_item):
    from media_library import pipeline

    item = make_item("red")
    before = bucket()
    services.reprocess_items(MediaItem.objects.filter(pk=item.pk))
    pipeline.process(item.pk)
    assert len(bucket()) == len(before) >= 3
    assert bucket() != before
    services.destroy_items(MediaItem.objects.filter(pk=item.pk))
    assert bucket() == []


def test_who_may_see_it_is_sent_there_with_type_and_name(bucket, make_item, user):
    item = make_item("red", name="Käse & Brot.png")
    client = Client()
    client.force_login(user)
    address = reverse("item-file", args=[item.pk, "original"])
    response = client.get(address, {"download": ""})
    assert response.status_code == 302
    assert "private" in response["Cache-Control"]
    assert 0 < int(response["Cache-Control"].rpartition("=")[2]) < 3600
    with fetch(response["Location"]) as got:
        assert got.headers["Content-Type"] == "image/png"
        assert got.headers["Content-Disposition"] == "attachment; filename*=utf-8''K%C3%A4se%20%26%20Brot.png"
        content = got.read()
    assert content == default_storage.open(item.original.name).read()
    with fetch(client.get(address)["Location"], Range="bytes=2-5") as part:
        assert (part.status, part.read()) == (206, content[2:6])
    with fetch(client.head(address)["Location"], method="HEAD") as head:
        assert head.status == 200


def test_who_may_not_see_it_is_told_nothing_of_the_store(bucket, make_item, other_user, store):
    item = make_item("red")
    for client in (Client(), Client()):
        response = client.get(reverse("item-file", args=[item.pk, "thumbnail"]))
        assert response.status_code == 404
        assert store.encode() not in response.content
        client.force_login(other_user)


def test_pages_allow_pictures_and_videos_of_the_store_and_nothing_else(bucket, client, db, store):
    policy = client.get("/sign-in/")["Content-Security-Policy"]
    assert f"img-src 'self' {store} " in policy
    assert f"media-src 'self' {store} " in policy
    assert policy.count(store) == 2
    assert policy.replace(f" {store}", "") == POLICY


def test_without_redirects_files_pass_through(bucket, make_item, user, client, settings, monkeypatch):
    settings.SIGHTLINE_S3_REDIRECT = False
    item = make_item("red")
    client.force_login(user)
    address = reverse("item-file", args=[item.pk, "original"])
    content = b"".join(client.get(address).streaming_content)
    assert content == default_storage.open(item.original.name).read()
    # Whoever seeks in a video of gigabytes wants a part of it: the store is asked for no more.
    monkeypatch.setattr(ObjectFile, "file", property(lambda self: pytest.fail("All of the file was fetched.")))
    for asked, span in (("bytes=0-3", slice(0, 4)), ("bytes=10-", slice(10, None)), ("bytes=-5", slice(-5, None))):
        response = client.get(address, headers={"range": asked})
        assert (response.status_code, b"".join(response.streaming_content)) == (206, content[span])


def test_a_store_that_is_away_is_a_sentence_and_no_server_error(bucket, user, client, make_image, settings, no_queue):
    default = settings.STORAGES["default"]
    away = {**default["OPTIONS"], "endpoint_url": "http://127.0.0.1:9", "client_config": _impatient()}
    away.pop("addressing_style"), away.pop("signature_version")
    settings.STORAGES = {**settings.STORAGES, "default": {**default, "OPTIONS": away}}
    settings.SIGHTLINE_S3_REDIRECT = False
    client.force_login(user)
    page = client.post(reverse("upload"), {"file": make_image("red"), "visibility": "private"})
    assert page.status_code == 503
    assert "could not store" in page.text
    assert not MediaItem.objects.exists()


def _impatient():
    from botocore.config import Config

    return Config(retries={"max_attempts": 0}, connect_timeout=1)


def test_how_old_a_file_is_that_is_gone_is_an_error_of_files(bucket):
    """Looking for strays goes on past what somebody else has removed meanwhile."""
    with pytest.raises(FileNotFoundError):
        default_storage.get_modified_time("originals/00/gone.png")


def test_a_file_that_is_gone_from_the_store_is_not_found(bucket, make_item, user, client, settings):
    settings.SIGHTLINE_S3_REDIRECT = False
    item = make_item("red")
    default_storage.delete(item.original.name)
    client.force_login(user)
    assert client.get(reverse("item-file", args=[item.pk, "original"])).status_code == 404
