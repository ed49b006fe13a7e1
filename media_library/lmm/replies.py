"""Replies that are kept, so that the same question about the same pictures is paid for once."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.cache import cache

from media_library.lmm import structured
from media_library.lmm.base import Data, Malformed, Picture, Reply, Request, Words

DAY_S = 24 * 3600


def key_of(model_key: str, request: Request) -> str:
    """The same for two requests exactly where a model is sent the same: whoever finds it could have asked it."""
    digest = sha256()

    def add(*parts: str | bytes) -> None:
        for part in parts:
            raw = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
            digest.update(len(raw).to_bytes(8, "big") + raw)

    schema = json.dumps(request.schema.model_json_schema(), sort_keys=True) if request.schema else ""
    add(model_key, request.system, schema, str(request.max_tokens))
    for turn in request.turns:
        add("turn", turn.role)
        for part in turn.parts:
            match part:
                case Words(text):
                    add("words", text)
                case Data(name, text):
                    add("data", name, text)
                case Picture(content, mime_type):
                    add("picture", mime_type, content)
    return f"lmm-reply:{digest.hexdigest()}"


def find(key: str, request: Request) -> Reply | None:
    """The reply that is kept under `key`, at no cost; None where there is none."""
    kept = cache.get(key)
    if not isinstance(kept, dict):
        return None
    try:
        data = structured.parse(kept["text"], request.schema) if request.schema else None
        return Reply(kept["text"], kept["model"], finish=kept["finish"], data=data, cached=True)
    except (Malformed, KeyError):
        return None


def keep(key: str, reply: Reply) -> None:
    """Keep a whole reply; what was cut off may come out whole another time."""
    if reply.finish == "done":
        kept: dict[str, Any] = {"text": reply.text, "model": reply.model, "finish": reply.finish}
        cache.set(key, kept, settings.SIGHTLINE_LMM_CACHE_DAYS * DAY_S)
