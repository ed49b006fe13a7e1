from decimal import Decimal

import pytest
from pydantic import ValidationError

from media_library.extraction.schemas import Box, Invoice


def test_an_answer_may_give_bare_values_and_money_stays_decimal():
    invoice = Invoice.model_validate_json(
        '{"vendor": "Marlow", "date": "2021-03-05", "currency": "GBP", "total": 0.1,'
        ' "lines": [{"quantity": 2, "description": "Oak", "unit_price": "0.05",'
        ' "amount": {"value": 0.1, "confidence": 0.8}}]}'
    )
    assert invoice.total.value == Decimal("0.1")
    assert invoice.lines[0].amount.value == Decimal("0.1")
    assert invoice.lines[0].amount.confidence == 0.8
    assert Invoice.model_validate_json(invoice.model_dump_json()) == invoice


@pytest.mark.parametrize(
    "answer",
    [
        '{"total": NaN}', '{"total": "Infinity"}', '{"total": "much"}', '{"currency": "pounds"}', '{"date": "soon"}',
        '{"total": {"value": 1, "confidence": 2}}', '{"lines": [{"amount": []}]}', '{"total": 1e400}',
        '{"total": {"value": 1, "box": {"page": 0, "left": 0, "top": 0, "right": 1, "bottom": 1}}}', "[]", "",
    ],
)  # fmt: skip
def test_what_is_no_invoice_is_refused(answer):
    with pytest.raises(ValidationError):
        Invoice.model_validate_json(answer)


def test_a_box_lies_on_its_page():
    with pytest.raises(ValidationError):
        Box(page=1, left=0, top=0, right=1.2, bottom=1)


def test_the_schema_asks_for_every_field():
    schema = Invoice.model_json_schema()
    assert {
        "vendor",
        "address",
        "number",
        "date",
        "currency",
        "lines",
        "subtotal",
        "taxes",
        "rounding",
        "total",
    } <= set(schema["properties"])
