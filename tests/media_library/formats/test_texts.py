"""Text files: what is text, what is Markdown, and the passages under their headings."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from media_library.formats import FileRejected, Limits, cuts, public_copy, render, sniff
from media_library.formats.passages import Break, Piece, parted
from tests.growth import LINEAR, growth
from tests.media_library.formats.conftest import probed, with_note

WORDS = "a grey heron waited under the old harbour wall for small fish while the rain fell on boats"


def prose(sentences: int, topic: str = "heron") -> str:
    return " ".join(f"Sentence {number} of {topic} says {WORDS}." for number in range(sentences))


def written(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "file"
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return path


def read(path, limits=None):
    limits = limits or Limits()
    return list(cuts(path, probed(path, limits), limits, lambda share: None))


# --- What it is ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "# A title\n\nSome words.\n",
        "Some words with [a link](https://example.org/) in them.\n",
        "Look:\n\n```\nmake run\n```\n",
        "A title\n=======\n\n- one\n- two\n",
        "---\ntitle: Notes\n---\n\nWords in **bold**.\n",
        "| a | b |\n|---|---|\n| 1 | 2 |\n\n> said somebody\n",
    ],
)
def test_markdown_by_its_content(tmp_path, text):
    assert sniff(written(tmp_path, text)).mime_type == "text/markdown"


@pytest.mark.parametrize(
    "text",
    [
        "Dear library,\nthis is a letter.\n",
        "The free and wide sea.",
        "name,price\nboat,12\nrope,3\n",
        '{"name": "boat", "price": 12}\n',
        "# a comment\nimport sys\n\n\ndef main():\n    return sys.argv\n",
        "# settings\n\nPORT = 8000\nHOST = local\n",
        "1. Rain\n\nIt rained. %PDF-1.7 is what a document begins with.\n",
        "GIF89a is how a picture begins, and MZ a program.",
        "Grüße aus Köln, für 5 €.",
        "老港口的墙下,一只灰鹭在等小鱼。",
    ],
)
def test_plain_text_by_its_content(tmp_path, text):
    sniffed = sniff(written(tmp_path, text))
    assert (sniffed.kind, sniffed.mime_type, sniffed.extension) == ("text", "text/plain", ".txt")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_encodings(tmp_path, encoding):
    text = "Möwen über dem Hafen, für 5 €. " * 20
    data = text.encode(encoding)
    path = written(tmp_path, b"\xff\xfe" + data if encoding == "utf-16-le" else data)
    assert sniff(path).mime_type == "text/plain"
    assert read(path)[0].text.startswith("Möwen über dem Hafen, für 5 €.")


def test_letters_beyond_ascii_that_come_late(tmp_path):
    path = written(tmp_path, ("plain words and more of them\n" * 300).encode() + "Möwe\n".encode("cp1252"))
    assert "Möwe" in read(path)[-1].text


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"<!doctype html><p>x", "a web page"),
        (b"  <script>alert(1)</script>", "a web page"),
        (b"\xef\xbb\xbf<svg onload='x'>", "an SVG drawing"),
        (b"#!/bin/sh\nrm -rf /\n", "a program"),
        (b"{\\rtf1 x}", "a word processor"),
        (b"%!PS-Adobe-3.0\n", "PostScript"),
        (bytes(range(256)), "of a type we do not know"),
        (b"text\0with a zero", "of a type we do not know"),
        ("Москва стоит на семи холмах".encode("cp1251"), "of a type we do not know"),
        (b"\xff\xfe" + bytes(range(1, 256)), "of a type we do not know"),
    ],
)
def test_what_is_refused(tmp_path, data, words):
    with pytest.raises(FileRejected, match=words) as refused:
        sniff(written(tmp_path, data))
    assert refused.value.code == "unsupported"
    assert "and text and Markdown files." in refused.value.message


@pytest.mark.parametrize("data", [b" \n\t\n", b"\xef\xbb\xbf\n"])
def test_nothing_but_space(tmp_path, data):
    with pytest.raises(FileRejected, match="no text in this file"):
        probed(written(tmp_path, data))


def test_a_text_that_goes_on_as_something_else_is_damaged(tmp_path):
    with pytest.raises(FileRejected, match="damaged"):
        probed(written(tmp_path, b"words " * 1000 + bytes(range(256)) * 100))


# --- Passages --------------------------------------------------------------------------------------------

NOTES = f"""---
title: "Notes of a harbour"
author: A. Reed
---

# Harbours

{prose(2)}

## Herons

{prose(3, "herons")}

{prose(4, "waiting")}

### Nests ###

```python
# no heading
{"x = 1  # a line of code" + chr(10)}
```

## Boats
## Ropes

- one rope
- two ropes

