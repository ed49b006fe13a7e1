"""Disks that are full or away and databases that break off are no file's fault: what waits is taken up again."""

from __future__ import annotations

import errno
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import OperationalError
from django.utils import timezone

from media_library import files, leases, patience, pipeline, queue, services, text_reading, troubles
from media_library.importing import ImportStopped, look_into, take_in
from media_library.jobs import start_import
from media_library.models import MAX_ATTEMPTS, MediaItem, Status, TextState
from search import indexing

pytestmark = pytest.mark.django_db


def stored(folder: str = "") -> list[str]:
    """Every file in the storage, or in one folder of it."""
    from pathlib import Path

    root = Path(default_storage.path(folder))
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


@pytest.fixture
def broken_disk(monkeypatch):
    """Writing fails half-way, with an error of the caller's choice, until the returned function is called."""

    def break_it(number: int = errno.ENOSPC):
        def half(self, name, content):
            from pathlib import Path

            path = Path(self.path(name))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.read()[:10])
            raise OSError(number, "it broke")

        monkeypatch.setattr(FileSystemStorage, "_save", half)
        return monkeypatch.undo

    return break_it


def rested(item: MediaItem) -> MediaItem:
    """The item after its rest."""
    MediaItem.objects.filter(pk=item.pk).update(lease_until=None, text_lease_until=None)
    item.refresh_from_db()
    return item


@pytest.mark.parametrize(
    ("number", "sentence"), [(errno.ENOSPC, troubles.FULL_MEANWHILE), (errno.EROFS, troubles.AWAY_MEANWHILE)]
)
def test_a_disk_that_cannot_be_written_fails_no_item(make_item, broken_disk, number, sentence):
    item, behind = make_item("red", ready=False), make_item("blue", ready=False)
    mend = broken_disk(number)
    for _ in range(MAX_ATTEMPTS + 1):
        pipeline.process(item.pk)
        assert rested(item).status == Status.WAITING
    assert (item.attempts, item.failure) == (0, sentence)
    assert stored("originals") and not stored("derived")
    # A round ends there: it asks again after a while, not for each of 100,000 items.
    assert pipeline.read_pending() == 0
    behind.refresh_from_db()
    assert (behind.status, behind.failure) == (Status.WAITING, "")
    mend()
    rested(item)
    assert pipeline.read_pending() == 2
    item.refresh_from_db()
    assert (item.status, item.failure, item.attempts) == (Status.EMBEDDING, "", 0)


def test_what_rests_lets_others_go_first(make_item):
    item, behind = make_item("red", ready=False), make_item("blue", ready=False)
    services.claim(MediaItem.objects.filter(pk=item.pk), 1, status=Status.SEGMENTING)
    services.set_aside(MediaItem.objects.filter(pk=item.pk), "Full.", status=Status.WAITING)
    assert list(MediaItem.objects.to_read()) == [behind]


def test_an_error_with_one_file_on_a_sound_disk_fails_it(make_item, monkeypatch):
    item = make_item("red", ready=False)

    def unreadable(*args):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(pipeline, "_read", unreadable)
    pipeline.process(item.pk)
    item.refresh_from_db()
    assert (item.status, item.failure) == (
        Status.FAILED,
        "Storage failed: Input/output error. Try again once that is mended.",
    )
    assert not stored("probes")


def test_a_storage_that_is_not_mounted_loses_nobodys_files(make_item, user, make_image, tmp_path):
    item = make_item("red", ready=False)
    (tmp_path / "media").rename(tmp_path / "elsewhere")
    pipeline.process(item.pk)
    assert (rested(item).status, item.failure) == (Status.WAITING, troubles.AWAY_MEANWHILE)
    with pytest.raises(OSError, match="is it mounted"):
        services.ingest_file(user, make_image("blue"), "blue.png")
    assert not (tmp_path / "media" / "originals").exists(), "it would be hidden once the storage is mounted again"
    (tmp_path / "elsewhere").rename(tmp_path / "media")
    pipeline.process(item.pk)
    item.refresh_from_db()
    assert item.status == Status.EMBEDDING


