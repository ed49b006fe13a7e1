"""Searches that people keep, and those they made lately: theirs alone, and every write a verb here."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

from django.db import connection
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone

from search.forms import QUESTION, SearchForm
from search.models import NoHistory, PastSearch, SavedSearch
from search.query import QueryError

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

KEPT = 200
"""Past searches that are remembered of one person; older ones are forgotten."""

MOST_SAVED = 500
LONGEST_TITLE = 200

NOT_AN_ADDRESS = "That is not a search that can be kept. Search for something first."
EXAMPLE_GOES = (
    "What was dropped to search by is forgotten after a day, so this search cannot be kept. Add the file to the "
    "library and search by it there."
)
SELECTION_GOES = (
    "What was selected on the map is forgotten after a day, so this search cannot be kept. Tag the selected items and "
    "search by the tag."
)


def saved(user: AbstractBaseUser | AnonymousUser) -> QuerySet[SavedSearch]:
    """The searches that `user` keeps."""
    return SavedSearch.objects.filter(owner=user) if user.is_authenticated else SavedSearch.objects.none()


def past(user: AbstractBaseUser | AnonymousUser) -> QuerySet[PastSearch]:
    """The searches that `user` made, the last one first."""
    return PastSearch.objects.filter(owner=user) if user.is_authenticated else PastSearch.objects.none()


def save(user: AbstractBaseUser, address: str, title: str = "") -> tuple[SavedSearch, bool]:
    """Keep a question; returns it and whether it is new. One that is kept already gets the title, if there is one.

    Raises QueryError for what is no question, or cannot be asked again tomorrow.
    """
    form = _form(address)
    if form.cleaned_data["by"]:
        raise QueryError("example-goes", EXAMPLE_GOES)
    if form.cleaned_data["within"]:
        raise QueryError("selection-goes", SELECTION_GOES)
    if not (form.query or form.filters):
        raise QueryError("not-a-search", NOT_AN_ADDRESS)
    plain = urlencode(form.parameters(q=form.cleaned_data["q"]))
    digest = hashlib.sha256(plain.encode()).hexdigest()
    title = _one_line(title)
    if not saved(user).filter(digest=digest).exists() and saved(user).count() >= MOST_SAVED:
        raise QueryError("too-many-saved", f"You keep {MOST_SAVED} searches. Delete one that you need no more.")
    kept, created = SavedSearch.objects.get_or_create(
        owner=user, digest=digest, defaults={"title": title or label(form), "address": plain}
    )
    if not created and title and title != kept.title:
        rename(kept, title)
    return kept, created


def rename(kept: SavedSearch, title: str) -> SavedSearch:
    """Raises QueryError for an empty title."""
    kept.title = _one_line(title)
    if not kept.title:
        raise QueryError("no-title", "Give it a name.")
    kept.save(update_fields=["title"])
    return kept


def forget(searches: QuerySet[SavedSearch] | QuerySet[PastSearch]) -> int:
    """Delete them for good; returns how many."""
    return searches.delete()[0]


def keeps_history(user: AbstractBaseUser) -> bool:
    return not NoHistory.objects.filter(owner=user).exists()


def set_history(user: AbstractBaseUser, on: bool) -> None:
    """Remember searches of `user` from now on, or do not; what was remembered goes when they say so."""
    if on:
        NoHistory.objects.filter(owner=user).delete()
    else:
        NoHistory.objects.get_or_create(owner=user)


def remember(user: AbstractBaseUser | AnonymousUser, form: SearchForm) -> None:
    """Note that `user` asked the question of `form`, where it is valid: one statement.

    The same question with other filters or in another order is no other one; its last form is kept. What was dropped
    to search by is not noted, as it cannot be asked for again.
    """
    if not (user.is_authenticated and form.is_valid()):
        return
    kept = form.parameters(q=form.cleaned_data["q"], by=None, within=None)
    question = [(name, value.casefold()) for name, value in kept if name in QUESTION]
    if not question:
        return
    digest = hashlib.sha256(urlencode(question).encode()).hexdigest()
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH noted AS (
                INSERT INTO {PastSearch._meta.db_table} AS known (owner_id, label, address, digest, times, at)
                SELECT %(user)s, %(label)s, %(address)s, %(digest)s, 1, %(now)s
                WHERE NOT EXISTS (SELECT 1 FROM {NoHistory._meta.db_table} WHERE owner_id = %(user)s)
                ON CONFLICT (owner_id, digest) DO UPDATE
                SET times = known.times + 1, at = excluded.at, address = excluded.address, label = excluded.label
            )
            DELETE FROM {PastSearch._meta.db_table}
            WHERE id IN (
                SELECT id FROM {PastSearch._meta.db_table} WHERE owner_id = %(user)s
                ORDER BY at DESC, id DESC OFFSET %(most)s
            )
            """,
            {
                "user": user.pk,
                "label": label(form),
                "address": urlencode(kept),
                "digest": digest,
                "now": timezone.now(),
                "most": KEPT - 1,
            },
        )


def label(form: SearchForm) -> str:
    """What a question is called: its words, or else what it is by and narrowed to."""
    data = form.cleaned_data
    if data["q"]:
        return data["q"][:LONGEST_TITLE]
    if data["like"] or data["by"]:
        return "Like something here" if data["like"] else "Like a picture"
    return ", ".join(f"{name}: {value}" for name, value in form.parameters())[:LONGEST_TITLE]


def _form(address: str) -> SearchForm:
    """The question in an address, with or without what stands before its question mark."""
    query = address.rpartition("?")[2]
    try:
        form = SearchForm(QueryDict(urlencode(parse_qsl(query, max_num_fields=100))))
    except ValueError as error:
        raise QueryError("not-a-search", NOT_AN_ADDRESS) from error
    if not form.is_valid():
        raise QueryError("not-a-search", form.problem)
    if form.address:
        raise QueryError("not-a-search", NOT_AN_ADDRESS)
    return form


def _one_line(title: str) -> str:
    return " ".join(title.replace("\x00", "").split())[:LONGEST_TITLE]
