from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media_library.extraction.dates import EARLIEST, LATEST, dates, order_of
from media_library.extraction.drawing.languages import written_date

CHRISTMAS = date(2018, 12, 25)


@pytest.mark.parametrize(
    "written",
    [
        "25/12/2018", "25.12.18", "25-12-2018", "2018-12-25", "12/25/2018", "25 DEC 2018", "25. Dezember 2018",
        "le 25 décembre 2018", "25 de diciembre de 2018", "25 dicembre 2018", "25 december 2018", "Dec 25, 2018",
        "December 25th 2018", "25/DEC/2018", "25-Dec-18", "20181225", "25122018", "25/12/20188:13:39PM", "25DEC2018",
        "Date: 25 Dis 2018 (Sel)", "25 12-2018",
    ],
)  # fmt: skip
def test_dates_are_read_as_they_are_written(written):
    assert [one.value for one in dates(written)] == [CHRISTMAS]


@pytest.mark.parametrize(
    "text", ["03-9201 6281", "002-1550040", "31/02/2018", "1.2.3", "12:30:59", "40-50-60", "99/99/99"]
)
def test_what_is_no_date_is_none(text):
    assert dates(text) == []


def test_the_document_tells_which_number_is_the_day():
    assert dates("03/04/2020")[0].value == date(2020, 4, 3)
    assert dates("03/04/2020", "mdy")[0].value == date(2020, 3, 4)
    assert dates("03/04/2020")[0].doubtful
    assert not dates("13/04/2020")[0].doubtful
    assert order_of(["12/25/2018"]) == "mdy"
    assert order_of(["25/12/2018"]) == "dmy"
    assert order_of(["03/04/2020"]) is None


@given(
    st.dates(date(EARLIEST, 1, 1), date(LATEST, 12, 31)),
    st.sampled_from(["en", "de", "fr", "es", "it", "nl"]),
    st.integers(0, 2),
)
def test_every_date_is_read_back_in_every_language(day, language, style):
    written = written_date(day, language, "EUR", style)
    assert [one.value for one in dates(written)] == [day], written


@given(st.text(max_size=80))
def test_no_text_makes_it_fail_and_places_are_inside(text):
    for one in dates(text):
        assert text[one.start : one.end] == one.text
