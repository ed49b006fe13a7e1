"""Who sold: name and address, from the head of the first page.

The head is cut into blocks that stand apart. The name is the line that looks most like one: it carries the form of a
company or what such call themselves, stands high, is large, and is no number, date, title or address. The address is
what stands below the name in its column, until something begins that is none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from statistics import fmean

from media_library.extraction.amounts import amounts
from media_library.extraction.dates import dates
from media_library.extraction.labels import (
    BUYER,
    CONTACT,
    DATE,
    FIRM_NUMBER,
    PHONE,
    REGISTRATION,
    TITLE,
    Vocabulary,
    any_of,
)
from media_library.extraction.layout import Page, Piece, Row
from media_library.extraction.words import digits, fold, letters, squash

HEAD_ROWS = 16
"""The name stands within these, the address within twice as many."""
APART = 2.2
"""Pieces of a row with more free between them, by the height of usual text, belong to different blocks."""
MAX_ADDRESS = 7
"""Rows."""

FORMS = re.compile(
    r"(?<![a-z])(?:s[dnr]?[ao]?n?\.?\s?b[hn][do]\b|sendirian|berhad|bhd|s/[bd]\b|plt\b|llp\b|ltd|limited|inc\b|incorporated|"
    r"corp\b|corporation|llc|plc|pte|pty|gmbh|mbh|ag\b|kg\b|ohg|e\.?\s?k\.|ug\b|gbr|sarl|s\.a\.r\.l|sas\b|sasu|eurl|s\.?a\.?\b(?!\s\d)|"
    r"s\.?l\.?u?\.?$|s\.?r\.?l\.?\b|s\.?p\.?a\.?\b|snc\b|b\.?v\.?$|n\.?v\.?$|v\.?o\.?f\.?$|co\.|company|enterprises?|"
    r"& ?(?:sons?|co|fils|figli|zonen|sohne|soehne|hijos)\b|hermanos|gebr\.|cie\b)"
)
"""Forms of companies, folded. Also as OCR reads a worn “SDN BHD”."""
TRADES = Vocabulary(
    "trading, marketing, holdings, group, international, industries, services, solutions, supply, supplies, hardware",
    "restaurant, restoran, cafe, bistro, kopitiam, bakery, confectionery, kitchen, foods, pizza, mart",
    "market, mini market",
    "supermarket, hypermarket, store, stores, shop, bookstore, bookstores, stationery, pharmacy, farmasi",
    "clinic, klinik",
    "kedai, pasaraya, pasar mini, perniagaan, syarikat, perusahaan, hotel, boutique, electrical, electronics",
    "auto, motor",
    "workshop, studio, salon, beauty, fashion, optical, petrol, station, parking, furniture, machinery, garden, office",
    "apotheke, backerei, metzgerei, markt, handel, boulangerie, pharmacie, librairie, panaderia, farmacia, tienda",
    "supermercado, ristorante, trattoria, panificio, negozio, winkel, bakkerij, apotheek, slagerij",
    "restaurante, tools, technik",
)
STREET = re.compile(
    r"(?<![a-z])(?:no[.:]?\s?\d|lot|unit|jalan|jln|lorong|lrg|taman|tmn|kampung|kg\.|bandar|bdr|seksyen|section|batu|persiaran|"
    r"lebuh|kawasan|medan|pusat|plaza|mall|tower|menara|wisma|bangunan|block|blok|level|floor|ground|street|st\b|road|rd\b|"
    r"avenue|ave\b|lane|drive|square|park|way|suite|p\.?o\.? ?box|strasse|straße|str\.|weg\b|gasse|platz|allee|rue|"
    r"boulevard|bd\b|chemin|impasse|calle|c/|avenida|avda|plaza|paseo|camino|via\b|viale|piazza|corso|strada|laan\b|straat|plein|kade|"
    r"\d{4,5}\s?[a-z]{3,})|(?:strasse|straße|weg|gasse|platz|allee|straat|laan|plein)\b"
)
POSTCODE = re.compile(
    r"(?<![\d-])\d{5}(?![\d-])|\b\d{4}\s?[A-Z]{2}\b|\b[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}\b|(?:^|,\s?)[A-Z]?-?\d{4}\s[A-Za-z]"
)
REGIONS = Vocabulary(
    "malaysia, selangor, johor, pahang, perak, kedah, kelantan, terengganu, melaka, negeri sembilan",
    "pulau pinang, penang",
    "perlis, sabah, sarawak, kuala lumpur, wilayah persekutuan, putrajaya, labuan, darul ehsan, darul takzim",
    "singapore",
    "united kingdom, england, scotland, wales, ireland, united states, usa, canada, australia, germany, deutschland",
    "austria, osterreich, schweiz, suisse, svizzera, switzerland, france, espana, spain, italia, italy, nederland",
    "netherlands, belgie, belgique, belgium, luxembourg, indonesia, thailand, portugal",
)


@dataclass(frozen=True)
class Block:
    """Pieces of one row close together. `number`: of the row."""

    text: str
    pieces: tuple[Piece, ...]
    number: int
    big: float

    @property
    def left(self) -> float:
        return self.pieces[0].left

    @property
    def right(self) -> float:
        return self.pieces[-1].right

    @property
    def top(self) -> float:
        return min(piece.top for piece in self.pieces)

    @property
    def bottom(self) -> float:
        return max(piece.bottom for piece in self.pieces)

    @property
    def sure(self) -> float:
        return fmean(piece.sure for piece in self.pieces)


@dataclass(frozen=True)
class Vendor:
    """Name and address with the pieces they were read from; empty where not found. `sure` from 0 to 1."""

    name: str = ""
    name_pieces: tuple[Piece, ...] = ()
    name_sure: float = 0.0
    address: str = ""
    address_pieces: tuple[Piece, ...] = ()
    address_sure: float = 0.0


def vendor_of(page: Page) -> Vendor:
    blocks = blocks_of(page, 2 * HEAD_ROWS)
    candidates = [block for block in blocks if block.number < HEAD_ROWS]
    if not candidates:
        return Vendor()
    scores = {block: _name_score(block, page, blocks) for block in candidates}
    best = max(candidates, key=lambda block: scores[block])
    if scores[best] <= -2:
        return Vendor()
    named = _closed(_name_blocks(best, blocks), blocks)
    name = mended_letters(cleaned_name(" ".join(block.text for block in named)))
    if not name:
        return Vendor()
    sure = fmean(block.sure for block in named) * max(0.2, min(0.97, 0.55 + 0.1 * scores[best]))
    address = _address_blocks(named, blocks, page)
    written = joined_address([block.text for block in address])
    return Vendor(
        name,
        tuple(piece for block in named for piece in block.pieces),
        sure,
        written,
        tuple(piece for block in address for piece in block.pieces),
        fmean(block.sure for block in address) * _address_sureness(written) if address else 0.0,
    )


def blocks_of(page: Page, rows: int) -> list[Block]:
    """The blocks of the first rows, from top to bottom and left to right."""
    blocks = []
    for number, row in enumerate(page.rows[:rows]):
        group: list[Piece] = []
        for piece in _solid(row):
            if group and piece.left - group[-1].right > APART * page.em:
                blocks.append(_block(group, number, page))
                group = []
            group.append(piece)
        if group:
            blocks.append(_block(group, number, page))
    return blocks


def _solid(row: Row) -> list[Piece]:
    """The pieces of a row without specks."""
    return [piece for piece in row.pieces if letters(piece.text) + digits(piece.text) > 1 or len(row.pieces) == 1] or [
        *row.pieces
    ]


def _block(group: Sequence[Piece], number: int, page: Page) -> Block:
    text = " ".join(piece.text for piece in group)
    return Block(text, tuple(group), number, fmean(piece.height for piece in group) / page.em)


def _name_score(block: Block, page: Page, blocks: Sequence[Block]) -> float:
    text = block.text
    count = letters(text)
    if count < 2:
        return -9.0
    score = -0.35 * block.number
    plain = fold(text)
    if FORMS.search(plain):
        score += 3.0
    if TRADES.in_(text):
        score += 1.2
    if block.big > 1.25:
        score += min(1.5, 1.5 * (block.big - 1))
    if digits(text) > count:
        score -= 5
    elif digits(text) > 3 and not FORMS.search(plain):
        score -= 1.5
    if count < 4:
        score -= 2
    if STREET.search(plain) and not FORMS.search(plain):
        score -= 2.5
    if _postcode(text):
        score -= 2
    if any_of(text, (PHONE, REGISTRATION, CONTACT)) or (is_particular(text) and not FORMS.search(plain)):
        score -= 4
    if _is_title(text):
        score -= 5
    if text == text.lower():
        score -= 1.5
    if re.search(r":\s|,$", text):
        score -= 1.0
    if re.match(r"^\W*\(.*\)\W*$", text):
        score -= 2.0
    if any(BUYER.in_(other.text) and other.number < block.number and _below(other, block) for other in blocks):
        score -= 5
    if BUYER.in_(text) and not FORMS.search(plain):
        score -= 2
    return score


def _postcode(text: str) -> bool:
    """Whether there is a postcode, which the number of a lot or a unit is not."""
    return bool(POSTCODE.search(re.sub(r"(?i)(?<![a-z])(?:lot|unit|no|p\.?t)\.?\s?\d+", " ", text)))


def _is_title(text: str) -> bool:
    """Whether a block is no more than what kind of document this is."""
    return TITLE.in_(text) and len(squash(text)) <= 24 and not FORMS.search(fold(text))


def is_particular(text: str) -> bool:
    """Whether a row of a head is a phone number, a registration, a date or the like."""
    return bool(
        any_of(text, (PHONE, REGISTRATION, CONTACT, FIRM_NUMBER))
        or (DATE.in_(text) and digits(text))
        or dates(text)
        or re.search(r"\d{1,2}:\d{2}", text)
        or _is_phone(text)
    )


def _is_phone(text: str) -> bool:
    return digits(text) >= 8 and letters(text) <= 2 and not re.search(r"\d[.,]\s?\d\d(?!\d)", text)


def _name_blocks(best: Block, blocks: Sequence[Block]) -> list[Block]:
    """The line with what it was broken from: a form alone stands below its name."""
    form = FORMS.search(fold(best.text))
    own = fold(best.text)[: form.start()] if form else best.text
    for block in reversed([block for block in blocks if block.number == best.number - 1]):
        if letters(block.text) <= 3 or is_particular(block.text) or _is_title(block.text) or not _below(block, best):
            continue
        if best.text.lstrip().startswith("&") or block.text.rstrip().endswith("&"):
            return [block, best]
        if form and (letters(own) < 3 or (len(own.split()) == 1 and _alike(block, best))):
            return [block, best]
    for block in blocks:
        if block.number == best.number - 1 and _opens(block.text) and ")" in best.text and _below(block, best):
            return [block, best]
    for block in blocks:
        if block.number == best.number + 1 and not form:
            follows = FORMS.search(fold(block.text))
            if (
                follows
                and not is_particular(block.text)
                and letters(fold(block.text)[: follows.start()]) < 3
                and _below(best, block)
            ):
                return [best, block]
    return [best]


def _closed(named: list[Block], blocks: Sequence[Block]) -> list[Block]:
    """The lines of a name with the one that closes its bracket."""
    if not _opens(" ".join(block.text for block in named)):
        return named
    last = named[-1]
    below = [block for block in blocks if block.number == last.number + 1 and _below(last, block)]
    return [*named, *(block for block in below[:1] if ")" in block.text)]


def _opens(text: str) -> bool:
    """Whether a bracket is opened that another line has to close."""
    return text.count("(") > text.count(")")


def _alike(upper: Block, lower: Block) -> bool:
    """Whether two lines are printed in one manner, as parts of one name are."""
    same_case = upper.text.isupper() == lower.text.isupper() and not digits(upper.text)
    return same_case and abs(upper.big - lower.big) < 0.2 * lower.big


def cleaned_name(text: str) -> str:
    """A name without its registration number: “(519537-X)”, “273500-U (GKJ)”."""
    text = re.sub(r"\s*[(\[][^()\[\]]*\d{3,}[^()\[\]]*[)\]]?.*$", "", text)
    text = re.sub(r"\s+\d{4,}\s?-?\s?[A-Z]?\b.*$", "", text)
    text = re.sub(r"\s*[(\[]$", "", text)
    # The commonest forms, as worn print is read.
    text = re.sub(r"(?<=\s)[S5]/[BD8]$", "S/B", text)
    text = re.sub(r"(?<=\s)S[DO]?N(\.?\s?)B[HN][DO]\b", r"SDN\1BHD", text)
    text = re.sub(r"S\.\s?r\.\s?[I1|]\.", "S.r.l.", text)
    text = re.sub(r"(?i)(?<=bhd)\W+\w{1,3}$", "", text)
    text = text.replace(">", ")") if text.count("(") > text.count(")") else text
    return re.sub(r"\s+", " ", text).strip(" -–:;,*·|_")


def _below(upper: Block, lower: Block) -> bool:
    """Whether two blocks stand in one column: one overlaps the other across."""
    return min(upper.right, lower.right) - max(upper.left, lower.left) > 0


def _address_blocks(named: Sequence[Block], blocks: Sequence[Block], page: Page) -> list[Block]:
    found: list[Block] = []
    last = named[-1]
    skipped = 0
    priced = {block.number for block in blocks if any(price.decimals == 2 for price in amounts(block.text))}
    for block in [block for block in blocks if block.number > last.number]:
        before = found[-1] if found else last
        if not any(_below(one, block) for one in [*named, *found]):
            continue
        if found and block.top - before.bottom > 2.5 * page.em:
            break
        if _ends_address(block.text):
            # Between name and address there may be a registration.
            if found or (skipped >= 4 and _is_title(block.text)) or BUYER.in_(block.text):
                break
            skipped += 1
            continue
        if block.number in priced and not STREET.search(fold(block.text)):
            break
        if _is_number_only(block.text):
            if found:
                break
            skipped += 1
            continue
        if found and not _continues(found, block, [one for one in blocks if one.number > block.number]):
            break
        if not found and not _begins(block.text, [b for b in blocks if b.number > block.number]):
            skipped += 1
            if skipped > 4:
                break
            continue
        found.append(block)
        if len(found) >= MAX_ADDRESS:
            break
    return found


def _ends_address(text: str) -> bool:
    labelled = re.match(r"^\W*[A-Za-z][A-Za-z .]{2,18}\s?[:#]", text) and not STREET.search(fold(text))
    return (
        is_particular(text)
        or bool(labelled)
        or bool(re.search(r"\d{7}", text))
        or _is_title(text)
        or (BUYER.in_(text) and not _looks_like_address(text))
    )


def _is_number_only(text: str) -> bool:
    """A registration number, with or without brackets and its letter, and nothing else."""
    plain = squash(text)
    if _postcode(text) or STREET.search(fold(text)):
        return False
    return bool(plain) and digits(plain) >= 4 and letters(plain) <= 4


def _looks_like_address(text: str) -> bool:
    return bool(STREET.search(fold(text)) or _postcode(text) or REGIONS.in_(text))


def _begins(text: str, rest: Sequence[Block]) -> bool:
    """Whether an address begins here: it looks like one, or what follows does and it has a comma or a number."""
    if re.match(r"^\W*\(.*\)\W*$", text):
        return False
    if _looks_like_address(text):
        return True
    following = next(iter(rest), None)
    return bool(("," in text or digits(text)) and letters(text) > 2 and (following is None or not _is_title(text)))


def _continues(found: Sequence[Block], block: Block, rest: Sequence[Block]) -> bool:
    """Whether a row still belongs to the address above it."""
    text, before = block.text, found[-1].text
    if re.match(r"^\W*\(.*\)\W*$", text) or letters(text) < 2:
        return False
    if before.rstrip().endswith((",", "&", "-")):
        return True
    has_postcode = any(_postcode(one.text) for one in found)
    if not has_postcode:
        following = list(takewhile(lambda one: not _ends_address(one.text), rest))[:2]
        return "," in text or any(_looks_like_address(one.text) for one in [block, *following])
    if REGIONS.in_(text) and len(text) < 40:
        return True
    return bool(digits(text) and letters(text) > 3 and not before.rstrip().endswith("."))


def joined_address(rows: Sequence[str]) -> str:
    """One line: rows parted by commas where they bring none themselves."""
    parts = [re.sub(r"\s+", " ", mended_letters(mended_numbers(row))).strip(" ;:|") for row in rows]
    text = ""
    for part in filter(None, parts):
        text += ("" if not text else " " if text.endswith((",", "&", "-", ".")) else ", ") + part
    return text.strip(" ,")


def mended_letters(text: str) -> str:
    """A capital I inside of a word is an l: “BIk”, “JIn”."""
    return re.sub(r"(?<=[A-Za-z])(?<!Mc)I(?=[a-z])", "l", text)


def mended_numbers(text: str) -> str:
    """House numbers and postcodes with an O for a nought: “29O”, “5O450”."""
    return re.sub(r"(?<=\d)[Oo](?=\d|\b)|(?<=\b\d)[Oo](?=\d)", "0", text)


def _address_sureness(text: str) -> float:
    return 0.4 + 0.3 * _postcode(text) + 0.25 * bool(STREET.search(fold(text)))