def test_a_database_that_breaks_off_fails_no_item(make_item, monkeypatch, django_capture_on_commit_callbacks):
    item = make_item("red", ready=False)

    def gone(*args):
        raise OperationalError("server closed the connection unexpectedly")

    with monkeypatch.context() as patched:
        patched.setattr(pipeline, "_store", gone)
        patched.setattr(pipeline.connection, "close", lambda: None)  # this test's own transaction is in it
        pipeline.process(item.pk)
    assert (rested(item).status, item.attempts) == (Status.WAITING, 0)
    with django_capture_on_commit_callbacks(execute=True):
        pipeline.process(item.pk)
    item.refresh_from_db()
    assert item.status == Status.EMBEDDING
    folder = files.derived_folder(item.pk)
    assert len(stored(folder)) == 2, "what was written before it broke off is still there"


def test_indexing_waits_for_the_storage(make_item, monkeypatch):
    item = make_item("red", ready=False)
    pipeline.process(item.pk)
    monkeypatch.setattr(troubles, "storage_works", lambda: False)
    picture = item.segments.pictured().get().picture.name
    default_storage.delete(picture)
    assert indexing.embed_pending() == 0
    assert (rested(item).status, item.failure, item.attempts) == (Status.EMBEDDING, troubles.AWAY_MEANWHILE, 0)


def test_indexing_waits_for_the_database(make_item, monkeypatch):
    item = make_item("red", ready=False)
    pipeline.process(item.pk)
    with monkeypatch.context() as patched:
        patched.setattr(indexing, "_encode", lambda *args: (_ for _ in ()).throw(OperationalError("gone")))
        patched.setattr(indexing.connection, "close", lambda: None)
        assert indexing.embed_pending() == 0
    assert (rested(item).status, item.attempts) == (Status.EMBEDDING, 0)
    indexing.embed_pending()
    item.refresh_from_db()
    assert item.status == Status.READY


def test_an_item_that_kills_its_worker_takes_no_other_down_with_it(make_item, monkeypatch):
    items = [make_item(colour, ready=False) for colour in ("red", "blue", "green")]
    poisonous = items[1]
    for item in items:
        pipeline.process(item.pk)
    encode = indexing._encode

    def deadly(encoder, segments):
        if any(segment.item_id == poisonous.pk for segment in segments):
            raise MemoryError
        return encode(encoder, segments)

    monkeypatch.setattr(indexing, "_encode", deadly)
    for _ in range(MAX_ATTEMPTS + 2):
        try:
            indexing.embed_pending()
        except MemoryError:
            continue
    states = {item.pk: MediaItem.objects.get(pk=item.pk).status for item in items}
    assert [states.pop(poisonous.pk), *set(states.values())] == [Status.FAILED, Status.READY]


def test_looking_for_text_waits_for_the_storage(make_item, monkeypatch):
    item = make_item("red")
    with monkeypatch.context() as patched:
        patched.setattr(troubles, "storage_works", lambda: False)
        patched.setattr(
            text_reading.Pictures, "of", lambda *args: (_ for _ in ()).throw(OSError(errno.EIO, "it broke"))
        )
        assert text_reading.read_pending() == 0
    item.refresh_from_db()
    assert (item.text_state, item.text_attempts) == (TextState.WAITING, 0)
    assert item.text_lease_until > timezone.now()
    rested(item)
    assert text_reading.read_pending() == 1


# --- Leases ----------------------------------------------------------------------------------------------


def test_each_attempt_holds_an_item_longer(make_item):
    item = make_item("red", ready=False)
    for attempt in (1, 2, 3):
        MediaItem.objects.update(lease_until=None)
        services.claim(MediaItem.objects.all(), 1)
        item.refresh_from_db()
        assert item.lease_until - timezone.now() == pytest.approx(attempt * leases.length(), abs=timedelta(seconds=2))
    MediaItem.objects.update(lease_until=timezone.now())
    services.renew([item.pk], 0.5)
    item.refresh_from_db()
    assert (item.progress, item.lease_until > timezone.now() + 2 * leases.length()) == (0.5, True)


def test_a_late_sign_of_life_takes_nothing_back(make_item):
    item = make_item("red", ready=False)
    services.claim(MediaItem.objects.all(), 1)
    services.release([item.pk])
    services.renew([item.pk], 0.5)
    item.refresh_from_db()
    assert (item.lease_until, item.progress) == (None, 0)


