"""Questions about an invoice: worked out from its values, shown with the sum, and nothing made up."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media_library.extraction import questions, spending
from media_library.extraction.asked_things import counted
from media_library.extraction.questions import answer
from media_library.extraction.schemas import Invoice


def box(row: int) -> dict:
    return {"page": 1, "left": 0.1, "top": row / 10, "right": 0.9, "bottom": row / 10 + 0.05}


BICYCLES = Invoice.model_validate(
    {
        "vendor": "East Repair Inc.",
        "number": "US-001",
        "date": "2019-02-11",
        "due_date": "2019-02-26",
        "currency": "USD",
        "lines": [
            {"quantity": "1", "description": "Front and rear brake cables", "unit_price": "100.00", "amount": "100.00"},
            {
                "quantity": "2",
                "description": "New set of pedal arms",
                "unit_price": {"value": "15.00", "box": box(3)},
                "amount": "30.00",
            },
            {
                "quantity": "3",
                "description": "Labor 3 hrs",
                "unit_price": {"value": "5.00", "box": box(4)},
                "amount": "15.00",
            },
        ],
        "subtotal": "145.00",
        "taxes": [{"rate": "6.25", "amount": "9.06"}],
        "total": "154.06",
    }
)


@pytest.mark.parametrize(
    ("question", "value", "said"),
    [
        ("How much would four sets of pedal arms and six hours of labour cost?", "90.00", "60.00 + 30.00 = 90.00 USD"),
        ("How much would 4 pedal arms and 6 hrs labor cost with tax?", "95.63", "90.00 + 5.63 = 95.63 USD"),
        ("What do 2 front and rear brake cables, a set of pedal arms and 2.5 hours of labor cost?", "227.50", "200.00"),
        ("what would half a dozen pedal arms cost", "90.00", "6 ×"),
        ("How much would one and a half hours of labour cost?", "7.50", "1.5 ×"),
        ("How much would a hundred and twenty pedal arms be?", "1800.00", "120 ×"),
        ("Was kosten vier Pedal arms?", "60.00", "4 ×"),
        ("What did the labour cost?", "15.00", "for 3, 5.00 each"),
        ("price of pedal arms", "15.00", "each"),
        ("What is the total?", "154.06", "154.06 USD"),
        ("How much did it cost in total?", "154.06", "total"),
        ("how much without tax?", "145.00", "subtotal"),
        ("How much VAT is in it?", "9.06", "6.25 %"),
        ("how many brake cables did we buy?", "1", "brake cables"),
        ("which line is the dearest?", "100.00", "Front and rear brake cables"),
        ("What is the cheapest item?", "15.00", "Labor"),
    ],
)
def test_sums_are_worked_out_and_shown(question, value, said):
    worked = answer(question, BICYCLES)
    assert worked.value == Decimal(value)
    assert said in worked.text
    assert worked.is_answer
    assert not worked.missing


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("When was it issued?", "11 February 2019"),
        ("When do we have to pay?", "26 February 2019"),
        ("What's the invoice number?", "US-001"),
        ("Who issued it, and when?", "It is from East Repair Inc.\nIts date is 11 February 2019."),
        ("Which items were bought, at what price?", "2 × New set of pedal arms at 15.00: 30.00 USD."),
    ],
)
def test_what_is_written_on_it_is_said(question, said):
    assert said in answer(question, BICYCLES).text


def test_every_figure_has_its_place():
    worked = answer("How much would four sets of pedal arms and six hours of labour cost?", BICYCLES)
    assert [[value.box.top for value in step.used if value.box] for step in worked.steps[:3]] == [
        [0.3],
        [0.4],
        [0.3, 0.4],
    ]


def test_what_is_not_on_it_is_named_and_not_guessed():
    worked = answer("What would three helmets and two pedal arms cost?", BICYCLES)
    assert (worked.value, worked.missing) == (None, ("helmets",))
    assert "Not on this invoice: “helmets”" in worked.text
    assert "2 × New set of pedal arms at 15.00 = 30.00" in worked.text
    assert answer("Is there a discount?", BICYCLES).missing == ("a discount",)
    for elsewhere in ("What is the capital of France?", "", "???", "what colour are the pedal arms?"):
        assert not answer(elsewhere, BICYCLES).steps


def test_what_may_be_several_lines_is_asked_back():
    bolts = [
        {"quantity": "5", "description": f"Bolt M{size}", "unit_price": f"{size}.00", "amount": f"{5 * size}.00"}
        for size in (6, 8)
    ]
    invoice = Invoice.model_validate({"lines": bolts, "currency": "EUR"})
    assert "may be “Bolt M6” at 6.00 or “Bolt M8” at 8.00" in answer("How much are three bolts?", invoice).text
    assert answer("How much are three M8 bolts?", invoice).value == Decimal("24.00")


def test_prices_that_hold_the_tax_get_none_added():
    invoice = BICYCLES.model_copy(deep=True)
    invoice.taxes[0].included = True
    worked = answer("How much would 4 pedal arms cost with tax?", invoice)
    assert worked.value == Decimal("60.00")
    assert "hold the tax already" in worked.text


def test_two_taxes_of_one_rate_are_both_added():
    invoice = BICYCLES.model_copy(deep=True)
    invoice.taxes += invoice.model_copy(deep=True).taxes
    assert answer("How much would 10 pedal arms cost with tax?", invoice).value == Decimal("168.74")
    invoice.subtotal = None
    worked = answer("How much would 10 pedal arms cost with tax?", invoice)
    assert worked.value == Decimal("150.00")
    assert "Several taxes" in worked.text


@pytest.mark.parametrize(
    ("question", "value"), [("Hoeveel kosten 2 pedal arms?", "30.00"), ("Hoeveel pedal arms?", "2")]
)
def test_how_much_and_how_many_may_be_one_word(question, value):
    assert answer(question, BICYCLES).value == Decimal(value)


NAMES = ("brake cables", "pedal arms", "copper pipe", "desk lamp", "wool blanket", "garden hose")


@given(
    st.lists(
        st.tuples(st.sampled_from(NAMES), st.integers(1, 10**6)), min_size=1, max_size=6, unique_by=lambda x: x[0]
    ),
    st.data(),
)
def test_any_list_of_things_comes_to_the_sum_of_their_prices(priced, data):
    lines = [{"description": name, "unit_price": str(Decimal(cents) / 100), "quantity": "1"} for name, cents in priced]
    invoice = Invoice.model_validate({"lines": lines, "currency": "EUR", "total": "1.00"})
    asked = data.draw(st.lists(st.tuples(st.sampled_from(priced), st.integers(1, 999)), min_size=1, max_size=4))
    question = f"How much would {' and '.join(f'{count} {name}' for (name, _), count in asked)} cost?"
    worked = answer(question, invoice)
    assert worked.value == sum(Decimal(cents) * count for (_, cents), count in asked) / 100
    assert len([step for step in worked.steps if "×" in step.text]) == len(asked)


@given(st.text(max_size=200), st.text(max_size=60))
def test_no_question_and_no_description_breaks_it(question, description):
    invoice = BICYCLES.model_copy(deep=True)
    invoice.lines[0].description.value = description
    for asked in (question, f"how much would two {question} cost", f"how many {description}"):
        worked = answer(asked, invoice)
        assert worked.value is None or worked.is_answer
        spending.asked(f"how much did we spend at {asked}", date(2026, 11, 21))
        questions.counts(asked)


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ("twenty-five", "25"),
        ("two hundred", "200"),
        ("half a dozen", "6"),
        ("2 dozen", "24"),
        ("1,250", "1250"),
        ("drei", "3"),
    ],
)
def test_number_words(words, count):
    assert counted(words.split())[0] == Decimal(count)


@pytest.mark.parametrize(
    ("question", "vendor", "thing", "first", "last", "month"),
    [
        ("how much did we spend at Tesco in March?", "Tesco", "", None, None, 3),
        ("What did we spend at Green Bicycles in March 2019?", "Green Bicycles", "", "2019-03-01", "2019-03-31", None),
        ("what did we spend last month", "", "", "2026-10-01", "2026-10-31", None),
        ("total of all invoices from Acme Tools in 2023", "Acme Tools", "", "2023-01-01", "2023-12-31", None),
        ("How much have we spent on labour at East Repair?", "East Repair", "labour", None, None, None),
        ("how much did we spend in the first quarter of 2024?", "", "", "2024-01-01", "2024-03-31", None),
    ],
)
def test_what_was_spent_is_asked_by_vendor_thing_and_time(question, vendor, thing, first, last, month):
    asked = spending.asked(question, date(2026, 11, 21))
    days = [day.isoformat() if day else None for day in (asked.first, asked.last)]
    assert (asked.vendor, asked.thing, *days, asked.month) == (vendor, thing, first, last, month)


def test_a_vendor_is_known_by_a_part_of_its_name():
    assert spending.vendors_named("east repair", ["East Repair Inc.", "West Repair"]) == ["East Repair Inc."]
    assert spending.asked("What is the total of this?", date(2026, 1, 1)) is None
