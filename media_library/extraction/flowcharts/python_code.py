"""A flow chart as the text of a Python function, which is checked with `ast` and never run.

Steps and questions become methods of `actions`, which whoever uses it writes. Decisions are if and else, loops are
`while True` with break and continue, as long as the chart can be told that way; one whose arrows jump into the middle
of a loop, or between branches, is told as a loop over the number of the step. Both follow the chart exactly.
"""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Sequence

from media_library.extraction.flowcharts.schema import Edge, FlowChart, Kind, Shape
from media_library.extraction.words import fold

YES = frozenset({"yes", "y", "true", "ja", "j", "oui", "si", "ok", "1"})
NO = frozenset({"no", "n", "false", "nein", "non", "nee", "0"})
MAX_DEPTH = 15
"""Deeper nests are told as a loop over the number of the step; Python itself gives up at 20 loops and 100 indents."""
MAX_LINES = 1500
INDENT = "    "


class _Unstructured(Exception):
    """The chart cannot be told with if and while."""


def to_python(chart: FlowChart, name: str = "flow") -> str:
    """The text of a module with one function. `ast.parse` accepts it whatever the chart says."""
    names = _names(chart)
    body = ["pass"] if not chart.shapes else _body(chart, names)
    lines = [
        f"def {_safe(name, 'flow')}(actions):",
        f"{INDENT}{_docstring(chart)}",
        *(INDENT + line for line in body),
    ]
    text = "\n".join(lines) + "\n"
    ast.parse(text)
    return text


def _body(chart: FlowChart, names: dict[int, str]) -> list[str]:
    starts = chart.starts()
    if len(starts) == 1:
        try:
            return _Structured(chart, names).told(starts[0])
        except _Unstructured:
            pass
    return _by_number(chart, names, starts[0])


# --- With if and while -----------------------------------------------------------------------------------


