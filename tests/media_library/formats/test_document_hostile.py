"""Documents that mean harm: read as far as they can be, or refused with a sentence, in little time and memory."""

from __future__ import annotations

import subprocess
import sys
import time
import zlib
from pathlib import Path

import pytest

from media_library.formats import (
    FileRejected,
    Limits,
    cuts,
    layout,
    pdf_engine,
    pdf_locations,
    pdfs,
    probe,
    public_copy,
    render,
    sniff,
)
from media_library.formats.pdf_content import Word
from tests.growth import LINEAR, growth
from tests.media import documents as make
from tests.media_library.formats.conftest import probed, with_note

LIMITS = Limits(max_pixels=20_000_000, budget_s=10, page_px=500, preview_px=500)


def go_through(path: Path, limits: Limits = LIMITS) -> list:
    found = probe(path, sniff(path), limits)
    made = list(cuts(path, found, limits, lambda share: None))
    render(path, found, limits)
    public_copy(path, found, path.with_name("copy"))
    return made


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def small_article(**more) -> bytes:
    pdf = make.sheet(**more)
    for number in range(3):
        pdf.add_page()
        make.set_lines(pdf, ["A heading"], 60, 60, 16, "B")
        make.set_lines(pdf, make.prose(f"page{number}", 10), 60, 100)
        make.place(pdf, make.jpeg((120, 80)), (60, 300, 360, 500))
    return bytes(pdf.output())


def test_a_password_is_asked_to_be_taken_off(tmp_path):
    pdf = make.sheet()
    pdf.set_encryption(owner_password="owner", user_password="user")
    pdf.add_page()
    with pytest.raises(FileRejected, match="locked with a password. Save a copy without the password") as refused:
        probed(make.save(pdf, tmp_path / "file"))
    assert refused.value.code == "locked"