def test_signs_of_life_go_on_beside_the_work_whatever_becomes_of_one(settings):
    from threading import Event

    settings.SIGHTLINE_LEASE_S = 0.06
    signs, enough = [], Event()

    def renew():
        signs.append(1)
        if len(signs) == 1:
            raise OperationalError("gone")
        if len(signs) == 3:
            enough.set()

    with leases.kept(renew):
        assert enough.wait(60)
    given = len(signs)
    assert not enough.clear() and not enough.wait(0.05)
    assert len(signs) == given, "it went on after the work was done"


def test_a_worker_that_lost_its_lease_calls_nothing_failed(make_item, monkeypatch):
    item = make_item("red", ready=False)

    def overtaken(*args):
        MediaItem.objects.filter(pk=item.pk).update(status=Status.READY, attempts=0, lease_until=None)
        raise RuntimeError("something else went wrong here")

    monkeypatch.setattr(pipeline, "_read", overtaken)
    pipeline.process(item.pk)
    item.refresh_from_db()
    assert item.status == Status.READY


def test_what_a_killed_worker_made_goes_when_its_item_fails(make_item, monkeypatch):
    item = make_item("red", ready=False)
    files.store_bytes(f"{files.derived_folder(item.pk)}/deadbeef-frame-0.webp", b"half of a reading")
    MediaItem.objects.filter(pk=item.pk).update(attempts=MAX_ATTEMPTS)
    pipeline.process(item.pk)
    item.refresh_from_db()
    assert item.status == Status.FAILED
    assert f"{MAX_ATTEMPTS} times" in item.failure
    assert not stored("derived")


def test_likenesses_are_noted_with_what_is_stored(make_item, tmp_path, monkeypatch):
    from django.core.files.uploadedfile import SimpleUploadedFile

    from media_library.models import Likeness
    from tests.media import scene

    def picture(suffix):
        path = tmp_path / f"one.{suffix}"
        scene(1).save(path)
        return SimpleUploadedFile(path.name, path.read_bytes())

    make_item(file=picture("png"))
    # This one's worker is killed as soon as it has stored it.
    monkeypatch.setattr(pipeline, "_read_and_store", lambda item: _read_and_die(item))
    make_item(file=picture("jpg"))
    assert Likeness.objects.count() == 1


def _read_and_die(item: MediaItem) -> bool:
    with files.local_path(item.original) as path:
        return pipeline._store(item, pipeline._read(item, path, services.limits()))


# --- What asks and is told ---------------------------------------------------------------------------------


def test_no_error_of_the_queue_reaches_whoever_stored_something(monkeypatch):
    from celery import current_app

    def misconfigured(*args, **kwargs):
        raise RuntimeError("MISCONF Errors writing to the AOF file: No space left on device")

    monkeypatch.setattr(current_app, "send_task", misconfigured)
    queue.wake_readers()
    # And the next one is not kept from trying.
    sent = []
    monkeypatch.setattr(current_app, "send_task", sent.append)
    queue.wake_readers()
    assert sent == [queue.READ]


@pytest.mark.django_db(transaction=True)
def test_a_command_waits_for_the_database(monkeypatch):
    monkeypatch.setattr(patience, "PAUSE_S", 0)
    answers = iter([OperationalError("starting up"), OperationalError("starting up"), 42])

    def call():
        if isinstance(answer := next(answers), Exception):
            raise answer
        return answer

    assert patience.patiently(call) == 42
    monkeypatch.setattr(patience, "PATIENCE_S", 0)
    with pytest.raises(OperationalError):
        patience.patiently(lambda: (_ for _ in ()).throw(OperationalError("gone for good")))


def test_a_restart_of_the_database_stops_no_import(user, make_image, tmp_path, monkeypatch, no_queue):
    folder = tmp_path / "files"
    folder.mkdir()
    for colour in ("red", "blue"):
        (folder / f"{colour}.png").write_bytes(make_image(colour).read())
    look, calls = services._known, []

    def breaks_once(*args):
        calls.append(args)
        if len(calls) == 1:
            raise OperationalError("server closed the connection unexpectedly")
        return look(*args)

    monkeypatch.setattr(services, "_known", breaks_once)
    monkeypatch.setattr("media_library.importing.patiently", _twice)
    outcomes = list(take_in(user, look_into(folder), {}, batch=start_import(user, "All"), visibility="private"))
    assert [outcome.result for outcome in outcomes] == ["new", "new"]
    assert MediaItem.objects.count() == 2


