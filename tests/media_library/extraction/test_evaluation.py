import json
from decimal import Decimal

import pytest
from PIL import Image

from media_library.extraction.evaluation import invoices, receipts
from media_library.extraction.schemas import Invoice


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "img").mkdir()
    (tmp_path / "key").mkdir()
    keys = {
        "a": {"company": "Tïme & Co.", "date": "02/01/2018", "address": "7 Mill Lane, Ashford", "total": "RM1,007.50"},
        "b": {"company": "Other", "date": "2018-01-03", "total": "$5.00"},
    }
    for name, key in keys.items():
        Image.new("RGB", (40, 40)).save(tmp_path / "img" / f"{name}.jpg")
        (tmp_path / "key" / f"{name}.json").write_text(json.dumps(key))
    return tmp_path


def test_receipts_are_compared_normalised_and_by_value(folder):
    answers = iter(
        [
            Invoice(vendor="TIME&CO", date="2018-01-02", address="7 Mill Lane Ashford", total=Decimal("1007.5")),
            Invoice(vendor="Other", date="2018-03-01", total=Decimal("5.00")),
        ]
    )
    result = receipts.evaluate(folder, "somebody", read=lambda pictures: pictures[0]() and next(answers))
    assert result["shares"] == {"company": 1.0, "date": 0.5, "address": 1.0, "total": 1.0, "all": 0.5}
    assert [(miss["name"], miss["field"]) for miss in result["misses"]] == [("b", "date")]
    assert result["count"] == 2 and result["seconds_per_page"] >= 0 and result["peak_mb"] > 0
    json.dumps(result)


def test_what_the_text_does_not_hold_is_told():
    key = {"company": "Time & Co", "date": "02/01/2018", "address": "7 Mill Lane, Ashford", "total": "9.00"}
    rows = ["TIME&CO", "7 Mill Lane", "Ashf0rd", "2 JAN 2018", "Total 9.00"]
    assert receipts.present_in(rows, key) == {"company": 1, "address": 0, "date": 1, "total": 1}


def test_a_folder_or_a_provider_that_is_none_is_a_sentence(tmp_path):
    with pytest.raises(ValueError, match="holds no receipts"):
        receipts.evaluate(tmp_path)
    with pytest.raises(ValueError, match="not measured here"):
        invoices.evaluate(provider="nobody")


def test_drawn_ones_count_what_is_missing(monkeypatch):
    result = invoices.evaluate(count=1, first=5, provider="blind", read=lambda pictures: Invoice())
    assert result["shares"]["lines"] == result["shares"]["total"] == 0
    assert result["misses"][0]["seed"] == 5
