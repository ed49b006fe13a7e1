"""What kind of shape a place is, and the lanes that shapes stand in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean

from media_library.extraction.flowcharts.schema import Kind
from media_library.extraction.ink import EM, Rule, Word
from media_library.extraction.ink_shapes import Region
from media_library.extraction.tables.ruling import grid_of

DIAMOND_FILL = 0.68
"""A diamond fills half of its box, an ellipse .79."""
LEAN = 0.12
"""From which slant of both sides on something is no rectangle."""
ROUND = 0.68
"""A corner that is filled less than this is round: of half an ellipse, not of a rectangle with soft corners."""
FRAME = 0.5
"""The share of the sheet that the line of a lane runs along at least."""
HEAD = 0.3
"""The share of a lane that its head takes at most."""


def kind_of(region: Region) -> Kind:
    """What the outline says. Whether something round is a start or an end is told by its edges."""
    if region.fill < DIAMOND_FILL:
        return Kind.DECISION
    if abs(region.lean) > LEAN:
        return Kind.DATA
    return Kind.START if fmean(region.corners()) < ROUND else Kind.STEP


@dataclass(frozen=True)
class Lanes:
    """`names` and the places of lanes; `heads` is where their names stand, `frames` their lines."""

    names: tuple[str, ...] = ()
    places: tuple[tuple[float, float, float, float], ...] = ()
    heads: tuple[tuple[float, float, float, float], ...] = ()
    frames: tuple[tuple[float, float, float, float], ...] = ()

    def lane_at(self, x: float, y: float) -> str:
        for name, (left, top, right, bottom) in zip(self.names, self.places, strict=True):
            if left <= x < right and top <= y < bottom:
                return name
        return ""

    def is_head(self, word: Word) -> bool:
        return any(x0 <= word.across <= x1 and y0 <= word.down <= y1 for x0, y0, x1, y1 in self.heads)


def lanes_of(across: Sequence[Rule], down: Sequence[Rule], words: Sequence[Word], width: int, height: int) -> Lanes:
    """Lanes side by side or one below the other, each with a name in a head of its own."""
    long_across, long_down = _longest(across, FRAME * width), _longest(down, FRAME * height)
    if len(long_across) < 2 or len(long_down) < 2:
        return Lanes()
    grid = grid_of(long_across, long_down)
    if grid is None:
        return Lanes()
    frames = [(rule.start, rule.at, rule.end, rule.at) for rule in across if _is_edge(rule, grid.ys, grid.xs)]
    frames += [(rule.at, rule.start, rule.at, rule.end) for rule in down if _is_edge(rule, grid.xs, grid.ys)]
    xs, ys = grid.xs, grid.ys
    rows, columns = len(ys) - 1, len(xs) - 1
    if columns >= 2 and rows == 2 and ys[1] - ys[0] < HEAD * (ys[2] - ys[0]):
        heads = [(xs[n], ys[0], xs[n + 1], ys[1]) for n in range(columns)]
        places = [(xs[n], ys[1], xs[n + 1], ys[2]) for n in range(columns)]
    elif rows >= 2 and columns == 2 and xs[1] - xs[0] < HEAD * (xs[2] - xs[0]):
        heads = [(xs[0], ys[n], xs[1], ys[n + 1]) for n in range(rows)]
        places = [(xs[1], ys[n], xs[2], ys[n + 1]) for n in range(rows)]
    else:
        return Lanes()
    names = [_name(head, words) for head in heads]
    if not any(names):
        return Lanes()
    return Lanes(tuple(names), tuple(places), tuple(heads), tuple(frames))


def _longest(rules: Sequence[Rule], least: float) -> list[Rule]:
    """Those that are long, and no connector, which is shorter than a frame."""
    longest = max((rule.length for rule in rules), default=0.0)
    return [rule for rule in rules if rule.length >= max(least, 0.85 * longest)]


def _is_edge(rule: Rule, levels: Sequence[float], others: Sequence[float]) -> bool:
    """Whether a line lies on the grid of lanes and runs along a good part of one of them."""
    least = 0.6 * min(after - before for before, after in pairwise(others))
    return any(abs(rule.at - level) < 0.3 * EM for level in levels) and rule.length >= max(2 * EM, least)


def _name(head: tuple[float, float, float, float], words: Sequence[Word]) -> str:
    left, top, right, bottom = head
    own = [word for word in words if left <= word.across <= right and top <= word.down <= bottom]
    return " ".join(word.text for word in sorted(own, key=lambda word: (round(word.down / EM), word.left)))