def _twice(call):
    """`patiently` as it is outside of a test's own transaction."""
    try:
        return call()
    except OperationalError:
        return call()


def test_an_import_stops_where_nothing_can_be_stored(user, make_image, tmp_path, broken_disk, no_queue):
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "red.png").write_bytes(make_image("red").read())
    broken_disk(errno.EROFS)
    with pytest.raises(ImportStopped, match=r"storage does not work, so red.png .* run the same again"):
        list(take_in(user, look_into(folder), {}, batch=start_import(user, "All"), visibility="private"))
    assert not MediaItem.objects.exists()
    assert not stored("originals")


@pytest.fixture
def asking(client, user):
    """Somebody signed in, whom a server error reaches as an answer."""
    client.raise_request_exception = False
    client.force_login(user)
    return client


@pytest.mark.parametrize("path", ["/", "/library/", "/jobs/", "/upload/", "/api/v1/items/", "/api/v1/search/?q=red"])
def test_while_the_database_is_away_everybody_is_told_to_come_back(asking, monkeypatch, path):
    def away(*args, **kwargs):
        raise OperationalError("couldn't get a connection after 10.00 sec")

    monkeypatch.setattr("django.db.models.sql.compiler.SQLCompiler.execute_sql", away)
    answer = asking.get(path)
    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    if path.startswith("/api/"):
        error = answer.json()["error"]
        assert (error["code"], error["message"], error["retry_after"]) == ("database-away", troubles.DATABASE_AWAY, 10)
    else:
        assert "<h1>Not right now</h1>" in answer.text
        assert "database does not answer" in answer.text


@pytest.mark.parametrize(
    ("number", "status", "code"), [(errno.ENOSPC, 507, "storage-full"), (errno.EROFS, 503, "storage-away")]
)
def test_uploads_that_cannot_be_stored_are_told_so(asking, make_image, broken_disk, no_queue, number, status, code):
    broken_disk(number)
    answer = asking.post("/api/v1/items/", {"file": make_image("red")})
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert answer["Retry-After"].isdigit()
    page = asking.post("/upload/", {"file": make_image("red"), "visibility": "private"})
    assert page.status_code == status
    assert page["Retry-After"].isdigit()
    assert not MediaItem.objects.exists()
    assert not stored("originals")


def test_a_disk_that_is_full_before_the_file_is_received_is_told_so(asking, monkeypatch, no_queue):
    def full(*args, **kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("django.core.files.uploadhandler.MemoryFileUploadHandler.receive_data_chunk", full)
    page = asking.post("/upload/", {"file": BytesIO(b"some bytes"), "visibility": "private"})
    assert page.status_code == 507
    assert "<h1>There is no room</h1>" in page.text


def test_a_stored_file_that_cannot_be_reached_is_not_said_to_be_missing(asking, make_item, tmp_path):
    item = make_item("red")
    (tmp_path / "media").rename(tmp_path / "elsewhere")
    assert asking.get(f"/media/{item.pk}/thumbnail/").status_code == 503
    (tmp_path / "elsewhere").rename(tmp_path / "media")
    default_storage.delete(item.thumbnail.name)
    assert asking.get(f"/media/{item.pk}/thumbnail/").status_code == 404


def test_the_owner_is_told_why_an_item_waits(asking, make_item, broken_disk, other_user):
    item = make_item("red", ready=False, visibility="public")
    mend = broken_disk()
    pipeline.process(item.pk)
    mend()
    address = f"/items/{item.pk}/status/"
    # From the page, and from the API.
    asking.force_login(item.owner)
    assert troubles.FULL_MEANWHILE in asking.get(address).text.replace("&#x27;", "'")
    assert asking.get(f"/api/v1/items/{item.pk}/").json()["failure"] == troubles.FULL_MEANWHILE
    asking.force_login(other_user)
    assert "disk is full" not in asking.get(address).text
