"""One visitor who asks for everything, and notes what they are told."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from functools import cached_property
from typing import Any
from urllib.parse import unquote

from django.contrib.auth.backends import ModelBackend
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django_htmx.middleware import HtmxDetails

from search import selections
from tests.visitors.rules import RULES, WALKED
from tests.visitors.world import ADA, NOBODY, SECRET, STAFF, STRANGER, Thing, World

NOT_THERE = {404, 405}
SIGN_IN = "/sign-in/"
NOTED = "asked_for_htmx"
_header = HtmxDetails._get_header_value


def note_htmx(details: HtmxDetails, name: str) -> str | None:
    """In the place of what every question of a view to `request.htmx` goes through: notes that there was one."""
    setattr(details.request, NOTED, True)
    return _header(details, name)


class Remembering(ModelBackend):
    """Looks everybody up once: doing so anew takes an eighth of most answers."""

    known: dict[Any, Any] = {}

    def get_user(self, user_id: Any) -> Any:
        if user_id not in self.known:
            self.known[user_id] = super().get_user(user_id)
        return copy(self.known[user_id])


class Walk:
    """One visitor asking; what they find out that they should not is noted in `leaks`."""

    def __init__(self, world: World, visitor: str) -> None:
        self.world, self.visitor = world, visitor
        self.forbidden = world.forbidden(visitor)
        assert all(map(SECRET.fullmatch, self.forbidden)), "A secret of another form would never be found."
        self.leaks: list[str] = []
        self.asked = 0
        self.refused: set[tuple[str, str]] = set()
        """Methods of addresses that answer 405: to that, whatever the address names, there is no other answer."""
        self.client = Client(raise_request_exception=False)
        self.sign_in()
        self._clean = transaction.savepoint()
        self.stored = {
            thing.obj.original.open("rb").read(): thing for thing in world.items if visitor not in thing.seen_by
        }
        self.unseen_items = [thing for thing in world.items if visitor not in thing.seen_by] or world.items[:1]
        self.foreign_items = [thing for thing in world.items if visitor != thing.owner] or world.items[:1]

    def sign_in(self) -> None:
        if self.visitor in self.world.people:
            self.client.force_login(self.world.people[self.visitor])

    def ask(self, method: str, name: str, thing: Thing | None, path: str, body: dict, *, keep: bool = False, **headers):
        """One request, undone again unless `keep`; what its answer tells is looked at."""
        self.asked += 1
        api = path.startswith("/api/")
        content = {"content_type": "application/json"} if api and method != "GET" else {}
        if api and method == "POST" and name in ("api-items", "api-search"):
            content = {}
        data = json.dumps(body) if content else body
        with transaction.atomic() if keep else self._undone():
            response = getattr(self.client, method.lower())(path, data, headers=headers, **content)
            text = self._text(response)
        asked = unquote(path) + json.dumps(body)
        self._look(f"{method} {path} {body or ''}", response, text, asked)
        if response.status_code == 405 and method not in response.get("Allow", method):
            self.refused.add((method, name))
        if thing is not None and self.visitor not in thing.seen_by:
            self._must_not_be_there(method, path, response)
        return response

    @contextmanager
    def _undone(self) -> Iterator[None]:
        """What is written within is taken back; where nothing is, as mostly, it costs no statement."""
        changed = False

        def note(execute: Callable, sql: str, *rest: Any) -> Any:
            nonlocal changed
            changed = changed or not str(sql).startswith("SELECT")
            try:
                return execute(sql, *rest)
            except DatabaseError:
                changed = True
                raise

        with connection.execute_wrapper(note):
            yield
        if changed:
            transaction.savepoint_rollback(self._clean)
            # As where a view broke off within a transaction of its own.
            transaction.set_rollback(False)

    def _text(self, response) -> bytes:
        body = b"".join(response.streaming_content) if response.streaming else response.content
        headers = "\n".join(f"{name}: {value}" for name, value in response.headers.items())
        return body + b"\n" + headers.encode()

    def _look(self, where: str, response, text: bytes, asked: str) -> None:
        if response.status_code >= 500:
            self.leaks.append(f"{where}: {response.status_code}")
        said = set(SECRET.findall(unquote(text.decode("utf-8", "replace"))))
        if told := sorted(word for word in said & self.forbidden if word not in asked):
            self.leaks.append(f"{where}: tells {', '.join(told)}")
        for original, thing in self.stored.items():
            if text.startswith(original):
                self.leaks.append(f"{where}: is the file of {thing.name}")

    def _must_not_be_there(self, method: str, path: str, response) -> None:
        """404 rather than 403: that something is there is a secret, too."""
        allowed = set(NOT_THERE)
        if self.visitor == NOBODY:
            allowed.add(401)
            if response.status_code == 302 and response["Location"].startswith(SIGN_IN):
                return
        if response.status_code not in allowed:
            self.leaks.append(f"{method} {path}: {response.status_code} where it should be 404")

    def _closed(self, thing: Thing | None, response) -> bool:
        """Whether the answer is that there is no such thing, or to sign in: more questions of a sort tell no more."""
        hidden = thing is not None and self.visitor not in thing.seen_by and response.status_code == 404
        return hidden or response.status_code == 401 or response.get("Location", "").startswith(SIGN_IN)

    @cached_property
    def _selected(self) -> str:
        """A selection of all items, made by somebody who sees all of them."""
        return selections.keep(each.obj.pk for each in self.world.items)

    def filled(self, given: dict[str, Any], thing: Thing) -> dict[str, Any]:
        """`given` with its places filled by something that the visitor may not know."""
        album = next((each for each in self.world.albums if self.visitor not in each.seen_by), self.world.albums[0])
        places = {"item": str(thing.obj.pk), "album": str(album.obj.pk)}
        places["selected"] = self._selected
        places |= {"word": f"zq{thing.name}titlezq", "tag": f"zq{thing.name}tagzq", "camera": f"zq{thing.name}camerazq"}

        def fill(value: Any) -> Any:
            if isinstance(value, list):
                return [fill(each) for each in value]
            return value.format(**places) if isinstance(value, str) else value

        return {key: fill(value) for key, value in given.items()}

    def read(self) -> None:
        for _, pattern in WALKED:
            if (rule := RULES.get(pattern.name)) is None:
                continue  # test_every_address_has_a_rule says so
            if rule.once and self.visitor not in (NOBODY, STRANGER):
                continue
            queries = rule.queries if self.visitor != ADA else ()
            for thing, kwargs in rule.cases(self.world):
                if ("GET", pattern.name) in self.refused:
                    break
                if self.visitor == STAFF and thing and not rule.reads:
                    continue  # asked as a stranger; what staff get beside it, if anything, shows where things are read
                path = reverse(pattern.name, kwargs=kwargs) if pattern.name != "api-nowhere" else "/api/v1/nowhere/"
                response = self.ask("GET", pattern.name, thing, path, {})
                shown = rule.reads and thing and self.visitor in thing.seen_by and not thing.trashed
                if shown and response.status_code != 200:
                    self.leaks.append(f"GET {path} of {thing.name}: {response.status_code} though it may be seen")
                if response.status_code == 200 and getattr(response.wsgi_request, NOTED, False):
                    self.ask("GET", pattern.name, thing, path, {}, **{"HX-Request": "true"})
                closed = self._closed(thing, response)
                for query in queries:
                    asked = {json.dumps(self.filled(query, each)) for each in self._few(query)[: 1 if closed else None]}
                    for one in sorted(asked):
                        self.ask("GET", pattern.name, thing, path, json.loads(one))

    def _few(self, given: dict[str, Any]) -> list[Thing]:
        """What the places of `given` stand for: some things of each sort that the visitor does not see."""
        if "{" not in json.dumps(given).replace('{"', ""):
            return self.unseen_items[:1]
        wanted = ("private", "viewed", "collected", "trashedpublic", "withdrawn", "graces", "mallorys")
        return [thing for thing in self.unseen_items if thing.name in wanted][:5] or self.unseen_items[:1]

    def write(self, *, keep: bool) -> None:
        for _, pattern in WALKED:
            if (rule := RULES.get(pattern.name)) is None:
                continue  # test_every_address_has_a_rule says so
            if rule.once or rule.ends_session or pattern.name == "api-nowhere":
                continue
            methods = ("POST", "PATCH", "DELETE") if pattern.name.startswith("api-") else ("POST",)
            for thing, kwargs in rule.cases(self.world):
                path = reverse(pattern.name, kwargs=kwargs)
                for method in methods:
                    if (method, pattern.name) in self.refused:
                        continue
                    closed = False
                    for body in rule.bodies if method != "DELETE" else rule.bodies[:1]:
                        targets = self._targets(body)
                        two = self._two(targets)
                        for each in targets:
                            if closed and each not in two:
                                continue
                            sent = self.filled(body, each)
                            if pattern.name == "api-album-items" and method == "DELETE":
                                path, sent = f"{path.partition('?')[0]}?item={each.obj.pk}", {}
                            response = self.ask(method, pattern.name, thing, path, sent, keep=keep)
                            closed = self._closed(thing, response)

    def _targets(self, body: dict[str, Any]) -> list[Thing]:
        if "{item}" not in json.dumps(body):
            return self.foreign_items[:1]
        wanted = ("private", "viewed", "edited", "exhibited", "public", "graces")
        return [thing for thing in self.foreign_items if thing.name in wanted]

    def _two(self, targets: list[Thing]) -> list[Thing]:
        """One that the visitor does not see, and of those that they do one which they may do the most with."""
        seen = sorted(targets, key=lambda each: (self.visitor in each.seen_by, each.name == "edited"))
        return [*seen[:1], *seen[-1:]]