class _Structured:
    """Tells a chart by its paths. What both branches of a decision come to is told once, behind them."""

    def __init__(self, chart: FlowChart, names: dict[int, str]) -> None:
        self.chart = chart
        self.names = names
        self.shapes = {shape.id: shape for shape in chart.shapes}
        self.next = {shape.id: chart.leaving(shape.id) for shape in chart.shapes}
        self.reach = {number: self._reached(number) for number in self.shapes}
        self.told_: set[int] = set()
        self.lines = 0

    def told(self, start: int) -> list[str]:
        return self._from(start, None, [], 0) or ["pass"]

    def _from(self, number: int | None, stop: int | None, loops: list[tuple[int, int | None]], depth: int) -> list[str]:
        """Lines from a shape up to `stop`. `loops`: beginnings of loops around it, inner last, and what follows."""
        lines: list[str] = []
        if depth > MAX_DEPTH:
            raise _Unstructured
        while True:
            if number is None:
                return [*lines, "return"]
            if number == stop:
                return lines
            if loops and number == loops[-1][0] and number in self.told_:
                return [*lines, "continue"]
            if loops and number == loops[-1][1]:
                return [*lines, "break"]
            if number in self.told_:
                raise _Unstructured
            if number in self.reach[number] and self._loops_here(number, loops):
                after = self._after_loop(number)
                self.told_.add(number)
                body = self._step(number, None, [*loops, (number, after)], depth + 1)
                lines += ["while True:", *(INDENT + line for line in body)]
                if body[-1] == "continue":
                    lines.pop()
                if after is None:
                    return lines
                number = after
                continue
            self.told_.add(number)
            edges = self.next[number]
            if len(edges) <= 1:
                lines += self._said(number)
                number = edges[0].end if edges else None
                if number is None:
                    return [*lines, "return"]
                continue
            join = self._join(number, stop, loops)
            lines += self._branches(number, join, loops, depth)
            self._counted(lines)
            if join is None:
                return lines
            number = join

    def _step(self, number: int, stop: int | None, loops: list[tuple[int, int | None]], depth: int) -> list[str]:
        """As `_from`, of the first shape of a loop, which is told already."""
        edges = self.next[number]
        if len(edges) <= 1:
            return [*self._said(number), *self._from(edges[0].end if edges else None, stop, loops, depth)]
        join = self._join(number, stop, loops)
        lines = self._branches(number, join, loops, depth)
        return lines if join is None else [*lines, *self._from(join, stop, loops, depth)]

    def _branches(self, number: int, join: int | None, loops: list[tuple[int, int | None]], depth: int) -> list[str]:
        edges = self.next[number]
        asked = _asked(edges)
        lines = _comment(self.shapes[number])
        call = f"actions.{self.names[number]}()"
        if asked:
            yes, no = asked
            then, other = (self._from(edge.end, join, loops, depth + 1) for edge in (yes, no))
            if not then:
                return [*lines, f"if not {call}:", *(INDENT + line for line in other or ["pass"])]
            lines += [f"if {call}:", *(INDENT + line for line in then)]
            if other:
                lines += ["else:", *(INDENT + line for line in other)]
            return lines
        lines.append(f"answer = {call}")
        for place, edge in enumerate(edges):
            last = place == len(edges) - 1
            head = "else:" if last else f"{'if' if not place else 'elif'} answer == {_label(edge, place)!a}:"
            lines += [head, *(INDENT + line for line in self._from(edge.end, join, loops, depth + 1) or ["pass"])]
        return lines

    def _said(self, number: int) -> list[str]:
        shape = self.shapes[number]
        return [*_comment(shape), f"actions.{self.names[number]}()"]

    def _counted(self, lines: Sequence[str]) -> None:
        if len(lines) > MAX_LINES:
            raise _Unstructured

    def _reached(self, start: int) -> set[int]:
        seen: set[int] = set()
        waiting = [edge.end for edge in self.next[start]]
        while waiting:
            number = waiting.pop()
            if number not in seen:
                seen.add(number)
                waiting += [edge.end for edge in self.next[number]]
        return seen

    def _loops_here(self, number: int, loops: Sequence[tuple[int, int | None]]) -> bool:
        """Whether something below leads back to this shape, and not only by way of a loop around it."""
        barred = {first for first, _ in loops}
        seen: set[int] = set()
        waiting = [edge.end for edge in self.next[number]]
        while waiting:
            here = waiting.pop()
            if here == number:
                return True
            if here in seen or here in barred:
                continue
            seen.add(here)
            waiting += [edge.end for edge in self.next[here]]
        return False

    def _after_loop(self, number: int) -> int | None:
        """Where one comes to out of a loop: the first shape outside of it that its exits share, None where they end."""
        inside = {
            one for one in self.shapes if one == number or (one in self.reach[number] and number in self.reach[one])
        }
        exits = list(
            dict.fromkeys(
                edge.end for one in self.shapes if one in inside for edge in self.next[one] if edge.end not in inside
            )
        )
        if not exits:
            return None
        common = set.intersection(*({one} | self.reach[one] for one in exits))
        first = [
            one
            for one in self.shapes
            if one in common and all(one == other or one not in self.reach[other] for other in common)
        ]
        if first:
            return first[0]
        going = [one for one in exits if self.reach[one]]
        return (going or exits)[0]

    def _join(self, number: int, stop: int | None, loops: Sequence[tuple[int, int | None]]) -> int | None:
        """The first shape that all branches of a decision come to without beginning a loop around them again."""
        barred = {first for first, _ in loops} | {number}
        outer = {after for _, after in loops if after is not None} | ({stop} if stop is not None else set())
        reached = []
        for edge in self.next[number]:
            seen: set[int] = set()
            waiting = [edge.end]
            while waiting:
                here = waiting.pop()
                if here in seen or here in barred:
                    continue
                seen.add(here)
                if here not in outer:
                    waiting += [after.end for after in self.next[here]]
            reached.append(seen)
        # A branch that ends, or goes back, comes to nothing: the others go on behind it.
        going = [seen for seen in reached if seen]
        common = set.intersection(*going) if going else set()
        if not common and len(going) > 1:
            ended = [seen for seen in going if any(not self.next[one] for one in seen)]
            going = [seen for seen in going if seen not in ended] or []
            common = set.intersection(*going) if going else set()
        if not common or len(going) < 1:
            return None
        if len(going) == 1:
            return stop if stop in common else None
        order = [
            one
            for one in common
            if all(one == other or one not in self.reach[other] or other in self.reach[one] for other in common)
        ]
        first = min(order or common, key=lambda one: sum(one in self.reach[other] for other in common))
        return first if first not in {after for _, after in loops} else (first if first == stop else None)


