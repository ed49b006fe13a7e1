"""Pages written by hand into invoices: what is found, where, and what is marked."""

from datetime import date
from decimal import Decimal

import pytest

from media_library.extraction.invoices import read_invoice
from media_library.extraction.schemas import Invoice, Kind, Source
from tests.media_library.extraction.paper import page

INVOICE = """
Marlow Timber Ltd                               INVOICE
3 Quay Street
Bristol BS1 4QA
Bill to:                    Invoice No.:   2021-0042
Ada Brown                   Date:          5 March 2021
9 Hill Lane                 Due date:      4 April 2021
Qty  Description                        Price      Amount
2    Oak board, planed                  45.00       90.00
     on all sides
1    Delivery by van                    30.00       30.00
10   Screws                              0.25        2.50
Subtotal                                           122.50
Discount                                            -2.50
VAT 20%                                             24.00
Total due                                         £144.00
"""

TILL = """
        KEDAI RUNCIT BESTARI SDN BHD
              (123456-X)
        NO 7, JALAN MAWAR 3,
        TAMAN MAWAR, 43000 KAJANG
        TEL: 03-8733 0000
        GST ID: 000111222333
           TAX INVOICE
Bill No: B00731          Date: 04/02/2018 18:22
BISCUIT 200G
2 x 3.20                           6.40
TEA
1 x 5.53                           5.53
Subtotal                          11.93
Rounding Adj                       0.02
Total (RM)                        11.95
Cash                              20.00
Change                             8.05
GST Summary          Amt(RM)    Tax(RM)
SR @6%                 11.25       0.68
"""


def values(invoice: Invoice, *names: str) -> list[object]:
    found = [getattr(invoice, name) for name in names]
    return [value.value if value else None for value in found]


def table(invoice: Invoice) -> list[tuple[object, ...]]:
    rows = []
    for line in invoice.lines:
        row = (line.quantity, line.description, line.unit_price, line.amount)
        rows.append(tuple(str(value.value) if value else None for value in row))
    return rows


@pytest.mark.parametrize("skew", [0, 4, -8])
def test_an_invoice_is_read_whole(skew):
    invoice = read_invoice([page(INVOICE, skew=skew)])
    assert invoice.kind == Kind.INVOICE
    assert values(invoice, "vendor", "address", "number", "date", "due_date", "currency") == [
        "Marlow Timber Ltd",
        "3 Quay Street, Bristol BS1 4QA",
        "2021-0042",
        date(2021, 3, 5),
        date(2021, 4, 4),
        "GBP",
    ]
    assert table(invoice) == [
        ("2", "Oak board, planed on all sides", "45.00", "90.00"),
        ("1", "Delivery by van", "30.00", "30.00"),
        ("10", "Screws", "0.25", "2.50"),
    ]
    assert values(invoice, "subtotal", "discount", "total") == [Decimal("122.50"), Decimal("2.50"), Decimal("144.00")]
    assert [(tax.rate.value, tax.amount.value, tax.included) for tax in invoice.taxes] == [(20, 24, False)]
    assert invoice.marks == []


def test_a_receipt_is_read_with_its_rounding_and_what_was_paid():
    invoice = read_invoice([page(TILL)])
    assert invoice.kind == Kind.RECEIPT
    assert values(invoice, "vendor", "address", "number", "date", "currency") == [
        "KEDAI RUNCIT BESTARI SDN BHD",
        "NO 7, JALAN MAWAR 3, TAMAN MAWAR, 43000 KAJANG",
        "B00731",
        date(2018, 2, 4),
        "MYR",
    ]
    assert table(invoice) == [("2", "BISCUIT 200G", "3.20", "6.40"), ("1", "TEA", "5.53", "5.53")]
    assert [str(value) for value in values(invoice, "total", "rounding", "paid", "change")] == [
        "11.95",
        "0.02",
        "20.00",
        "8.05",
    ]
    assert invoice.marks == []


def test_each_value_tells_where_it_stands_and_how_sure_it_is():
    invoice = read_invoice([page(INVOICE)])
    assert invoice.total.source == Source.READER
    assert invoice.total.text == "£144.00"
    assert 0.5 < invoice.total.confidence <= 1
    box = invoice.total.box
    assert box.page == 1 and 0 <= box.left < box.right <= 1 and 0 <= box.top < box.bottom <= 1
    assert box.top > invoice.date.box.top > invoice.vendor.box.top


