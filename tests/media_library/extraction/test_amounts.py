from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media_library.extraction.amounts import amount, amounts, decimal_mark
from media_library.extraction.drawing.languages import Manner


@pytest.mark.parametrize(
    ("written", "value", "currency"),
    [
        ("1,234.56", "1234.56", ""),
        ("1.234,56", "1234.56", ""),
        ("1 234,56 €", "1234.56", "EUR"),
        ("1'234.50 CHF", "1234.50", "CHF"),
        ("₹1,23,456.00", "123456.00", "INR"),
        ("12,-", "12", ""),
        ("RM 57.40", "57.40", "MYR"),
        ("S$-87.57", "-87.57", "SGD"),
        ("(12.34)", "-12.34", ""),
        ("12.34-", "-12.34", ""),
        ("12.34 CR", "-12.34", ""),
        ("-€5,00", "-5.00", "EUR"),
        ("9. 00", "9.00", ""),
        ("$0.50", "0.50", "$"),
        ("150,00 zł", "150.00", "PLN"),
    ],
)
def test_amounts_are_read_as_they_are_written(written, value, currency):
    found = amount(written)
    assert found is not None
    assert (found.value, found.currency) == (Decimal(value), currency)
    assert found.is_money


@pytest.mark.parametrize(
    "written", ["INV002989", "03-7731 8169", "8:13", "A4", "no", "", "12.34.56.78", "x", "12 apples"]
)
def test_what_is_no_amount_is_none(written):
    found = amount(written)
    assert found is None or not found.is_money


def test_a_rate_is_no_money():
    assert [(one.value, one.percent, one.is_money) for one in amounts("VAT 8.5% 12.34")] == [
        (Decimal("8.5"), True, False),
        (Decimal("12.34"), False, True),
    ]


def test_the_document_tells_what_one_mark_means():
    assert amount("1.234", ",").value == 1234
    assert amount("1.234", ".").value == Decimal("1.234")
    assert amount("1,234", ".").value == 1234
    assert decimal_mark(["12,50", "1.234,00", "7"]) == ","
    assert decimal_mark(["12.50", "1,234.00"]) == "."
    assert decimal_mark(["7", "12"]) is None


manners = st.sampled_from([Manner(".", ","), Manner(",", "."), Manner(",", " "), Manner(".", "'"), Manner(",", "")])
money = st.decimals(min_value=Decimal("-9999999.99"), max_value=Decimal("9999999.99"), places=2, allow_nan=False)


@given(money, manners, st.sampled_from(["{}", "{} €", "€{}", "RM {}", "{} CHF", " {} "]))
def test_every_amount_is_read_back_in_every_manner(value, manner, around):
    written = around.format(manner.number(value))
    assert amount(written, manner.decimal).value == value, written


@given(st.text(max_size=80))
def test_no_text_makes_it_fail_and_places_are_inside(text):
    for one in amounts(text):
        assert 0 <= one.start < one.end <= len(text)
        assert one.value.is_finite()
