"""Titles, captions, tags and credits from a CSV or JSON file that lies beside the files it is about."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NAMES = ("metadata.csv", "metadata.json", "captions.csv", "captions.json")
"""What such a file is called where nobody names another."""

TEXTS = ("file", "title", "caption", "credit")
COLUMNS = (*TEXTS, "tags")

UNSTORABLE = re.compile("[\0\ud800-\udfff]")
"""What JSON can spell and neither a file name nor the database can hold: NUL, and halves of a surrogate pair."""


class MetadataError(Exception):
    """The file cannot be used; the message is a sentence that names the file and the line or entry."""


@dataclass(frozen=True)
class Details:
    """What is said about one file. `where` is its line or entry, for messages."""

    title: str = ""
    caption: str = ""
    tags: tuple[str, ...] = ()
    credit: str = ""
    where: str = ""


def key(path: Path) -> Path:
    """`path` as it is looked up: file systems and editors differ in how they compose an umlaut."""
    return Path(unicodedata.normalize("NFC", str(path)))


def read(path: Path, folder: Path | None = None) -> dict[Path, Details]:
    """Details by the key() of the file. Names are relative to `folder`, or to where the metadata file lies.

    CSV: a header line with `file` and any of title, caption, tags (separated by comma, semicolon or bar) and
    credit. JSON: a list of objects with these keys, or an object from file name to such an object or to a
    caption. Raises MetadataError.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise MetadataError(f"{path.name}, line {line}: this is not UTF-8. Save the file as UTF-8.") from error
    except OSError as error:
        raise MetadataError(f"{path} cannot be read: {error.strerror}.") from error
    rows = _json_rows(path.name, text) if path.suffix.lower() == ".json" else _csv_rows(path.name, text)
    details: dict[Path, Details] = {}
    for where, row in rows:
        if not row["file"]:
            raise MetadataError(f"{path.name}, {where}: the file name is missing.")
        if any(UNSTORABLE.search(text) for text in (*row["tags"], *(row[column] for column in TEXTS))):
            raise MetadataError(f"{path.name}, {where}: it has a character that no text can hold. Remove it.")
        file = key((folder or path.parent) / row.pop("file"))
        if file in details:
            raise MetadataError(f"{path.name}, {where}: {file.name} was described before, in {details[file].where}.")
        details[file] = Details(**row, where=f"{path.name}, {where}")
    return details


def _csv_rows(name: str, text: str) -> Iterator[tuple[str, dict[str, Any]]]:
    header = text.partition("\n")[0]
    # Spreadsheets write a semicolon, or a tab, where the comma is the decimal sign.
    delimiter = max(",;\t", key=header.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, restval="", strict=True)
    try:
        columns = [str(column).strip().lower() for column in reader.fieldnames or ()]
        if "file" not in columns or set(columns) - set(COLUMNS):
            raise MetadataError(
                f"{name}, line 1: the first line must name the columns, of these: {', '.join(COLUMNS)}; "
                f"it says: {header.strip()[:80] or 'nothing'}."
            )
        reader.fieldnames = columns
        for row in reader:
            where = f"line {reader.line_num}"
            if None in row:
                raise MetadataError(
                    f"{name}, {where}: there are more than {len(columns)} fields. "
                    "Put quotes around a text that contains the separator."
                )
            yield where, _row({column: value.strip() for column, value in row.items()})
    except csv.Error as error:
        raise MetadataError(f"{name}, line {reader.reader.line_num}: {error}.") from error


def _json_rows(name: str, text: str) -> Iterator[tuple[str, dict[str, Any]]]:
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        raise MetadataError(f"{name}, line {error.lineno}: {error.msg}.") from error
    except (ValueError, RecursionError) as error:  # a number of thousands of digits, lists in lists in lists
        raise MetadataError(f"{name}: this is no list of files, nor anything else that can be read.") from error
    if isinstance(content, dict):
        content = [_entry(file, about) for file, about in content.items()]
    if not isinstance(content, list):
        raise MetadataError(f"{name}: this is neither a list of files nor an object with one key per file.")
    for number, entry in enumerate(content, start=1):
        where = f"entry {number}"
        if not isinstance(entry, dict) or set(entry) - set(COLUMNS):
            raise MetadataError(f"{name}, {where}: it may have these keys: {', '.join(COLUMNS)}.")
        tags = entry.get("tags", [])
        texts = [*(value for column, value in entry.items() if column != "tags")]
        texts += tags if isinstance(tags, list) else [tags]
        if not all(isinstance(text, str) for text in texts):
            raise MetadataError(f"{name}, {where}: every value must be a text; tags may be a list of texts.")
        yield where, _row(entry)


def _entry(file: str, about: object) -> object:
    """One pair of an object from file names as an entry of a list."""
    if isinstance(about, str):
        return {"file": file, "caption": about}
    return {**about, "file": file} if isinstance(about, dict) else about


def _row(values: dict[str, Any]) -> dict[str, Any]:
    tags = values.get("tags", "")
    if isinstance(tags, str):
        tags = re.split(r"[,;|]", tags)
    texts = {column: values.get(column, "").strip() for column in TEXTS}
    return {**texts, "tags": tuple(tag.strip() for tag in tags if tag.strip())}
