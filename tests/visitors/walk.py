"""One visitor who asks for everything, and notes what they are told."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

from django.db import transaction
from django.test import Client
from django.urls import reverse

from search import selections
from tests.visitors.rules import RULES, WALKED
from tests.visitors.world import ADA, NOBODY, SECRET, STAFF, STRANGER, Thing, World

NOT_THERE = {404, 405}
SIGN_IN = "/sign-in/"


class Walk:
    """One visitor asking; what they find out that they should not is noted in `leaks`."""

    def __init__(self, world: World, visitor: str) -> None:
        self.world, self.visitor = world, visitor
        self.forbidden = world.forbidden(visitor)
        assert all(map(SECRET.fullmatch, self.forbidden)), "A secret of another form would never be found."
        self.leaks: list[str] = []
        self.asked = 0
        self.client = Client(raise_request_exception=False)
        self.sign_in()
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
        with transaction.atomic():
            response = getattr(self.client, method.lower())(path, data, headers=headers, **content)
            text = self._text(response)
            if not keep:
                transaction.set_rollback(True)
        asked = unquote(path) + json.dumps(body)
        self._look(f"{method} {path} {body or ''}", response, text, asked)
        if thing is not None and self.visitor not in thing.seen_by:
            self._must_not_be_there(method, path, response)
        return response

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

    def filled(self, given: dict[str, Any], thing: Thing) -> dict[str, Any]:
        """`given` with its places filled by something that the visitor may not know."""
        album = next((each for each in self.world.albums if self.visitor not in each.seen_by), self.world.albums[0])
        places = {"item": str(thing.obj.pk), "album": str(album.obj.pk)}
        # Made by somebody who sees all of them.
        places["selected"] = selections.keep(each.obj.pk for each in self.world.items)
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
                if self.visitor == STAFF and thing and not rule.reads:
                    continue  # asked as a stranger; what staff get beside it, if anything, shows where things are read
                path = reverse(pattern.name, kwargs=kwargs) if pattern.name != "api-nowhere" else "/api/v1/nowhere/"
                response = self.ask("GET", pattern.name, thing, path, {})
                shown = rule.reads and thing and self.visitor in thing.seen_by and not thing.trashed
                if shown and response.status_code != 200:
                    self.leaks.append(f"GET {path} of {thing.name}: {response.status_code} though it may be seen")
                if response.status_code == 200 and not path.startswith(("/api/", "/media/")):
                    self.ask("GET", pattern.name, thing, path, {}, **{"HX-Request": "true"})
                for query in queries:
                    asked = {json.dumps(self.filled(query, each)) for each in self._few(query)}
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
                    for body in rule.bodies if method != "DELETE" else rule.bodies[:1]:
                        for each in self._targets(body):
                            sent = self.filled(body, each)
                            if pattern.name == "api-album-items" and method == "DELETE":
                                path, sent = f"{path.partition('?')[0]}?item={each.obj.pk}", {}
                            self.ask(method, pattern.name, thing, path, sent, keep=keep)

    def _targets(self, body: dict[str, Any]) -> list[Thing]:
        if "{item}" not in json.dumps(body):
            return self.foreign_items[:1]
        wanted = ("private", "viewed", "edited", "exhibited", "public", "graces")
        return [thing for thing in self.foreign_items if thing.name in wanted]
