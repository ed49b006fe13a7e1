"""From strokes to edges: which shape each leads from and to, and which label is whose.

A stroke that several shapes share, because lines meet before they arrive, is an edge from each of its tails to its
head. Where several heads share one as well, lines cross: they are followed along straight pieces, past crossings.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from media_library.extraction.flowcharts.schema import GUESSED, Kind
from media_library.extraction.ink import EM, Word
from media_library.extraction.ink_shapes import Contact, Region, Stroke

LABEL_REACH = 1.7 * EM
"""How far a label stands from its line at most."""
NOT_ASKED = 1.0 * EM
"""By how much nearer a label has to be to a line that does not come from a decision."""


@dataclass(eq=False)
class Found:
    """An edge; `tail` is where its line leaves the shape of number `start`."""

    start: int
    end: int
    tail: Contact
    head: Contact
    stroke: Stroke
    sure: float
    labels: list[Word] = field(default_factory=list)


def edges_of(strokes: Sequence[Stroke], regions: Sequence[Region]) -> list[Found]:
    found = []
    for stroke in strokes:
        contacts = _one_each(stroke.contacts)
        if len(contacts) < 2:
            continue
        heads = [contact for contact in contacts if contact.is_head]
        tails = [contact for contact in contacts if not contact.is_head]
        sure = 0.95
        if not heads:
            # Without an arrow one reads on: downwards, or to the right.
            heads = [max(contacts, key=lambda contact: contact.head + 1e-4 * (contact.y + contact.x))]
            sure = GUESSED
        elif not tails:
            tails = [min(contacts, key=lambda contact: contact.head)]
            heads = [contact for contact in contacts if contact is not tails[0]]
            sure = GUESSED
        tails = [contact for contact in contacts if contact not in heads]
        pairs = [(tail, head) for tail in tails for head in heads]
        if len(heads) > 1 and len(tails) > 1:
            ways = _Ways(stroke)
            pairs = [pair for pair in pairs if ways.leads(*pair)] or [(tail, _nearest(tail, heads)) for tail in tails]
        found += [Found(tail.shape, head.shape, tail, head, stroke, sure) for tail, head in pairs]
    unique: dict[tuple[int, int, int], Found] = {}
    for edge in found:
        unique.setdefault((edge.start, edge.end, id(edge.stroke)), edge)
    return list(unique.values())


def _one_each(contacts: Sequence[Contact]) -> list[Contact]:
    """Contacts without those of one shape that stand side by side: both sides of one open arrowhead."""
    kept: list[Contact] = []
    for contact in sorted(contacts, key=lambda contact: -contact.head):
        if not any(
            other.shape == contact.shape and np.hypot(other.x - contact.x, other.y - contact.y) < EM for other in kept
        ):
            kept.append(contact)
    return kept


def _nearest(tail: Contact, heads: Sequence[Contact]) -> Contact:
    return min(heads, key=lambda head: (head.shape == tail.shape, np.hypot(head.x - tail.x, head.y - tail.y)))


def label_edges(edges: Sequence[Found], labels: Sequence[Word], kinds: Sequence[Kind]) -> list[Word]:
    """Gives each label to the edge whose line, near where it leaves, is nearest. Returns those that are nobody's."""
    left_over = []
    for word in labels:
        costs = []
        for edge in edges:
            away = _distance(word, edge.stroke.pixels)
            if away > LABEL_REACH:
                continue
            from_tail = float(np.hypot(edge.tail.x - word.across, edge.tail.y - word.down))
            asked = 0.0 if kinds[edge.start] is Kind.DECISION else NOT_ASKED
            costs.append((away + 0.2 * from_tail + asked, id(edge), edge))
        if costs:
            min(costs)[2].labels.append(word)
        else:
            left_over.append(word)
    return left_over


def _distance(word: Word, pixels: np.ndarray) -> float:
    across = np.maximum(np.maximum(word.left - pixels[:, 0], pixels[:, 0] - word.right), 0)
    down = np.maximum(np.maximum(word.top - pixels[:, 1], pixels[:, 1] - word.bottom), 0)
    return float(np.hypot(across, down).min())


class _Ways:
    """Straight pieces of a stroke and which of them go on in which: at corners and where one ends on another."""

    def __init__(self, stroke: Stroke) -> None:
        left, top = stroke.pixels.min(axis=0)
        wide, tall = stroke.pixels.max(axis=0) - (left, top) + 1
        mask = np.zeros((tall, wide), bool)
        mask[stroke.pixels[:, 1] - top, stroke.pixels[:, 0] - left] = True
        self.pieces = [(False, y + top, x0 + left, x1 + left) for y, x0, x1 in _runs(mask)]
        self.pieces += [(True, x + left, y0 + top, y1 + top) for x, y0, y1 in _runs(mask.T)]
        self.next: list[set[int]] = [set() for _ in self.pieces]
        for one in range(len(self.pieces)):
            for other in range(one):
                if self._goes_on(self.pieces[one], self.pieces[other]):
                    self.next[one].add(other)
                    self.next[other].add(one)

    @staticmethod
    def _goes_on(one: tuple, other: tuple) -> bool:
        if one[0] == other[0]:
            return False
        reach = 0.4 * EM
        meets = other[2] - reach <= one[1] <= other[3] + reach and one[2] - reach <= other[1] <= one[3] + reach
        one_ends = min(abs(other[1] - one[2]), abs(other[1] - one[3])) <= reach
        other_ends = min(abs(one[1] - other[2]), abs(one[1] - other[3])) <= reach
        return meets and (one_ends or other_ends)

    def leads(self, tail: Contact, head: Contact) -> bool:
        start, goal = self._at(tail), self._at(head)
        seen, waiting = set(start), deque(start)
        while waiting:
            piece = waiting.popleft()
            if piece in goal:
                return True
            for after in self.next[piece] - seen:
                seen.add(after)
                waiting.append(after)
        return False

    def _at(self, contact: Contact) -> set[int]:
        reach = 0.6 * EM
        found = set()
        for number, (down, at, start, end) in enumerate(self.pieces):
            x, y = (contact.x, contact.y) if not down else (contact.y, contact.x)
            if abs(y - at) <= reach / 2 and start - reach <= x <= end + reach:
                found.add(number)
        return found


def _runs(mask: np.ndarray) -> list[tuple[int, int, int]]:
    """Long straight pieces along the rows of `mask`: row, first and last column; those of thick lines made one."""
    found: list[tuple[int, int, int]] = []
    for y in range(len(mask)):
        bounds = np.flatnonzero(np.diff(np.concatenate([[0], mask[y].astype(np.int8), [0]])))
        for start, end in bounds.reshape(-1, 2):
            if end - start < 0.8 * EM:
                continue
            for number, (row, first, last) in enumerate(found):
                if y - row <= 4 and start <= last and end >= first:
                    found[number] = (y, min(first, int(start)), max(last, int(end)))
                    break
            else:
                found.append((y, int(start), int(end)))
    return found
