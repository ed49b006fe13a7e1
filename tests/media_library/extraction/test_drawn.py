"""Drawn documents through the real engine: few, as each takes seconds."""

import pytest

from media_library import ocr
from media_library.extraction.drawing import draw
from media_library.extraction.evaluation import invoices
from media_library.extraction.invoices import read_pictures

pytestmark = pytest.mark.timeout(120)


@pytest.mark.parametrize("seed", [1, 5, 13])
def test_a_drawn_document_is_read_whole(seed):
    drawn = draw(seed)
    invoice = read_pictures([lambda page=page: page for page in drawn.pages], ocr.load("rapidocr"))
    wrong = [name for name, right in invoices.compare(invoice, drawn.truth).items() if not right]
    assert not wrong, (drawn.layout, invoice.model_dump_json())


def test_a_seed_always_draws_the_same_and_it_adds_up():
    first, second = draw(7), draw(7)
    assert [page.tobytes() for page in first.pages] == [page.tobytes() for page in second.pages]
    for seed in range(40, 44):
        truth = draw(seed).truth
        total = truth.subtotal - truth.discount + truth.shipping + truth.rounding
        assert truth.total == total + (0 if truth.tax_included else sum(truth.taxes.values()))
        assert truth.subtotal == sum(line.amount for line in truth.lines)