# --- By the number of the step ---------------------------------------------------------------------------


def _by_number(chart: FlowChart, names: dict[int, str], start: int) -> list[str]:
    number = {shape.id: place for place, shape in enumerate(chart.shapes, start=1)}
    lines = [f"step = {number[start]}", "while step:"]
    # A row of ifs, since a long chain of elif is deeper than Python can parse.
    for shape in chart.shapes:
        lines += [
            INDENT + line
            for line in [
                f"if step == {number[shape.id]}:",
                *(INDENT + one for one in _goes(chart, shape, names, number)),
            ]
        ]
    return lines


def _goes(chart: FlowChart, shape: Shape, names: dict[int, str], number: dict[int, int]) -> list[str]:
    edges = chart.leaving(shape.id)
    lines, call = _comment(shape), f"actions.{names[shape.id]}()"
    if len(edges) <= 1:
        return [*lines, call, f"step = {number[edges[0].end] if edges else 0}", "continue"]
    if asked := _asked(edges):
        return [*lines, f"step = {number[asked[0].end]} if {call} else {number[asked[1].end]}", "continue"]
    lines += [f"answer = {call}", f"step = {number[edges[-1].end]}"]
    for place, edge in enumerate(edges[:-1]):
        lines += [f"if answer == {_label(edge, place)!a}:", f"{INDENT}step = {number[edge.end]}", f"{INDENT}continue"]
    return [*lines, "continue"]


# --- Words -----------------------------------------------------------------------------------------------


def _asked(edges: Sequence[Edge]) -> tuple[Edge, Edge] | None:
    """The edges of yes and no, where there are two and one of them tells."""
    if len(edges) != 2:
        return None
    says = [fold(edge.label).strip(" .?!:") for edge in edges]
    for one, other in ((0, 1), (1, 0)):
        if (says[one] in YES and says[other] not in YES) or (says[other] in NO and says[one] not in NO):
            return edges[one], edges[other]
    return None


def _label(edge: Edge, place: int) -> str:
    return " ".join(edge.label.split()) or f"way {place + 1}"


def _names(chart: FlowChart) -> dict[int, str]:
    """A method for each shape, no two of the same name."""
    names: dict[int, str] = {}
    taken: set[str] = set()
    for shape in chart.shapes:
        name = _safe(shape.text, "decide" if shape.kind is Kind.DECISION else "step")
        unique, more = name, 2
        while unique in taken:
            unique, more = f"{name}_{more}", more + 1
        taken.add(unique)
        names[shape.id] = unique
    return names


def _safe(text: str, instead: str) -> str:
    """An identifier of plain letters, digits and underscores out of any text."""
    name = "_".join(re.findall(r"[a-z0-9]+", fold(text)))[:60].strip("_")
    if not name:
        return instead
    if name[0].isdigit() or keyword.iskeyword(name) or keyword.issoftkeyword(name):
        name = f"{instead}_{name}"
    return name


def _comment(shape: Shape) -> list[str]:
    """Text and lane as one line that cannot end early: everything but printable ASCII is an escape."""
    said = " ".join(f"{shape.text} [{shape.lane}]".split() if shape.lane else shape.text.split())
    return [f"# {_printable(said)}"] if said else []


def _docstring(chart: FlowChart) -> str:
    told = "; ".join(
        " ".join(shape.text.split()) for shape in chart.shapes if shape.kind in (Kind.START, Kind.END) and shape.text
    )
    # ascii() gives a literal of one line, whatever is in it.
    return ascii(f"Read from a flow chart: {told}." if told else "Read from a flow chart.")


def _printable(text: str) -> str:
    return text.encode("ascii", "backslashreplace").decode("ascii").replace("\x00", "")[:300]
