"""Questions to invoices: one's own, worked out with a source for each value, in the library and on the item's page."""

from __future__ import annotations

import pytest

from media_library.asking import answers
from media_library.extracting import invoices
from media_library.lmm import fake
from media_library.lmm.base import Data
from media_library.models import Extraction, ExtractionState
from search.filters import Filters
from search.rag import answering
from search.rag.answering import Question

pytestmark = pytest.mark.usefixtures("db")


def place(row: int) -> dict:
    return {"page": 1, "left": 0.1, "top": row / 10, "right": 0.9, "bottom": row / 10 + 0.05}


def read(**changes) -> dict:
    return {
        "vendor": "East Repair Inc.",
        "number": "US-001",
        "date": "2019-02-11",
        "currency": "USD",
        "lines": [
            {"quantity": "1", "description": "Front and rear brake cables", "unit_price": "100.00", "amount": "100.00"},
            {
                "quantity": "2",
                "description": {"value": "New set of pedal arms", "box": place(3)},
                "unit_price": {"value": "15.00", "box": place(3)},
                "amount": "30.00",
            },
            {
                "quantity": "3",
                "description": "Labor 3 hrs",
                "unit_price": {"value": "5.00", "box": place(4)},
                "amount": "15.00",
            },
        ],
        "subtotal": "145.00",
        "taxes": [{"rate": "6.25", "amount": "9.06"}],
        "total": {"value": "154.06", "text": "$154.06", "box": place(6)},
    } | changes  # fmt: skip


@pytest.fixture
def bill(make_item):
    """An item whose invoice was read."""

    def make(colour="red", owner=None, title="", **changes):
        item = make_item(colour, owner=owner, title=title)
        extraction = Extraction.objects.create(
            item=item, provider="reader", state=ExtractionState.DONE, data=read(**changes)
        )
        invoices.take(extraction)
        return item

    return make


@pytest.fixture
def asks(user, settings):
    settings.SIGHTLINE_LMM = "reader"

    def ask(text, **given):
        told, answered = answering.whole(user, Question(text, **given))
        return told, answered.message

    return ask


def test_what_things_would_cost_is_answered_with_the_sum_and_each_line_cited(bill, asks):
    item = bill()
    told, message = asks("How much would four sets of pedal arms and six hours of labour cost?")
    assert "4 × New set of pedal arms at 15\\.00 = 60\\.00 USD\\. [1]" in message.text
    assert "60\\.00 \\+ 30\\.00 = 90\\.00 USD\\. [1][2]" in message.text
    assert "No LMM was asked" in message.text
    first, second = message.citations
    assert (first["item"], first["box"][1], second["box"][1]) == (str(item.pk), 0.3, 0.4)
    assert first["url"] == f"/items/{item.pk}/invoice/"
    assert told.found.sources[0].marks


def test_what_was_spent_is_added_by_currency_over_what_one_may_see(bill, asks, other_user):
    bill("red", title="One")
    bill("blue", title="Two", date="2019-03-05", total="10.00", number="2")
    bill("green", title="Three", date="2019-03-09", total="7.50", currency="EUR", number="3")
    bill("white", owner=other_user, date="2019-03-09", total="1000.00", number="4")
    bill("black", vendor="Tesco", date="2019-03-09", total="99.00", number="5")
    _, message = asks("How much did we spend at East Repair in March 2019?")
    assert "**10\\.00 USD** on 1 invoice" in message.text
    assert "**7\\.50 EUR** on 1 invoice" in message.text
    assert "not added up" in message.text
    assert len(message.citations) == 2
    labour = asks("How much did we spend on labour in USD at East Repair?")[1].text
    assert "**30\\.00 USD** on 2 lines" in labour, labour
    unknown = asks("How much did we spend at Zeppelin?")[1].text
    assert "None of the invoices that you can see is from “Zeppelin”" in unknown


def test_what_is_counted_is_counted_on_all_of_them(bill, asks):
    bill("red")
    bill("blue", number="2", lines=[{"quantity": "4", "description": "Brake cables, rear", "amount": "8.00"}])
    _, message = asks("How many brake cables did we buy?")
    assert "Together on 2 invoices: **5**" in message.text


def test_other_questions_are_answered_as_before(bill, asks, make_item):
    bill("red", title="Bicycles")
    make_item("blue", title="Lighthouse", caption="The date of the lighthouse is 1988.")
    assert "1988" in asks("What is the date of the lighthouse?")[1].text
    assert "154\\.06 USD" in asks("What is the total of the invoice from East Repair?")[1].text
    missing = asks("How much would two helmets cost on the East Repair invoice?")[1].text
    assert "Not on this invoice: “helmets" in missing
    nothing = asks("What would four pedal arms cost?", filters=Filters(kinds=("video",)))[1].text
    assert "60" not in nothing


def test_a_model_gets_what_was_worked_out_as_data(bill, user, said):
    item = bill()
    fake.script.append("Ninety dollars, 90.00 USD [1].")
    _, answered = answering.whole(user, Question("How much would 4 pedal arms and 6 hours of labour cost?"))
    (request,) = fake.asked
    given = [part.text for part in request.turns[-1].parts if isinstance(part, Data)]
    assert any("4 × New set of pedal arms at 15.00 = 60.00 USD" in text for text in given)
    assert answered.message
    fake.script.append("90.00 USD")
    answers.whole(user, item, answers.check("ask", "How much would 4 pedal arms cost?"))
    assert any("60.00 USD" in part.text for part in fake.asked[-1].turns[-1].parts if isinstance(part, Data))


def test_the_page_of_an_item_answers_from_its_invoice(bill, user, settings):
    settings.SIGHTLINE_LMM = "reader"
    item = bill()
    answered = answers.whole(user, item, answers.check("ask", "How much would four sets of pedal arms cost with tax?"))
    assert "60\\.00 \\+ 3\\.75 = 63\\.75 USD" in answered.message.text
    assert answered.message.citations[0]["box"] == [0.1, 0.3, 0.9, 0.35]
    answered = answers.whole(user, item, answers.check("ask", "What would a helmet cost?"))
    assert "Not on this invoice: “helmet”" in answered.message.text
