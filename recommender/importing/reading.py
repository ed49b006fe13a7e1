"""Rows out of files of any size: JSON lists, JSON lines, CSV and TSV, packed with gzip or not, read as a stream."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, TextIO

CHUNK = 256 * 1024
LARGEST_ROW = 8 * 1024 * 1024
"""Characters of one row. No film takes more; what does is no list of films."""

csv.field_size_limit(1024 * 1024)


class FileProblem(Exception):
    """A file that cannot be read as films at all, or not any further; the message is a sentence for the user."""


@dataclass(frozen=True)
class Row:
    """`value`: what stands there, usually an object; None where `problem` says why it cannot be read."""

    number: int
    value: Any = None
    problem: str = ""


def rows(path: Path) -> Iterator[Row]:
    """The rows of the file at `path`, numbered from 1 on. Raises FileProblem."""
    try:
        with _opened(path) as raw, _text(raw) as file:
            yield from rows_of(file, path.name)
    except (OSError, EOFError, zlib.error) as error:
        raise FileProblem(f"{path.name} cannot be read: {getattr(error, 'strerror', None) or error}.") from error


def rows_of(file: TextIO, name: str) -> Iterator[Row]:
    """The same of an open file, which can be sought. Raises FileProblem."""
    start = _beginning(file)
    if start[:2] in ("PK", "\x1f\udc8b") or "\x00" in start:
        raise FileProblem(f"{name} holds no text. Give JSON, CSV, or the zip file or folder of MovieLens.")
    first = start.lstrip()[:1]
    if not first:
        raise FileProblem(f"{name} is empty.")
    if first == "[":
        yield from _json_list(file, name)
    elif first == "{":
        yield from _json_objects(file, name)
    else:
        yield from table(file, name)


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        if not packed:
            yield file
            return
        with gzip.open(file) as unpacked:
            yield unpacked


@contextmanager
def _text(raw: BinaryIO) -> Iterator[TextIO]:
    """As text: by its byte order mark, else UTF-8; what is neither is kept, for whoever reads the field."""
    mark = raw.read(2)
    raw.seek(0)
    encoding = "utf-16" if mark in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    errors = "replace" if encoding == "utf-16" else "surrogateescape"
    text = io.TextIOWrapper(raw, encoding, errors=errors, newline="")
    try:
        yield text
    finally:
        text.detach()


def _beginning(file: TextIO) -> str:
    start = file.read(4096)
    file.seek(0)
    return start


# --- JSON ------------------------------------------------------------------------------------------------


def _big_number(digits: str) -> int | float:
    # Python refuses to read integers of thousands of digits; nothing here has more than these.
    return int(digits) if len(digits) < 20 else float(digits)


_decoder = json.JSONDecoder(parse_int=_big_number)
_BETWEEN = re.compile(r"[ \t\r\n,]*")


def _json_list(file: TextIO, name: str) -> Iterator[Row]:
    """One element after the other, without ever holding all of them."""
    buffer = ""
    while not buffer:
        buffer = file.read(CHUNK).lstrip()
    place, number, ended = 1, 0, False
    while True:
        place = _BETWEEN.match(buffer, place).end()
        if buffer.startswith("]", place):
            return
        value, end = _decoded(buffer, place)
        # A number that ends where the buffer does may go on.
        if end is not None and (end < len(buffer) or ended):
            number, place = number + 1, end
            yield Row(number, value)
            continue
        if ended or len(buffer) - place > LARGEST_ROW:
            raise FileProblem(f"{name} is not valid JSON after row {number}: it breaks off or has a mistake there.")
        more = file.read(max(CHUNK, len(buffer) - place))
        buffer, place, ended = buffer[place:] + more, 0, not more


def _decoded(text: str, place: int = 0) -> tuple[Any, int | None]:
    """The value that stands in `text` at `place`, and where it ends; None where there is none (yet)."""
    try:
        return _decoder.raw_decode(text, place)
    except (ValueError, RecursionError):
        return None, None


def _json_objects(file: TextIO, name: str) -> Iterator[Row]:
    """One object a line, or one object altogether: a film, or an answer with a list of them."""
    first = file.readline(LARGEST_ROW)
    if _decoded(first.strip())[1] is None:
        yield from _json_whole(first + file.read(8 * LARGEST_ROW), name)
        return
    number = 0
    line = first
    while line:
        if text := line.strip():
            number += 1
            value, length = _decoded(text)
            if length == len(text):
                films = _films_within(value)
                yield from [Row(number, value)] if films is None else (Row(number, film) for film in films)
            else:
                yield Row(number, problem="The line is not valid JSON.")
        line = file.readline(LARGEST_ROW)


def _json_whole(text: str, name: str) -> Iterator[Row]:
    value, length = _decoded(text.strip())
    if length is None:
        raise FileProblem(f"{name} is not valid JSON.")
    films = _films_within(value)
    for number, film in enumerate([value] if films is None else films, start=1):
        yield Row(number, film)


def _films_within(value: Any) -> list[Any] | None:
    """The list that an object like {"results": […]} is about; None where it is a film itself."""
    if not isinstance(value, dict) or "title" in value or "original_title" in value:
        return None
    lists = [each for each in value.values() if isinstance(each, list)]
    return lists[0] if len(lists) == 1 else None


# --- Tables ----------------------------------------------------------------------------------------------


def table(file: TextIO, name: str) -> Iterator[Row]:
    """Each line of a CSV or TSV file by the names in its first one. Raises FileProblem."""
    start = _beginning(file)
    line = start.split("\n", 1)[0]
    delimiter = max(",;\t", key=line.count)
    reader = csv.reader(file, delimiter=delimiter)
    try:
        header = [column.strip().lstrip("\ufeff") for column in next(reader)]
    except (StopIteration, csv.Error) as error:
        raise FileProblem(f"{name} has no first line with the names of its columns.") from error
    if len(header) < 2:
        raise FileProblem(f"{name} is neither JSON nor a table: its first line names no columns.")
    number, broken = 0, 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            number, broken = number + 1, broken + 1
            if broken > 1000:
                raise FileProblem(f"{name} is not a table: a thousand of its lines cannot be read.") from error
            yield Row(number, problem=f"The line cannot be read: {error}.")
            continue
        if not cells:
            continue
        number += 1
        if len(cells) != len(header):
            yield Row(number, problem=f"It has {len(cells)} columns instead of {len(header)}.")
        else:
            yield Row(number, dict(zip(header, cells, strict=True)))