def test_truncated_anywhere(tmp_path):
    whole = small_article()
    for tenth in range(1, 10):
        path = written(tmp_path / "cut", whole[: len(whole) * tenth // 10])
        try:
            assert go_through(path)
        except FileRejected as refused:
            assert refused.message.endswith(".")


@pytest.mark.parametrize(
    "data",
    [
        b"%PDF-1.7\n",
        b"%PDF-1.7\n" + bytes(range(256)) * 20,
        b"%PDF-1.7\n%%EOF",
        make.assembled(["<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [] /Count 0 >>"]),
        make.assembled(["<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [2 0 R] /Count 1 >>"]),
        make.assembled(["<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 99999999 >>"]),
        make.assembled(["<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>", "null"]),
        make.assembled(["<< /Type /Catalog >>"]),
    ],
    ids=["header", "noise", "empty", "no pages", "a tree in itself", "a forest", "no page", "no tree"],
)
def test_what_holds_no_page_is_refused(tmp_path, data):
    with pytest.raises(FileRejected) as refused:
        go_through(written(tmp_path / "file", data))
    assert refused.value.message.endswith(".")


@pytest.mark.parametrize("before", [b"\n\n", b"\x00\x01junk of a mailer\n" * 20, b"\xef\xbb\xbf"])
def test_a_header_a_little_into_the_file_is_one(tmp_path, before):
    path = written(tmp_path / "file", before + small_article())
    assert sniff(path).mime_type == "application/pdf"
    assert len([cut for cut in go_through(path) if cut.kind == "page"]) == 3


@pytest.mark.parametrize(
    ("before", "mime_type"),
    [
        (make.jpeg(), "image/jpeg"),
        (b"PK\x03\x04" + b"\0" * 60, None),
        (b"<html><body>\xff", None),
        (b"#!/bin/sh\0", None),
    ],
    ids=["jpeg", "zip", "html", "script"],
)
def test_what_begins_as_something_else_is_no_document(tmp_path, before, mime_type):
    path = written(tmp_path / "file", before + small_article())
    if mime_type:
        assert sniff(path).mime_type == mime_type
        return
    with pytest.raises(FileRejected):
        sniff(path)


def test_of_ten_thousand_pages_the_engine_is_asked_for_a_few(tmp_path, monkeypatch):
    path = written(tmp_path / "file", make.many_pages(10_000))
    asked, ask = [], pdfs._Engine.ask
    monkeypatch.setattr(pdfs._Engine, "ask", lambda *given: asked.append(given[2:]) or ask(*given))
    found = probed(path, Limits(max_pages=5))
    assert (found.pages, found.note) == (10_000, "Only the first 5 of its 10000 pages are read.")
    made = list(cuts(path, found, Limits(max_pages=5), lambda share: None))
    assert [cut.page for cut in made if cut.kind == "page"] == [1, 2, 3, 4, 5]
    assert all("same words" in cut.text for cut in made if cut.kind == "passage")
    assert 10 <= len(asked) < 50


def test_pages_that_no_time_is_left_for_are_told(tmp_path, hours_pass):
    path, limits = written(tmp_path / "file", make.many_pages(50)), Limits(page_px=100)
    made, note = with_note(cuts(path, probed(path), limits, lambda share: share > 0.1 and hours_pass()))
    assert made[-1].page == 6
    assert note == "What comes after page 6 is not read: the pages before it took too long."


def test_a_title_that_unpacks_to_megabytes_is_not_handed_on(tmp_path):
    data = make.one_page(b"0 0 9 9 re f")
    title = b"6 0 obj << /Title (" + b"T" * 1_000_000 + b") >> endobj\nxref\n"
    data = data.replace(b"/Root 1 0 R", b"/Root 1 0 R /Info 6 0 R").replace(b"xref\n", title, 1)
    with pdfs.opened(written(tmp_path / "file", data)) as pdf:
        assert pdf.facts["Title"] == "T" * pdf_engine.MAX_FACT
    assert probed(tmp_path / "file").said == "T" * 300


def test_words_of_a_long_row_are_not_compared_with_each_other(monkeypatch):
    monkeypatch.setattr(layout, "MAX_RUNS", 500)

    def row(count: int) -> None:
        words = [Word("w", (x * 10.0, 400, x * 10 + 1, 402), 2, False, 0, False) for x in range(count)]
        words = words[::2] + words[1::2]
        assert not layout.runs(words)
        assert sum(len(each.lines) for each in layout.paragraphs(words, 595, 842)) == len(words)

    assert growth(row, 600) < LINEAR
    few = [Word("w", (x * 10.0, 400, x * 10 + 1, 402), 2, False, 0, False) for x in range(400)]
    assert layout.runs(few)
    assert layout.paragraphs(few, 595, 842)


@pytest.mark.parametrize("box", ["0 0 14400 14400", "0 0 14400 1", "0 0 0.5 0.5", "0 0 0 0", "600 800 0 0"])
def test_pages_of_any_size(tmp_path, box):
    made = go_through(written(tmp_path / "file", make.one_page(b"0 0 100 100 re f", f"/MediaBox [{box}]")))
    assert made[0].kind == "page"
    assert max(made[0].picture.size) == LIMITS.page_px


def test_absurd_pages(tmp_path):
    path = written(tmp_path / "file", make.one_page(b"", "/MediaBox [0 0 1000000000 1000000000]"))
    with pytest.raises(FileRejected, match="larger than any paper"):
        go_through(path)


def test_a_page_that_is_broken_is_left_out_and_named(tmp_path):
    page = "<< /Type /Page /Parent 2 0 R /MediaBox [{}] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>"
    data = make.assembled(
        [
            "<< /Type /Catalog /Pages 2 0 R >>",
            "<< /Type /Pages /Kids [3 0 R 6 0 R 7 0 R] /Count 3 >>",
            page.format("0 0 600 800"),
            make.stream(b"BT /F1 12 Tf 100 300 Td (some words on this page) Tj ET"),
            "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
            page.format("0 0 1000000000 1000000000"),
            page.format("0 0 600 800"),
        ]
    )
    path = written(tmp_path / "file", data)
    made, note = with_note(cuts(path, probed(path), LIMITS, lambda share: None))
    assert note == "Page 2 could not be read."
    assert [cut.page for cut in made if cut.kind == "page"] == [1, 3]


def nested_forms(depth: int) -> bytes:
    """Forms in each other, each drawn twice: 2 to the power of `depth` rectangles."""
    forms = []
    for level in range(depth):
        inner = 6 + level + 1
        content = b"/Fm Do 1 0 0 1 5 5 cm /Fm Do" if level + 1 < depth else b"0 0 10 10 re f"
        forms.append(
            make.stream(
                content,
                f"/Type /XObject /Subtype /Form /BBox [0 0 600 800] /Resources << /XObject << /Fm {inner} 0 R >> >>",
            )
        )
    return make.one_page(b"/Fm Do", resources="/XObject << /Fm 6 0 R >>", more=forms)


@pytest.mark.parametrize(
    "data",
    [
        nested_forms(10),
        make.one_page(b"q " * 100_000),
        make.one_page(b"[" * 100_000),
        make.one_page(b"BT /F1 12 Tf " + b"(x) Tj 3 0 Td " * 20_000 + b"ET"),
        make.one_page(b"0 0 m " + b"9 9 l 7 3 l " * 30_000 + b"S"),
        make.one_page(b"1 0 0 1 3 3 re f " * 15_000),
        make.one_page(b"BT /F1 1e30 Tf 1e30 1e30 Td (x) Tj /F1 0 Tf (y) Tj 0 0 0 0 0 0 Tm (z) Tj ET"),
    ],
    ids=["nested", "states", "arrays", "letters", "path", "boxes", "numbers"],
)
def test_pages_that_are_much_work(tmp_path, data):
    started = time.monotonic()
    try:
        assert go_through(written(tmp_path / "file", data))[0].kind == "page"
    except FileRejected as refused:
        assert refused.code == "too-slow"
    # Probing, cutting, drawing and copying each give up after it; how long they take before that is the machine's.
    assert time.monotonic() - started < 10 * LIMITS.budget_s


def test_a_page_that_never_ends_is_given_up(tmp_path, monkeypatch):
    """Each form draws the next one twice: a trillion of them, and PDFium cannot be asked to stop."""
    monkeypatch.setattr(pdfs, "GRACE_S", 0.5)
    started = time.monotonic()
    with pytest.raises(FileRejected):
        go_through(written(tmp_path / "file", nested_forms(40)), Limits(budget_s=0.5))
    assert time.monotonic() - started < 100


def test_a_crash_is_that_of_the_engine(tmp_path, monkeypatch):
    path, ask = written(tmp_path / "file", small_article()), pdfs._Engine.ask

    def crashes_at_page_two(engine, seconds, *question):
        if question[:2] == ("read", 2):
            engine._process.kill()
        return ask(engine, seconds, *question)

    monkeypatch.setattr(pdfs._Engine, "ask", crashes_at_page_two)
    with pdfs.opened(path) as pdf:
        assert pdf.read(1, 1000, time.monotonic() + 100).words
        assert pdf.read(2, 1000, time.monotonic() + 100) is None
        assert pdf.read(3, 1000, time.monotonic() + 100).words


def test_an_engine_is_kept_by_a_program_that_holds_much_more(tmp_path, monkeypatch):
    path = written(tmp_path / "file", small_article())
    monkeypatch.setattr(pdfs, "_idle", [])
    encoder = bytearray(b"-" * (2 * pdf_engine.WORN_OUT))
    with pdfs.opened(path):
        del encoder
    assert pdfs._idle.pop().ready


def test_an_engine_that_is_killed_once_is_no_word_on_the_document(tmp_path, monkeypatch):
    path = written(tmp_path / "file", small_article())
    with pdfs.opened(path) as pdf:
        pdf._engine._process.kill()
        assert pdf.read(2, 1000, time.monotonic() + 100).words
    # Nor is one that was killed while it was kept for the next document.
    kept = pdfs._Engine()
    monkeypatch.setattr(pdfs, "_idle", [kept])
    kept._process.kill()
    with pdfs.opened(path) as pdf:
        assert pdf.read(2, 1000, time.monotonic() + 100).words


def test_drawing_a_page_ends_when_time_is_up(tmp_path):
    path = written(tmp_path / "file", make.one_page(b"q 0.1 w " + b"0 0 m 500 700 l 3 700 l 500 9 l h B* " * 50_000))
    limits = Limits(budget_s=0.5, preview_px=4000, page_px=4000)
    found = probed(path, limits)
    started = time.monotonic()
    with pytest.raises(FileRejected) as refused:
        list(cuts(path, found, limits, lambda share: None))
    assert refused.value.code == "too-slow"
    assert time.monotonic() - started < 100


def test_what_is_small_and_unpacks_to_gigabytes_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(pdf_locations, "MAX_UNPACKED", 4_000_000)
    bomb = zlib.compress(b"\0" * 5_000_000, 9)
    once = make.stream(bomb, "/Filter /FlateDecode")
    twice = make.stream(zlib.compress(bomb, 9), "/Filter [/FlateDecode /FlateDecode]")
    for content in (once, twice):
        with pytest.raises(FileRejected) as refused:
            go_through(written(tmp_path / "file", make.one_page(content)))
        assert refused.value.code == "unpacks"


def test_an_image_that_claims_gigapixels_is_left_out(tmp_path):
    huge = make.stream(
        b"\0" * 100_000,
        "/Type /XObject /Subtype /Image /Width 60000 /Height 60000 /ColorSpace /DeviceRGB /BitsPerComponent 8",
        packed=True,
    )
    path = written(
        tmp_path / "file",
        make.one_page(
            b"q 500 0 0 500 50 200 cm /Im Do Q BT /F1 12 Tf 60 100 Td (words below a bomb) Tj ET",
            resources="/XObject << /Im 6 0 R >>",
            more=[huge],
        ),
    )
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from resource import RUSAGE_CHILDREN, getrusage\n"
        "from tests.media_library.formats.test_document_hostile import go_through\n"
        "made = go_through(Path(sys.argv[1]))\n"
        "print([cut.kind for cut in made], getrusage(RUSAGE_CHILDREN).ru_maxrss // 1024)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    kinds, megabytes = done.stdout.strip().rsplit(" ", 1)
    assert "'page'" in kinds
    assert int(megabytes) < 300


def test_scripts_and_actions_are_never_run(tmp_path):
    harm = tmp_path / "harm"
    data = make.one_page(b"BT /F1 12 Tf 60 100 Td (quiet words) Tj ET").replace(
        b"/Type /Catalog",
        b"/Type /Catalog /OpenAction << /S /JavaScript /JS (while(true){}) >> /AA << /WC << /S /Launch /F (touch "
        + str(harm).encode()
        + b") >> >>",
    )
    made = go_through(written(tmp_path / "file", data))
    assert any("quiet words" in cut.text for cut in made)
    assert not harm.exists()


def test_a_font_that_does_not_say_what_it_means_gives_no_text(tmp_path):
    names = " ".join(f"/uniE{number:03X}" for number in range(65, 91))
    font = f"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding << /Differences [65 {names}] >> >>"
    path = written(
        tmp_path / "file",
        make.assembled(
            [
                "<< /Type /Catalog /Pages 2 0 R >>",
                "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R "
                "/Resources << /Font << /F1 5 0 R >> >> >>",
                make.stream(b"BT /F1 12 Tf 60 100 Td (WHAT IS THIS ALL ABOUT) Tj ET"),
                font,
            ]
        ),
    )
    assert [cut.kind for cut in go_through(path)] == ["page"]