@pytest.mark.parametrize(
    ("language", "rows", "total"),
    [
        ("de", ("Nettobetrag    1.000,00", "MwSt. 19 %    190,00", "Rechnungsbetrag    1.190,00"), "1190.00"),
        ("fr", ("Total HT    1 000,00", "TVA 20 %    200,00", "Net à payer    1 200,00"), "1200.00"),
        ("es", ("Base imponible    1.000,00", "IVA 21 %    210,00", "Total a pagar    1.210,00"), "1210.00"),
        ("it", ("Imponibile    1.000,00", "IVA 22 %    220,00", "Totale fattura    1.220,00"), "1220.00"),
        ("nl", ("Totaal excl. btw    1.000,00", "Btw 21 %    210,00", "Te betalen    1.210,00"), "1210.00"),
        ("ms", ("Jumlah kecil    1,000.00", "Cukai 6 %    60.00", "Jumlah besar    1,060.00"), "1060.00"),
    ],
)  # fmt: skip
def test_the_total_is_found_in_many_languages(language, rows, total):
    invoice = read_invoice([page("\n".join(("Nordlicht Handel", "", *rows)))])
    assert str(invoice.total.value) == total, language
    assert invoice.subtotal.value == 1000
    assert len(invoice.taxes) == 1
    assert not [mark for mark in invoice.marks if mark.code != "missing"]


def test_a_name_whose_bracket_closes_on_the_next_line_is_one_name():
    till = TILL.replace("KEDAI RUNCIT BESTARI SDN BHD", "KEDAI RUNCIT BESTARI (TAMAN").replace(
        "(123456-X)", "MAWAR) SDN BHD", 1
    )
    assert read_invoice([page(till)]).vendor.value == "KEDAI RUNCIT BESTARI (TAMAN MAWAR) SDN BHD"


def test_a_table_without_a_heading_that_goes_on_overleaf():
    first = "Halden Supply Inc.\nInvoice no. 77\nDate 2020-01-02\n" + "\n".join(
        f"{number} x Part {chr(64 + number)}          2.00     {2 * number}.00" for number in range(1, 6)
    )
    second = "6 x Part F          2.00     12.00\nTotal                        42.00"
    invoice = read_invoice([page(first), page(second, 2)])
    assert [line.amount.value for line in invoice.lines] == [2, 4, 6, 8, 10, 12]
    assert invoice.lines[-1].amount.box.page == 2
    assert invoice.total.value == 42
    assert invoice.marks == []


def test_a_credit_note_keeps_its_signs():
    invoice = read_invoice(
        [
            page(
                """
Marlow Timber Ltd                 CREDIT NOTE
Date: 5 March 2021
Qty  Description          Price      Amount
2    Oak board            45.00      -90.00
Subtotal                             -90.00
VAT 20%                              -18.00
Total                               -108.00
"""
            )
        ]
    )
    assert invoice.kind == Kind.CREDIT_NOTE
    assert invoice.total.value == -108
    assert invoice.lines[0].amount.value == -90
    assert invoice.marks == []


@pytest.mark.parametrize(
    ("wrong", "right", "code"),
    [
        ("       90.00", "       91.00", "line"),
        ("  0.25", "  0.52", "line"),
        ("122.50", "132.50", "total"),
        ("£144.00", "£154.00", "total"),
    ],
)
def test_what_does_not_add_up_is_marked_and_left_as_it_is(wrong, right, code):
    invoice = read_invoice([page(INVOICE.replace(wrong, right))])
    assert code in [mark.code for mark in invoice.marks]
    values = [value for line in invoice.lines for value in (line.unit_price, line.amount)]
    assert right.strip() in [value.text for value in (*values, invoice.subtotal, invoice.total)]


def test_lines_that_come_to_another_sum_are_marked():
    without = "\n".join(row for row in INVOICE.split("\n") if "Delivery" not in row)
    assert "lines" in [mark.code for mark in read_invoice([page(without)]).marks]


def test_the_amount_in_a_table_of_taxes_is_not_the_total():
    invoice = read_invoice([page(TILL.replace("SR @6%                 11.25", "SR @6%                 99.25"))])
    assert str(invoice.total.value) == "11.95"
