"""What is read out of documents: facts, pages, passages in reading order, figures, and where they stand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest

from media_library import formats
from media_library.formats import FileRejected, Limits, cuts, render
from media_library.formats.documents import page_picture
from tests.media import documents as make
from tests.media_library.formats.conftest import probed


def read(path, limits=None):
    limits = limits or Limits()
    return list(cuts(path, probed(path, limits), limits, lambda share: None))


def of(kind, found):
    return [cut for cut in found if cut.kind == kind]


# --- Facts -----------------------------------------------------------------------------------------------


def test_facts(tmp_path):
    pdf = make.sheet(title="Herons", author="A. Reed", subject="Herons", keywords="birds, water")
    pdf.set_creation_date(datetime(2024, 5, 6, 7, 8, 9, tzinfo=timezone(timedelta(hours=2))))
    pdf.add_page()
    pdf.add_page(format=(842, 595))
    found = probed(make.save(pdf, tmp_path / "file"))
    assert (found.kind, found.mime_type, found.pages) == ("document", "application/pdf", 2)
    assert (found.width, found.height) == (1131, 1600)
    assert found.said == "Herons\nA. Reed\nbirds, water"
    assert found.captured_at == datetime(2024, 5, 6, 5, 8, 9, tzinfo=UTC)
    assert (found.note, found.has_location) == ("", False)


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("untitled", ""),
        ("Microsoft Word - Annual report.docx", "Annual report"),
        ("Document1", ""),
        ("\x00\x07 - ", ""),
        ("Über \u202eMäuse", "Über Mäuse"),
    ],
)
def test_a_title_that_nobody_wrote_says_nothing(tmp_path, title, said):
    pdf = make.sheet(title=title)
    pdf.add_page()
    assert probed(make.save(pdf, tmp_path / "file")).said == said


@pytest.mark.parametrize(
    "date", ["D:00010101000000Z", "D:99991231235959", "D:20241399", "yesterday", "D:2024050607+99'99"]
)
def test_a_date_that_is_none_is_left_out(tmp_path, date):
    file = tmp_path / "file"
    raw = make.one_page(b"").replace(b"/Root 1 0 R", f"/Root 1 0 R /Info << /CreationDate ({date}) >>".encode())
    file.write_bytes(raw)
    assert probed(file).captured_at is None


# --- Passages --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def article(tmp_path_factory):
    """Three pages: a running head, page numbers, two headings, of which the second one goes on over the page."""
    pdf = make.sheet()
    for number in range(1, 4):
        pdf.add_page()
        make.set_lines(pdf, ["The Journal of Harbours"], 60, 40, 9)
        make.set_lines(pdf, [f"Page {number} of 3"], 270, 815, 9)
        if number == 1:
            make.set_lines(pdf, ["On waiting"], 60, 90, 20, "B")
            make.set_lines(pdf, ["Introduction"], 60, 130, 13, "B")
            make.set_lines(pdf, make.prose("begin", 12), 60, 150)
            make.set_lines(pdf, ["Methods"], 60, 330, 13, "B")
            make.set_lines(pdf, make.prose("alpha", 12), 60, 350)
            make.set_lines(pdf, make.prose("beta", 12), 60, 520)
        else:
            make.set_lines(pdf, make.prose(f"later{number}", 30), 60, 90)
    return make.save(pdf, tmp_path_factory.mktemp("article") / "file")


def test_passages_stand_under_their_headings_also_on_later_pages(article):
    found = read(article)
    passages = of("passage", found)
    assert [cut.ordinal for cut in passages] == list(range(len(passages)))
    assert [cut.page for cut in of("page", found)] == [1, 2, 3]
    by_topic = {
        topic: {cut.heading for cut in passages if topic in cut.text} for topic in ("begin", "alpha", "beta", "later3")
    }
    assert by_topic == {
        "begin": {"On waiting › Introduction"},
        "alpha": {"On waiting › Methods"},
        "beta": {"On waiting › Methods"},
        "later3": {"On waiting › Methods"},
    }
    assert all(60 <= len(cut.text.split()) <= 200 for cut in passages)
    assert [cut.page for cut in passages] == sorted(cut.page for cut in passages)


def test_running_heads_and_page_numbers_are_left_out_and_nothing_else_is(article):
    words = " ".join(cut.text for cut in of("passage", read(article)))
    assert "Journal" not in words
    assert "Page" not in words
    for topic, lines in (("begin", 12), ("alpha", 12), ("beta", 12), ("later2", 30), ("later3", 30)):
        assert words.count(topic) == lines


def test_the_lines_are_the_text_and_have_their_places(article):
    for cut in of("passage", read(article)):
        assert " ".join(line.text for line in cut.lines).split() == cut.text.split()
        left, top, right, bottom = cut.box
        assert all(left <= line.box[0] < line.box[2] <= right for line in cut.lines)
        assert all(top <= line.box[1] < line.box[3] <= bottom for line in cut.lines)
        tops = [line.box[1] for line in cut.lines]
        assert tops == sorted(tops)


@pytest.mark.parametrize("drawn", ["by column", "by row", "from the bottom"])
def test_columns_are_read_one_after_the_other_however_they_are_drawn(tmp_path, drawn):
    pdf = make.sheet()
    pdf.add_page()
    make.set_lines(pdf, ["A title over both of the columns of this page"], 60, 60, 18, "B")
    left = [(60, 100 + 12.5 * n, f"left{n:02d} {text}") for n, text in enumerate(make.prose("heron", 40, 6))]
    right = [(310, 100 + 12.5 * n, f"right{n:02d} {text}") for n, text in enumerate(make.prose("boat", 40, 6))]
    rows = [*left, *right] if drawn == "by column" else sorted([*left, *right], key=lambda each: each[1])
    for x, y, text in reversed(rows) if drawn == "from the bottom" else rows:
        make.set_lines(pdf, [text], x, y)
    passages = of("passage", read(make.save(pdf, tmp_path / "file")))
    words = [word for cut in passages for word in cut.text.split() if word.startswith(("left", "right"))]
    assert words == [f"left{n:02d}" for n in range(40)] + [f"right{n:02d}" for n in range(40)]
    assert {cut.heading for cut in passages} == {"A title over both of the columns of this page"}


def test_a_table_is_read_row_by_row(tmp_path):
    pdf = make.sheet()
    pdf.add_page()
    for row in range(12):
        for column, text in enumerate((f"Item{row}", f"{row}", f"{row * 7}.50")):
            make.set_lines(pdf, [text], 60 + 150 * column, 100 + 14 * row)
    text = of("passage", read(make.save(pdf, tmp_path / "file")))[0].text
    assert "Item3 3 21.50" in text
    assert text.index("Item3") < text.index("21.50") < text.index("Item4")


def test_a_word_that_is_parted_at_the_end_of_a_line_is_whole_again(tmp_path):
    pdf = make.sheet()
    pdf.add_page()
    make.set_lines(pdf, ["A heron stands in the har-", "bour and waits for a well-", "Known fish."], 60, 100)
    passage = of("passage", read(make.save(pdf, tmp_path / "file")))[0]
    assert passage.text == "A heron stands in the harbour and waits for a well- Known fish."
    assert passage.lines[0].text.endswith("har-")


def test_a_page_of_a_heading_alone_keeps_its_words(tmp_path):
    pdf = make.sheet()
    for words in (["Part One"], make.prose("water", 20)):
        pdf.add_page()
        make.set_lines(pdf, words, 60, 300, 30 if len(words) == 1 else 10)
    first, second = of("passage", read(make.save(pdf, tmp_path / "file")))
    assert (first.text, first.page, second.heading) == ("Part One", 1, "Part One")


# --- Places on turned and cropped pages ------------------------------------------------------------------

TEXT = b"BT /F1 14 Tf 150 400 Td (Somewhere on this page) Tj 0 -40 Td (another line of words) Tj ET"


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
@pytest.mark.parametrize("boxes", ["[0 0 500 600]", "[-50 20 450 640]", "[0 0 900 900] /CropBox [100 200 480 560]"])
def test_lines_stand_where_they_are_seen(tmp_path, turned, boxes):
    file = tmp_path / "file"
    file.write_bytes(make.one_page(TEXT, f"/MediaBox {boxes} /Rotate {turned}"))
    page, passage = read(file)[:2]
    ink = np.asarray(page.picture.convert("L")) < 128
    height, width = ink.shape
    assert (width > height) == ((boxes.startswith("[0 0 900")) != (turned in (90, 270))) or height == width
    for line in passage.lines:
        left, top, right, bottom = (
            round(edge * side) for edge, side in zip(line.box, (width, height, width, height), strict=True)
        )
        assert ink[top:bottom, left:right].any()
        ink[max(top - 2, 0) : bottom + 2, max(left - 2, 0) : right + 2] = False
    assert not ink.any()
    assert "Somewhere on this page" in passage.text


def test_what_is_outside_of_the_visible_page_is_not_read(tmp_path):
    file = tmp_path / "file"
    content = TEXT + b" BT /F1 14 Tf 150 700 Td (cut off) Tj ET"
    file.write_bytes(make.one_page(content, "/MediaBox [0 0 595 842] /CropBox [0 0 595 600]"))
    assert "cut off" not in " ".join(cut.text for cut in read(file))


# --- Figures ---------------------------------------------------------------------------------------------


def test_a_figure_has_its_caption_its_place_and_its_picture(tmp_path):
    pdf = make.sheet()
    pdf.add_page()
    make.place(pdf, make.jpeg((60, 60), (0, 120, 0)), (520, 20, 560, 60))
    make.set_lines(pdf, make.prose("before", 15), 60, 100)
    make.place(pdf, make.jpeg(), (150, 300, 450, 500))
    make.set_lines(pdf, ["Figure 1: A red field near the harbour,", "seen from the wall."], 150, 515, 9)
    make.set_lines(pdf, make.prose("after", 15), 60, 560)
    found = read(make.save(pdf, tmp_path / "file"))
    (figure,) = of("figure", found)
    assert figure.text == "Figure 1: A red field near the harbour, seen from the wall."
    assert figure.box == pytest.approx((150 / 595, 300 / 842, 450 / 595, 500 / 842), abs=0.003)
    assert max(figure.picture.size) <= Limits().frame_px
    assert figure.picture.width / figure.picture.height == pytest.approx(1.5, abs=0.02)
    assert np.asarray(figure.picture).mean(axis=(0, 1)) == pytest.approx((200, 30, 30), abs=12)
    words = " ".join(cut.text for cut in of("passage", found))
    assert "red field" not in words
    assert words.count("before") == words.count("after") == 15


def test_strips_of_a_picture_are_one_figure_and_two_pictures_are_two(tmp_path):
    pdf = make.sheet()
    pdf.add_page()
    for strip in range(4):
        make.place(pdf, make.jpeg((300, 50), (200, 10 * strip, 30)), (50, 100 + 50 * strip, 350, 150 + 50 * strip))
    make.place(pdf, make.jpeg(colour=(30, 30, 200)), (50, 500, 350, 700))
    make.set_lines(pdf, ["The harbour at night"], 60, 715, 9)
    figures = of("figure", read(make.save(pdf, tmp_path / "file")))
    assert [figure.box[3] for figure in figures] == pytest.approx([300 / 842, 700 / 842], abs=0.003)
    assert [figure.text for figure in figures] == ["", "The harbour at night"]


def test_a_picture_on_every_page_is_an_ornament(tmp_path):
    pdf = make.sheet()
    for number in range(4):
        pdf.add_page()
        make.place(pdf, make.jpeg(), (50, 50, 300, 200))
        make.set_lines(pdf, make.prose(f"page{number}", 10), 60, 300)
    assert [figure.page for figure in of("figure", read(make.save(pdf, tmp_path / "file")))] == [1]


def test_a_chart_that_is_drawn_is_a_figure_with_its_labels(tmp_path):
    pdf = make.sheet()
    pdf.add_page()
    make.set_lines(pdf, make.prose("before", 10), 60, 80)
    pdf.set_fill_color(40, 80, 160)
    pdf.line(150, 300, 150, 500)
    pdf.line(150, 500, 430, 500)
    for bar in range(8):
        pdf.rect(160 + 33 * bar, 480 - 20 * bar, 20, 20 + 20 * bar, style="F")
        make.set_lines(pdf, [str(10 * bar)], 165 + 33 * bar, 512, 8)
    make.set_lines(pdf, ["Fig. 2. Herons by year"], 200, 535, 9)
    make.set_lines(pdf, make.prose("after", 10), 60, 600)
    found = read(make.save(pdf, tmp_path / "file"))
    (figure,) = of("figure", found)
    assert figure.text == "Fig. 2. Herons by year"
    left, top, right, bottom = figure.box
    assert left <= 150 / 595
    assert top <= 301 / 842
    assert right >= 411 / 595
    assert 510 / 842 <= bottom <= 530 / 842
    # Labels are read for themselves, not in the middle of the text.
    assert all("70" not in cut.text for cut in of("passage", found) if "after" in cut.text or "before" in cut.text)


def test_rules_and_boxes_around_text_are_no_figures(tmp_path):
    pdf = make.sheet()
    pdf.add_page()
    for number in range(20):
        pdf.line(60, 104 + 25 * number, 500, 104 + 25 * number)
        pdf.rect(55, 88 + 25 * number, 460, 20)
        make.set_lines(pdf, make.prose("boxed", 1, 14), 60, 100 + 25 * number)
    assert of("figure", read(make.save(pdf, tmp_path / "file"))) == []


def test_a_picture_inside_of_a_form_is_where_it_is_seen(tmp_path):
    image = make.stream(
        make.jpeg(),
        "/Type /XObject /Subtype /Image /Width 300 /Height 200 /ColorSpace /DeviceRGB "
        "/BitsPerComponent 8 /Filter /DCTDecode",
    )
    inner = make.stream(
        b"q 300 0 0 200 10 20 cm /Im Do Q",
        "/Type /XObject /Subtype /Form /BBox [0 0 400 300] "
        "/Matrix [0.5 0 0 0.5 0 0] /Resources << /XObject << /Im 6 0 R >> >>",
    )
    file = tmp_path / "file"
    file.write_bytes(
        make.one_page(b"q 2 0 0 2 100 100 cm /Fm Do Q", resources="/XObject << /Fm 7 0 R >>", more=[image, inner])
    )
    page, figure = read(file)
    left, top, right, bottom = (110 / 595, (842 - 320) / 842, 410 / 595, (842 - 120) / 842)
    assert figure.box == pytest.approx((left, top, right, bottom), abs=0.003)
    pixels = np.asarray(page.picture)
    assert pixels[round((top + 0.01) * 1400), round((left + 0.01) * pixels.shape[1])][0] > 150
    assert (pixels[round((top - 0.01) * 1400), round((left - 0.01) * pixels.shape[1])] == 255).all()


# --- Scans -----------------------------------------------------------------------------------------------


def scanned(path, hidden=(), stamp=""):
    pdf = make.sheet()
    pdf.add_page()
    make.place(pdf, make.scan(make.prose("printed", 12, 5)), (0, 0, 595, 842))
    if stamp:
        make.set_lines(pdf, [stamp], 400, 820, 8)
    if hidden:
        with pdf.local_context(text_mode="INVISIBLE"):
            make.set_lines(pdf, hidden, 60, 80, 20)
    return make.save(pdf, path)


def test_a_scan_is_a_page_without_passages_or_figures(tmp_path):
    found = read(scanned(tmp_path / "file", stamp="Received 4 May"))
    assert [cut.kind for cut in found] == ["page"]
    assert max(found[0].picture.size) == Limits().page_px


def test_what_a_scanner_has_read_is_text_unless_it_is_garbage(tmp_path):
    text = of("passage", read(scanned(tmp_path / "good", hidden=make.prose("printed", 12, 5))))
    assert " ".join(cut.text for cut in text).count("printed") == 12
    garbage = ["~ ;' .,| i} %", "= - _ ~ ^^ ' :;", "( ) / . * i"] * 4
    assert not of("passage", read(scanned(tmp_path / "bad", hidden=garbage)))


def test_a_page_to_be_read_is_large_and_upright(tmp_path):
    path = scanned(tmp_path / "file")
    picture = formats.legible(path, probed(path), Limits(), 1)
    assert (picture.mode, picture.height) == ("RGB", Limits().legible_px)
    with pytest.raises(FileRejected):
        page_picture(path, 2, 1000)


def test_what_was_filled_into_a_form_is_read(tmp_path):
    field = (
        "<< /Type /Annot /Subtype /Widget /FT /Tx /T (name) /V (Ada Lovelace) /Rect [100 600 300 630] /P 3 0 R "
        "/F 4 /DA (/F1 12 Tf 0 g) /AP << /N 7 0 R >> >>"
    )
    look = make.stream(
        b"/Tx BMC BT /F1 12 Tf 2 8 Td (Ada Lovelace) Tj ET EMC",
        "/Type /XObject /Subtype /Form /BBox [0 0 200 30] /Resources << /Font << /F1 5 0 R >> >>",
    )
    raw = make.one_page(
        b"BT /F1 12 Tf 60 610 Td (Name:) Tj ET", "/MediaBox [0 0 595 842] /Annots [6 0 R]", more=[field, look]
    )
    file = tmp_path / "file"
    file.write_bytes(raw.replace(b"/Type /Catalog", b"/Type /Catalog /AcroForm << /Fields [6 0 R] >>"))
    # The table of offsets no longer fits, as in many files; it is found anew.
    assert "Name: Ada Lovelace" in of("passage", read(file))[0].text


# --- The picture that stands for it, and limits ----------------------------------------------------------


def test_the_first_page_that_is_not_blank_stands_for_it(tmp_path):
    pdf = make.sheet()
    pdf.add_page()
    pdf.add_page()
    make.place(pdf, make.jpeg(), (0, 0, 595, 842))
    path = make.save(pdf, tmp_path / "file")
    picture = render(path, probed(path), Limits())
    assert (picture.mode, picture.size) == ("RGB", (1131, 1600))
    assert np.asarray(picture).mean(axis=(0, 1)) == pytest.approx((200, 30, 30), abs=12)


def test_only_so_many_pages_and_characters_are_read_and_it_says_so(article):
    limits = Limits(max_pages=2)
    assert probed(article, limits).note == "Only the first 2 of its 3 pages are read."
    assert probed(article, limits).pages == 3
    assert {cut.page for cut in read(article, limits)} == {1, 2}
    limits = Limits(max_characters=2500)
    assert "up to page 2" in probed(article, limits).note
    found = read(article, limits)
    assert [cut.page for cut in of("page", found)] == [1, 2, 3]
    assert sum(len(cut.text) for cut in of("passage", found)) <= 2500


def test_what_was_read_when_time_was_up_counts(article, hours_pass):
    found = list(cuts(article, probed(article), Limits(), lambda share: hours_pass()))
    assert [cut.page for cut in of("page", found)] == [1]
    assert of("passage", found)


def test_progress_goes_up_to_one(article):
    told: list[float] = []
    list(cuts(article, probed(article), Limits(), told.append))
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert len(told) > 3