Empty
-----
"""


def test_markdown_passages_stand_under_the_path_of_their_headings(tmp_path):
    path = written(tmp_path, NOTES)
    found = read(path)
    assert probed(path).said == "Notes of a harbour\nA. Reed"
    assert [cut.ordinal for cut in found] == list(range(len(found)))
    assert [(cut.heading, cut.text.split("\n")[0][:20]) for cut in found] == [
        ("Harbours", "Sentence 0 of heron "),
        ("Harbours › Herons", "Sentence 0 of herons"),
        ("Harbours › Herons › Nests", "```python"),
        ("Harbours", "## Boats"),
        ("Harbours › Ropes", "- one rope"),
        ("Harbours", "Empty"),
    ]
    assert all(cut.text in NOTES for cut in found)
    assert all(cut.page is None and cut.picture is None and cut.box is None for cut in found)


@pytest.mark.parametrize(
    "text",
    [
        "\n\n".join(prose(3, f"p{number}") for number in range(12)),
        prose(60),
        "\n".join(prose(1, f"line{number}") for number in range(60)),
        WORDS.replace(" ", "_") * 3 + " " + f"{WORDS} " * 60,
    ],
    ids=["paragraphs", "one paragraph", "lines", "no end of a sentence"],
)
def test_passages_are_of_60_to_200_words_and_lose_none(tmp_path, text):
    found = read(written(tmp_path, text))
    assert " ".join(cut.text for cut in found).split() == text.split()
    assert all(60 <= len(cut.text.split()) <= 200 for cut in found)
    if "." in text:
        assert all(cut.text.rstrip().endswith(".") for cut in found)


def test_code_stays_whole_and_text_without_spaces_is_parted(tmp_path):
    code = "```\n" + "\n".join(f"line number {number} of it" for number in range(60)) + "\n```"
    assert code in [cut.text for cut in read(written(tmp_path, f"{prose(8)}\n\n{code}\n\n{prose(8)}\n"))]
    chinese = "老港口的墙下，一只灰鹭在等小鱼。" * 400
    found = read(written(tmp_path, chinese))
    assert "".join(cut.text for cut in found) == chinese
    assert all(len(cut.text) <= 2000 for cut in found)


def test_headings_of_plain_text(tmp_path):
    text = f"ON HARBOURS\n\n{prose(2)}\n\nHerons\n======\n\n{prose(2)}\n\nNO. This is shouted!\n{prose(2)}\n"
    assert [cut.heading for cut in read(written(tmp_path, text))] == ["ON HARBOURS", "Herons"]


def test_only_so_many_characters_are_read_and_it_says_so(tmp_path):
    path = written(tmp_path, prose(100))
    limits = Limits(max_characters=1000)
    assert probed(path, limits).note == "Only the first 1000 characters of this text are read."
    assert sum(len(cut.text) for cut in read(path, limits)) <= 1000
    assert probed(path).note == ""


# --- The page that is drawn ------------------------------------------------------------------------------


def test_a_page_is_drawn_of_its_beginning(tmp_path):
    path = written(tmp_path, NOTES)
    found = probed(path)
    picture = render(path, found, Limits())
    assert (picture.mode, picture.size) == ("RGB", (found.width, found.height)) == ("RGB", (1131, 1600))
    ink = np.asarray(picture.convert("L")) < 128
    assert 0.005 < ink.mean() < 0.3
    assert not ink[:100].any()
    assert not ink[:, :100].any()
    other = written(tmp_path, "Quite another text.\n")
    assert (np.asarray(render(other, probed(other), Limits())) != np.asarray(picture)).any()


@pytest.mark.parametrize("text", ["老港口" * 300, "x" * 50_000, "\t" * 5000 + "x", "é́̂ \u200d 👩‍🚀 ﷺ" * 50])
def test_any_letters_can_be_drawn(tmp_path, text):
    path = written(tmp_path, text)
    assert render(path, probed(path), Limits(preview_px=400)).size == (283, 400)


def test_no_copy_is_needed(tmp_path):
    path = written(tmp_path, "GPSLatitude 48.85\n")
    assert not public_copy(path, probed(path), tmp_path / "copy")


# --- Whatever it holds -----------------------------------------------------------------------------------

MARKUP = st.lists(
    st.one_of(
        st.sampled_from(["# ", "```", "~~~", "---", "===", "- ", "> ", "\n", "\n\n", "\f", "[a](b)", "**", "|", ". "]),
        st.text(max_size=30),
    ),
    max_size=60,
).map("".join)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=MARKUP)
def test_any_text_is_read_or_refused(tmp_path, text):
    path = written(tmp_path, text, "utf-8")
    try:
        found = probed(path)
    except FileRejected as refused:
        assert refused.message.endswith(".")
        return
    if found.kind == "text":
        passages = read(path)
        assert passages
        assert all(cut.text.strip() for cut in passages)
        assert not any("\0" in cut.text for cut in passages)
        render(path, found, Limits(preview_px=100))


def test_long_and_odd_texts_take_little_time(tmp_path):
    for text in ("[" * 200_000, "#" * 200_000, "- " * 100_000, "`" * 200_000, "**_" * 70_000, "a\n---\n" * 40_000):
        assert read(written(tmp_path, "word " + text))


def test_many_lines_are_parted_in_one_pass():
    def lines(count: int) -> None:
        assert sum(map(len, parted([Piece("a", 1, Break.LINE)] * count))) == count

    assert growth(lines, 20_000) < LINEAR


def test_a_file_that_is_all_headings_becomes_so_many_parts_and_no_more(tmp_path):
    path, limits = written(tmp_path, "# a\n\nb\n\n" * 1000), Limits(max_cuts=50)
    made, note = with_note(cuts(path, probed(path), limits, lambda share: None))
    assert len(made) == 50
    assert note == "Only the first 50 parts of it can be found: it has more."
    made, note = with_note(cuts(path, probed(path), Limits(max_cuts=1000), lambda share: None))
    assert (len(made), note) == (1000, "")
