"""Captions beside the files: the forms they come in, and where an error is said to be."""

import json

import pytest

from media_library.metadata_files import Details, MetadataError, key, read


@pytest.fixture
def write(tmp_path):
    def write(name, content):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def about(details):
    return {file.name: (d.title, d.caption, d.tags, d.credit) for file, d in details.items()}


def test_csv(write):
    path = write(
        "metadata.csv", 'File, Title ,caption,tags,credit\na.jpg,One,"A, then B","x; y|z",Ada\n\nsub/b.jpg,,,,\n'
    )
    details = read(path)
    assert about(details) == {
        "a.jpg": ("One", "A, then B", ("x", "y", "z"), "Ada"),
        "b.jpg": ("", "", (), ""),
    }
    assert path.parent / "sub" / "b.jpg" in details


@pytest.mark.parametrize("separator", [";", "\t"])
def test_csv_as_spreadsheets_write_it(write, separator):
    text = f"\ufefffile{separator}caption\r\na.jpg{separator}One, two\r\n"
    assert about(read(write("metadata.csv", text))) == {"a.jpg": ("", "One, two", (), "")}


def test_a_short_line_leaves_the_rest_empty(write):
    assert about(read(write("captions.csv", "file,caption,tags\na.jpg,One\n"))) == {"a.jpg": ("", "One", (), "")}


@pytest.mark.parametrize(
    "content",
    [
        [{"file": "a.jpg", "title": "One", "tags": ["x", "y"]}],
        {"a.jpg": {"title": "One", "tags": "x, y"}},
    ],
)
def test_json(write, content):
    assert about(read(write("metadata.json", json.dumps(content)))) == {"a.jpg": ("One", "", ("x", "y"), "")}


def test_json_from_name_to_caption(write):
    assert about(read(write("captions.json", '{"a.jpg": "One"}'))) == {"a.jpg": ("", "One", (), "")}


def test_names_are_found_however_an_umlaut_is_composed(write, tmp_path):
    details = read(write("captions.csv", "file,caption\nk\u00e4tzchen.jpg,One\n"))
    assert details[key(tmp_path / "ka\u0308tzchen.jpg")].caption == "One"


def test_names_can_be_of_another_folder(write, tmp_path):
    details = read(write("captions.csv", "file,caption\na.jpg,One\n"), tmp_path / "elsewhere")
    assert list(details) == [tmp_path / "elsewhere" / "a.jpg"]
    assert details[tmp_path / "elsewhere" / "a.jpg"] == Details(caption="One", where="captions.csv, line 2")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("m.csv", "", "line 1: .*columns.*nothing"),
        ("m.csv", "name,caption\na.jpg,One\n", "line 1: .*columns"),
        ("m.csv", "file,colour\na.jpg,red\n", "line 1: .*columns"),
        ("m.csv", "file,caption\na.jpg,One\n,Two\n", "line 3: the file name is missing"),
        ("m.csv", "file,caption\na.jpg,One\n\na.jpg,Two\n", "line 4: a.jpg was described before, in m.csv, line 2"),
        ("m.csv", "file,caption\na.jpg,One, two\n", "line 2: .*more than 2 fields"),
        ("m.csv", 'file,caption\na.jpg,"One\n', "line 2"),
        ("m.csv", b"file,caption\na.jpg,One\nb.jpg,Kr\xe4he\n", "line 3: .*UTF-8"),
        ("m.json", '[\n{"file": "a.jpg",}\n]', "line 2"),
        ("m.json", '"a.jpg"', "neither a list"),
        ("m.json", '[{"file": "a.jpg"}, {"caption": "One"}]', "entry 2: the file name is missing"),
        ("m.json", '[{"file": "a.jpg", "colour": "red"}]', "entry 1: .*keys"),
        ("m.json", '["a.jpg"]', "entry 1"),
        ("m.json", '{"a.jpg": 3}', "entry 1"),
        ("m.json", '[{"file": "a.jpg", "title": 3}]', "entry 1: .*text"),
        ("m.json", '[{"file": "a.jpg", "tags": [1]}]', "entry 1: .*text"),
        ("m.json", '[{"file": "a.jpg", "tags": 3}]', "entry 1: .*text"),
        ("m.json", '[{"file": "a.jpg"}, {"file": "b.jpg", "title": "a\\u0000b"}]', "entry 2: .*character"),
        ("m.json", '[{"file": "a.jpg", "tags": ["\\ud800"]}]', "entry 1: .*character"),
        ("m.json", '{"a\\u0000.jpg": "One"}', "entry 1: .*character"),
        ("m.json", "[" * 100_000, "no list of files"),
        ("m.json", '{"a.jpg": ' + "9" * 5000 + "}", "no list of files"),
    ],
)
def test_an_error_says_where_it_is(write, name, content, said):
    with pytest.raises(MetadataError, match=said):
        read(write(name, content))


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(MetadataError, match=r"captions\.csv cannot be read"):
        read(tmp_path / "captions.csv")
