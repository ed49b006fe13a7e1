"""Numbers with their units, as they stand in cells: 1,234.5 · 12,5 % · € 340 · 45 kg · (12.0) · −3."""

from __future__ import annotations

import re
from decimal import Decimal

from media_library.extraction.amounts import amount

_BEFORE = re.compile(r"^(?P<sign>[-−–+]?)\s*(?P<unit>[^\d\s.,()+\-−–=@]{1,4})\s*(?=[-−–(]?\s?\d)")
_AFTER = re.compile(r"(?<=[\d)])\s*(?P<unit>[^\d\s.,:;/()+\-−–=@][^\d\s:;,+=@]{0,7}|°\s?[CF])$")
_WORDS = re.compile(r"[^\W\d_]{5,}")


def number_in(text: str, mark: str | None = None) -> tuple[Decimal, str] | None:
    """The one number that `text` is and its unit, "" for none; None for words, dates, codes and several numbers.

    `mark`: the decimal mark of the table where one number alone does not tell it, “.” or “,”.
    """
    plain, unit = text.strip(), ""
    if len(plain) > 40 or not any(character.isdigit() for character in plain):
        return None
    if before := _BEFORE.match(plain):
        unit = before["unit"]
        plain = before["sign"] + plain[before.end() :]
    elif after := _AFTER.search(plain):
        unit = after["unit"].strip()
        plain = plain[: after.start()]
    if _WORDS.search(unit):
        return None
    found = amount(plain.replace("−", "-").replace("–", "-"), mark)
    if found is None or not found.value.is_finite():
        return None
    return found.value, unit
