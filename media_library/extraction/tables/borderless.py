"""Tables without a grid: columns by what is free between words on most lines, rows by lines, gaps and rules.

Cells of several lines are the hard part. Lines of one column are put together only where the space between them is
small, and where no column of numbers has one in each, since numbers are not wrapped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

import numpy as np

from media_library.extraction.ink import EM, Rule, Word
from media_library.extraction.tables.numbers import number_in
from media_library.extraction.tables.ruling import Grid, Span

APART = 0.3 * EM
"""Words closer than this on one line are one text."""
GUTTER = 0.22 * EM
"""What is free between two columns at least."""
TIGHT = 0.3 * EM
"""Lines of one cell are at most so far apart where nothing else tells."""
LOOSE = 0.45 * EM
JUMP = 0.2 * EM
"""Where what is free between lines is either below LOOSE or by so much more, the little is within cells."""
BLOCK_GAP = 2.6
"""By which multiple of its usual distance lines are apart that belong to different blocks."""
CENTRED = 1.1 * EM
"""How far the middle of a heading may be off the middle of the columns it stands above."""
MIN_RULED = 4
"""So many lines across part rows; three are the head's and the table's edges."""

Line = list[Word]


@dataclass(frozen=True)
class Found:
    """A table without a grid: `texts` holds the words of each of the cells of `grid`."""

    grid: Grid
    texts: dict[Span, list[Word]]
    heads: int


def tables_in(words: Sequence[Word], across: Sequence[Rule]) -> list[Found]:
    """Tables among `words`, from above; `across`: lines that run across the page."""
    lines = [joined(line) for line in lines_of(words)]
    found = []
    for block in _blocks(lines):
        table = _table(block, [rule for rule in across if _belongs(rule, block)])
        if table:
            found.append(table)
    return found


def lines_of(words: Sequence[Word]) -> list[Line]:
    """Words that stand side by side, from left to right; lines from above."""
    lines: list[Line] = []
    for word in sorted((word for word in words if not word.tall), key=lambda word: word.down):
        best = None
        for line in reversed(lines[-6:]):
            middle = median(other.down for other in line)
            height = min(word.height, median(other.height for other in line))
            free = all(
                min(word.right, other.right) - max(word.left, other.left) < 0.3 * min(word.width, other.width)
                for other in line
            )
            if abs(word.down - middle) <= 0.4 * height and free:
                best = line
                break
        if best is None:
            lines.append([word])
        else:
            best.append(word)
    return sorted((sorted(line, key=lambda word: word.left) for line in lines), key=_middle)


def joined(line: Line) -> Line:
    """The same with words that only continue each other made one."""
    made: Line = []
    for word in line:
        if made and word.left - made[-1].right < APART:
            made[-1] = together([made[-1], word])
        else:
            made.append(word)
    return made


def together(words: Sequence[Word]) -> Word:
    """One word around several, from left to right."""
    return Word(
        " ".join(word.text for word in words),
        min(word.sure for word in words),
        min(word.left for word in words),
        min(word.top for word in words),
        max(word.right for word in words),
        max(word.bottom for word in words),
    )


def _middle(line: Line) -> float:
    return float(median(word.down for word in line))


def _top(line: Line) -> float:
    return min(word.top for word in line)


def _bottom(line: Line) -> float:
    return max(word.bottom for word in line)


def _blocks(lines: Sequence[Line]) -> list[list[Line]]:
    """Lines that may be one table: at least two of them have several words, and none is far from the next."""
    if len(lines) < 2:
        return []
    steps = [_middle(after) - _middle(before) for before, after in pairwise(lines)]
    usual = max(1.2 * EM, float(median(steps)))
    blocks: list[list[Line]] = [[lines[0]]]
    for step, line in zip(steps, lines[1:], strict=True):
        if step > BLOCK_GAP * usual:
            blocks.append([])
        blocks[-1].append(line)
    return [block for block in blocks if sum(len(line) > 1 for line in block) >= 2]


def _belongs(rule: Rule, block: Sequence[Line]) -> bool:
    left, right = min(line[0].left for line in block), max(line[-1].right for line in block)
    inside = min(rule.end, right) - max(rule.start, left)
    return inside >= 0.75 * (right - left) and _top(block[0]) - 2 * EM <= rule.at <= _bottom(block[-1]) + 2 * EM


def _table(block: list[Line], across: Sequence[Rule]) -> Found | None:
    rules = _levels([rule.at for rule in across])
    block = _without_prose(block, rules)
    if sum(len(line) > 1 for line in block) < 2:
        return None
    edges = _columns(block)
    if len(edges) < 3:
        return None
    lines = [_parted(line, edges) for line in block]
    rows = _rows(lines, edges, rules)
    if len(rows) < 2:
        return None
    ys = [_top(rows[0][0])]
    for before, after in pairwise(rows):
        ys.append((max(map(_bottom, before)) + min(map(_top, after))) / 2)
    ys.append(max(map(_bottom, rows[-1])))
    texts: dict[Span, list[Word]] = {}
    taken: set[tuple[int, int]] = set()
    groups = _groups(rows[0], edges, rows[1]) if len(rows) > 2 else {}
    for number, row in enumerate(rows):
        spans: dict[tuple[int, int], list[Word]] = {}
        for line in row:
            for word in line:
                first, last = groups.get(word, _reach(word, edges)) if number == 0 else _reach(word, edges)
                spans.setdefault((first, last), []).append(word)
        for (first, last), words in sorted(spans.items()):
            # Two that overlap are kept side by side where they begin.
            span = Span(number, first, 1, last - first + 1)
            if any((number, column) in taken for column in range(first, last + 1)):
                span = Span(number, first)
                if (number, first) in taken:
                    owner = next(
                        other
                        for other in texts
                        if other.row == number and other.column <= first < other.column + other.columns
                    )
                    texts[owner] += words
                    continue
            taken.update((number, column) for column in range(span.column, span.column + span.columns))
            texts[span] = words
    heads = 2 if groups and any(last > first for first, last in groups.values()) else 1
    return Found(Grid(tuple(edges), tuple(ys), tuple(texts)), texts, heads)


def _levels(values: Sequence[float]) -> list[float]:
    levels: list[float] = []
    for value in sorted(values):
        if not levels or value - levels[-1] > 0.5 * EM:
            levels.append(value)
    return levels


def _without_prose(block: list[Line], rules: Sequence[float]) -> list[Line]:
    """`block` without the title above it and the notes below."""
    if len(rules) >= 2:
        inside = [
            line for line in block if len(line) > 1 or rules[0] - 0.3 * EM <= _middle(line) <= rules[-1] + 0.3 * EM
        ]
        if sum(len(line) > 1 for line in inside) >= 2:
            block = inside
    block = list(block)
    left = min(line[0].left for line in block if len(line) > 1)
    narrow = median(line[0].right for line in block if len(line) > 1)
    while len(block) > 2 and len(block[0]) == 1 and block[0][0].left < max(narrow, left + EM):
        block.pop(0)
    while (
        len(block) > 2 and len(block[-1]) == 1 and block[-1][0].right > narrow + 6 * EM and block[-1][0].left < narrow
    ):
        block.pop()
    return block


def _columns(block: Sequence[Line]) -> list[float]:
    """Edges of columns, from left to right."""
    left, right = min(line[0].left for line in block), max(line[-1].right for line in block)
    width = int(np.ceil(right - left)) + 1
    covered = np.zeros(width, int)
    for line in block:
        here = np.zeros(width, bool)
        for word in line:
            here[int(word.left - left) : int(np.ceil(word.right - left))] = True
        covered += here
    wide = [line for line in block if len(line) > 1]
    allowed = 1 if len(wide) >= 3 else 0
    gaps = _gaps(covered <= allowed)
    if allowed and len(_gaps(covered == 0)) >= len(gaps):
        gaps = _gaps(covered == 0)
    edges = [left, *((start + end) / 2 + left for start, end in gaps if start > 0 and end < width), right]
    return _merged(edges, block)


def _gaps(free: np.ndarray) -> list[tuple[int, int]]:
    bounds = np.flatnonzero(np.diff(np.concatenate([[0], free.astype(np.int8), [0]])))
    return [(int(start), int(end)) for start, end in bounds.reshape(-1, 2) if end - start >= GUTTER]


def _merged(edges: list[float], block: Sequence[Line]) -> list[float]:
    """`edges` without those that part what is never on one line: one column whose texts stand left and right."""
    number = 1
    while number < len(edges) - 1:
        before, at, after = edges[number - 1 : number + 2]
        both = sum(
            any(before <= word.across < at and word.right <= at + 2 for word in line)
            and any(at <= word.across < after and word.left >= at - 2 for word in line)
            for line in block
        )
        if both == 0:
            edges.pop(number)
        else:
            number += 1
    return edges


def _parted(line: Line, edges: Sequence[float]) -> Line:
    """`line`; what stands in one column is one word."""
    made: Line = []
    for word in line:
        if made and _reach(made[-1], edges) == _reach(word, edges):
            made[-1] = together([made[-1], word])
        else:
            made.append(word)
    return made


def _reach(word: Word, edges: Sequence[float]) -> tuple[int, int]:
    """The first and the last column that a word stands in."""
    slack = min(0.35 * EM, word.width / 4)
    inner = edges[1:-1]
    first = sum(edge <= word.left + slack for edge in inner)
    last = sum(edge < word.right - slack for edge in inner)
    return first, max(first, last)


def _rows(lines: list[Line], edges: Sequence[float], rules: Sequence[float]) -> list[list[Line]]:
    columns = len(edges) - 1
    counted = _number_columns(lines, edges)
    barred = _barred(lines, edges, counted)
    if len(rules) >= MIN_RULED:
        bands: dict[int, list[int]] = {}
        for number, line in enumerate(lines):
            bands.setdefault(sum(rule < _middle(line) for rule in rules), []).append(number)
        several = any((one, other) in barred for band in bands.values() for one, other in pairwise(band))
        if len(bands) >= 3 and not several:
            return [[lines[number] for number in bands[band]] for band in sorted(bands)]
    # The blocks of each column: lines that stand close.
    blocks: list[tuple[float, float, list[tuple[int, Word]]]] = []
    tight, told = _tight(lines, edges, counted)
    for column in range(columns):
        own = [
            (number, word)
            for number, line in enumerate(lines)
            for word in line
            if _reach(word, edges) == (column, column)
        ]
        for number, word in own:
            last = blocks[-1] if blocks else None
            close = last is not None and last[2][-1][1] in [other for _, other in own]
            if close and column not in counted and last is not None:
                before, upper = last[2][-1]
                free = word.top - upper.bottom
                crossed = any(upper.down < rule < word.down for rule in rules)
                continues = told or (column > 0 and len(lines[number]) < len(lines[before]))
                if free < tight and continues and not crossed and (before, number) not in barred:
                    blocks[-1] = (last[0], max(last[1], word.bottom), [*last[2], (number, word)])
                    continue
            blocks.append((word.top, word.bottom, [(number, word)]))
    blocks += [
        (word.top, word.bottom, [(number, word)])
        for number, line in enumerate(lines)
        for word in line
        if _reach(word, edges)[0] != _reach(word, edges)[1]
    ]
    return _stacked(blocks, lines)


def _tight(lines: Sequence[Line], edges: Sequence[float], counted: set[int]) -> tuple[float, bool]:
    """How far lines of one cell are apart at most, and whether the table itself tells it."""
    free = []
    for column in set(range(len(edges) - 1)) - counted:
        own = [word for line in lines for word in line if _reach(word, edges) == (column, column)]
        free += [below.top - above.bottom for above, below in pairwise(own)]
    free.sort()
    jumps = ((less + more) / 2 for less, more in pairwise(free) if less < LOOSE and more - less >= JUMP)
    tight = next(jumps, None)
    return (TIGHT, False) if tight is None else (tight, True)


def _barred(lines: list[Line], edges: Sequence[float], counted: set[int]) -> set[tuple[int, int]]:
    """Pairs of lines that are two rows: both have a number in the same column, or both are as full as lines are."""
    kinds = [{_reach(word, edges)[0] for word in line} for line in lines]
    fullest = max(map(len, kinds))
    barred = set()
    for one in range(len(lines)):
        for other in range(one + 1, min(one + 6, len(lines))):
            both = kinds[one] & kinds[other]
            full = len(kinds[one]) == fullest == len(kinds[other]) and fullest > 1
            if both & counted or full or (0 in both and len(kinds[one]) > 1 and len(kinds[other]) > 1):
                barred.add((one, other))
    return barred


def _number_columns(lines: Sequence[Line], edges: Sequence[float]) -> set[int]:
    counted = set()
    for column in range(len(edges) - 1):
        texts = [word.text for line in lines for word in line if _reach(word, edges) == (column, column)]
        numbers = sum(number_in(text) is not None for text in texts)
        if numbers >= 2 and numbers >= 0.6 * (len(texts) - 1):
            counted.add(column)
    return counted


def _stacked(blocks: list[tuple[float, float, list[tuple[int, Word]]]], lines: Sequence[Line]) -> list[list[Line]]:
    """Rows: blocks that stand beside each other. The tallest of a row tells which others belong to it."""
    rows: list[list[tuple[float, float, list[tuple[int, Word]]]]] = []
    for block in sorted(blocks, key=lambda block: -(block[1] - block[0])):
        middle = (block[0] + block[1]) / 2
        home = None
        for row in rows:
            top, bottom = row[0][0], row[0][1]
            together_ = min(bottom, block[1]) - max(top, block[0])
            if top <= middle <= bottom and together_ > 0.5 * (block[1] - block[0]):
                home = row
                break
        if home is None:
            rows.append([block])
        else:
            home.append(block)
    rows.sort(key=lambda row: (row[0][0] + row[0][1]) / 2)
    made = []
    for row in rows:
        by_line: dict[int, Line] = {}
        for _, _, members in row:
            for number, word in members:
                by_line.setdefault(number, []).append(word)
        made.append([sorted(by_line[number], key=lambda word: word.left) for number in sorted(by_line)])
    return made


def _groups(head: list[Line], edges: Sequence[float], below: list[Line]) -> dict[Word, tuple[int, int]]:
    """Headings above several columns: each word of the first row → the columns below its middle.

    Only where the first row says less than the one below it, and nothing above the first column alone.
    """
    words = [word for line in head for word in line]
    under = {_reach(word, edges)[0] for line in below for word in line}
    columns = len(edges) - 1
    if not words or len(head) > 1 or len(words) >= len(under) or _reach(words[0], edges)[0] == 0:
        return {}
    if any(number_in(word.text) and len(word.text) != 4 for word in words):
        return {}
    found: dict[Word, tuple[int, int]] = {}
    start = 1
    for word in words:
        first, last = _reach(word, edges)
        options = [
            (abs((edges[left] + edges[right + 1]) / 2 - word.across), right - left, left, right)
            for left in range(start, first + 1)
            for right in range(last, columns)
            if right > left or first == last == left
        ]
        near = [option for option in options if option[0] <= CENTRED and option[1] > 0]
        best = min(near, default=None)
        first, last = (best[2], best[3]) if best else (first, last)
        found[word] = (first, last)
        start = last + 1
    return found
