"""Importing a folder: what is found, what is said about it, and what becomes of each file."""

import errno
import os

import pytest

from media_library import importing, services
from media_library.importing import ImportStopped, Result, details_of, look_into, take_in, unmatched
from media_library.metadata_files import MetadataError
from media_library.models import MediaItem


@pytest.fixture
def fill(tmp_path, make_image):
    """Write files below the folder to import: pictures by colour, or the given bytes."""

    def fill(**files):
        root = tmp_path / "folder"
        for number, (name, content) in enumerate(files.pop("files", files).items()):
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else make_image(content, seed=number).read())
        return root

    return fill


def run(owner, root, **options):
    folder = look_into(root)
    details = details_of(folder, options.pop("captions", None))
    outcomes = take_in(owner, folder, details, **{"visibility": "private", **options})
    return {outcome.file: outcome for outcome in outcomes}


class TestLook:
    def test_files_are_found_at_any_depth_in_order(self, fill):
        root = fill(files={"b.png": "red", "a.png": "red", "sub/deep/c.png": "red"})
        folder = look_into(root)
        assert [folder.relative(path) for path in folder.files] == ["a.png", "b.png", "sub/deep/c.png"]

    def test_what_is_hidden_or_leads_outside_is_skipped(self, fill, tmp_path):
        root = fill(files={"a.png": "red", ".hidden.png": "red", ".git/x.png": "red", "sub/b.png": "red"})
        outside = tmp_path / "secret.png"
        outside.write_bytes(b"x")
        (root / "out.png").symlink_to(outside)
        (root / "folder").symlink_to(tmp_path)
        (root / "in.png").symlink_to(root / "a.png")
        os.mkfifo(root / "pipe.png")
        folder = look_into(root)
        assert [folder.relative(path) for path in folder.files] == ["a.png", "in.png", "sub/b.png"]
        assert dict(folder.skipped) == {
            ".git": "hidden folder",
            "folder": "link to a folder",
            ".hidden.png": "hidden",
            "out.png": "link to a file outside of the folder",
            "pipe.png": "not a file",
        }

    def test_a_link_to_the_folder_itself_is_looked_into(self, fill, tmp_path):
        root = fill(files={"a.png": "red"})
        (tmp_path / "link").symlink_to(root)
        assert [path.name for path in look_into(tmp_path / "link").files] == ["a.png"]


class TestDetails:
    def test_each_folder_has_its_own_and_captions_go_first(self, fill, tmp_path):
        root = fill(
            files={
                "a.png": "red",
                "sub/b.png": "red",
                "metadata.csv": b"file,caption\na.png,from the top\nsub/c.png,gone\n",
                "sub/captions.json": b'{"b.png": "from below"}',
            }
        )
        (tmp_path / "mine.csv").write_text("file,caption\na.png,mine\n")
        folder = look_into(root)
        details = details_of(folder, tmp_path / "mine.csv")
        assert {path.name: about.caption for path, about in details.items()} == {
            "a.png": "mine",
            "b.png": "from below",
            "c.png": "gone",
        }
        assert unmatched(folder, details) == ["metadata.csv, line 3: there is no c.png to take in."]

    def test_two_files_must_not_describe_the_same(self, fill):
        root = fill(files={"metadata.csv": b"file\na.png\n", "captions.csv": b"file\na.png\n"})
        with pytest.raises(MetadataError, match=r"a\.png is described in captions\.csv, line 2, too"):
            details_of(look_into(root))


@pytest.mark.django_db
@pytest.mark.usefixtures("no_queue")
class TestTakeIn:
    def test_details_and_tags_reach_the_items(self, user, fill):
        root = fill(files={"a.png": "red", "metadata.csv": b"file,title,tags,credit\na.png,One,x;y,Ada\n"})
        run(user, root, visibility="public", tags=["Trip"])
        item = MediaItem.objects.get()
        assert (item.title, item.tags, item.credit, item.visibility, item.owner) == (
            "One",
            ["x", "y", "trip"],
            "Ada",
            "public",
            user,
        )

    def test_again_takes_in_only_what_is_new(self, user, fill):
        root = fill(files={"a.png": "red"})
        assert run(user, root)["a.png"].result == Result.NEW
        fill(files={"b.png": "blue"})
        assert {name: outcome.result for name, outcome in run(user, root).items()} == {
            "a.png": Result.KNOWN,
            "b.png": Result.NEW,
        }
        assert MediaItem.objects.count() == 2

    def test_foreign_types_are_skipped_and_broken_media_fail(self, user, fill):
        root = fill(
            files={
                "notes.txt": b"words",
                "page.jpg": b"<!doctype html><html></html>",
                "empty.txt": b"",
                "good.dat": "red",
            }
        )
        outcomes = run(user, root)
        assert {name: outcome.result for name, outcome in outcomes.items()} == {
            "notes.txt": Result.SKIPPED,
            "page.jpg": Result.FAILED,
            "empty.txt": Result.SKIPPED,
            "good.dat": Result.NEW,
        }
        assert "web page" in outcomes["page.jpg"].reason

    def test_an_unreadable_file_fails_alone(self, user, fill, monkeypatch):
        root = fill(files={"a.png": "red", "b.png": "blue"})

        def ingest(owner, file, name, **details):
            if name == "a.png":
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            return services.ingest_file(owner, file, name, **details)

        monkeypatch.setattr(importing, "ingest_file", ingest)
        outcomes = run(user, root)
        assert outcomes["a.png"].result == Result.FAILED
        assert "Input/output error" in outcomes["a.png"].reason
        assert outcomes["b.png"].result == Result.NEW

    def test_a_full_disk_stops_the_import(self, user, fill, monkeypatch):
        root = fill(files={"a.png": "red", "b.png": "blue"})

        def ingest(*args, **details):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        monkeypatch.setattr(importing, "ingest_file", ingest)
        with pytest.raises(ImportStopped, match=r"disk is full.* a\.png .*run the same again"):
            run(user, root)

    def test_names_of_any_bytes_come_in(self, user, fill):
        root = fill(files={"a.png": "red"})
        (root / "a.png").rename(root / os.fsdecode(b"\xff\xe4\n.png"))
        (outcome,) = run(user, root).values()
        assert outcome.result == Result.NEW
        assert MediaItem.objects.get().original_name.endswith(".png")
