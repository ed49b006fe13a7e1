"""Gemini through Google's SDK, over REST. The only module that imports the SDK, and only when it is asked something.

The SDK reads a stream as the API's REST transport sends it: an array of JSON, one object after the other.
"""

from __future__ import annotations

import json
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import lru_cache
from typing import Any

from media_library.lmm import prompting, structured
from media_library.lmm.base import (
    CUT_OFF,
    DONE,
    Away,
    Blocked,
    CutOff,
    Data,
    LmmError,
    Malformed,
    NotConfigured,
    Picture,
    Refused,
    Reply,
    Request,
    Words,
)
from media_library.lmm.pricing import price_of

SAFETY = ("block_none", "block_only_high", "block_medium_and_above", "block_low_and_above")
"""How much of what its rules call harmful is let through, from all to least; without a word, as the model has it."""

HARMS = (
    "HARM_CATEGORY_HARASSMENT",
    "HARM_CATEGORY_HATE_SPEECH",
    "HARM_CATEGORY_SEXUALLY_EXPLICIT",
    "HARM_CATEGORY_DANGEROUS_CONTENT",
)

BLOCKING = frozenset({"SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "LANGUAGE", "IMAGE_SAFETY"})
"""Reasons to finish that mean that the model's rules stopped it."""

WHY = {
    "SAFETY": "its rules call that harmful",
    "RECITATION": "it would have repeated a protected text",
    "PROHIBITED_CONTENT": "its rules forbid that content",
    "BLOCKLIST": "it holds a word that is not allowed",
    "SPII": "it would have told personal data",
    "LANGUAGE": "it does not know the language",
}

NOT_NOW = frozenset({408, 425, 429, 499, 500, 502, 503, 504})
"""Answers of HTTP after which it is worth asking again later."""

BROKE_OFF = "The model's answer broke off, or cannot be read. Ask again in a moment."

NO_KEY = "No key for the LMM is set. Set GOOGLE_API_KEY, or SIGHTLINE_LMM=reader to do without a model."


class Gemini:
    """One model of Gemini. `timeout_s`: seconds for the whole of an answer; `base`: another address of the API."""

    remote = True

    def __init__(
        self,
        api_key: str,
        model: str,
        *,
        base: str = "",
        temperature: float | None = None,
        safety: str = "",
        timeout_s: float = 60,
    ) -> None:
        if not api_key:
            raise NotConfigured(NO_KEY)
        if safety and safety not in SAFETY:
            raise NotConfigured(f"SIGHTLINE_LMM_SAFETY is “{safety}”. Set it to {' or '.join(SAFETY)}, or to nothing.")
        self.model = model
        self.key = f"gemini:{model}:{temperature}:{safety}"
        self._api_key, self._base = api_key, base
        self._temperature, self._safety, self._timeout_s = temperature, safety, timeout_s

    def ask(self, request: Request) -> Reply:
        begun = time.monotonic()
        with _told():
            answer = self._model(request).generate_content(
                _contents(request), request_options={"timeout": self._timeout_s, "retry": None}
            )
        heard = _Heard(self.model, request)
        heard.take(answer)
        return heard.reply(time.monotonic() - begun)

    def stream(self, request: Request) -> Iterator[str | Reply]:
        begun, heard = time.monotonic(), _Heard(self.model, request)
        with _told(heard), closing(self._chunks(request)) as chunks:
            for chunk in chunks:
                if piece := heard.take(chunk):
                    yield piece
                # The SDK's own limit is for each read: a trickle would go on for ever.
                if time.monotonic() - begun > self._timeout_s:
                    raise Away(_late(self._timeout_s), text=heard.text)
        yield heard.reply(time.monotonic() - begun)

    def _chunks(self, request: Request) -> Iterator[Any]:
        # Of the SDK's client itself: its convenient wrapper keeps back each piece until the next one is there.
        model = self._model(request)
        prepared = model._prepare_request(contents=_contents(request), tools=None, tool_config=None)
        chunks = model._client.stream_generate_content(prepared, timeout=self._timeout_s, retry=None)
        try:
            yield from chunks
        finally:
            # Whoever stops listening ends the request, and with it what it costs.
            if cancel := getattr(chunks, "cancel", None):
                cancel()

    def _model(self, request: Request) -> Any:
        with warnings.catch_warnings():
            # It says at every start that it is no longer developed: see ADR 20.
            warnings.simplefilter("ignore", FutureWarning)
            from google.generativeai import GenerativeModel

        config: dict[str, Any] = {"max_output_tokens": request.max_tokens}
        if self._temperature is not None:
            config["temperature"] = self._temperature
        if request.schema:
            config |= {
                "response_mime_type": "application/json",
                "response_schema": structured.for_gemini(request.schema),
            }
        has_data = any(isinstance(part, Data) for turn in request.turns for part in turn.parts)
        system = "\n\n".join(filter(None, [request.system, prompting.RULE if has_data else ""]))
        model = GenerativeModel(
            self.model,
            generation_config=config,
            safety_settings=dict.fromkeys(HARMS, self._safety) if self._safety else None,
            system_instruction=system or None,
        )
        model._client = _client(self._api_key, self._base)
        return model


_lock = threading.Lock()


def _client(api_key: str, base: str) -> Any:
    with _lock:
        return _make_client(api_key, base)


@lru_cache(maxsize=4)
def _make_client(api_key: str, base: str) -> Any:
    """A client of its own: the SDK's settings are one set for the whole process."""
    from google.ai import generativelanguage
    from google.api_core.client_options import ClientOptions

    options = ClientOptions(api_key=api_key, api_endpoint=base.rstrip("/") or None)
    return generativelanguage.GenerativeServiceClient(transport="rest", client_options=options)


def _contents(request: Request) -> list[dict[str, Any]]:
    return [
        {"role": "user" if turn.role == "person" else "model", "parts": [_part(part) for part in turn.parts]}
        for turn in request.turns
    ]


def _part(part: Words | Data | Picture) -> dict[str, Any]:
    match part:
        case Words(text):
            return {"text": _clean(text)}
        case Data():
            return {"text": _clean(prompting.fenced(part))}
        case Picture():
            return {"inline_data": {"mime_type": part.mime_type, "data": part.content}}


def _clean(text: str) -> str:
    """Without the lone surrogates that file names can hold and a message cannot."""
    return text.encode("utf-8", "replace").decode()


class _Heard:
    """What has come of an answer so far."""

    def __init__(self, model: str, request: Request) -> None:
        self._model, self._request = model, request
        self.text = ""
        self.tokens_in = self.tokens_out = 0
        self._finish = self._blocked = ""

    def take(self, answer: Any) -> str:
        """Note one answer, or one piece of a stream; returns its text."""
        usage = answer.usage_metadata
        if usage.prompt_token_count:
            self.tokens_in = usage.prompt_token_count
            # What it thought is in the total alone, and paid like what it said.
            thought_too = usage.total_token_count - usage.prompt_token_count
            self.tokens_out = max(usage.candidates_token_count, thought_too)
        if reason := answer.prompt_feedback.block_reason:
            self._blocked = _name(reason)
        piece = ""
        for candidate in list(answer.candidates)[:1]:
            piece = "".join(part.text for part in candidate.content.parts if part.text)
            if candidate.finish_reason:
                self._finish = _name(candidate.finish_reason)
        self.text += piece
        return piece

    def reply(self, latency_s: float) -> Reply:
        """The whole of it. Raises LmmError where it is none."""
        still = {"text": self.text, "tokens_in": self.tokens_in, "tokens_out": self.tokens_out}
        if self._blocked:
            why = WHY.get(self._blocked, "its rules forbid that")
            raise Blocked(f"The model would not look at this: {why}. Ask in other words, or of another item.", **still)
        if self._finish in BLOCKING:
            why = WHY.get(self._finish, "its rules forbid that")
            raise Blocked(f"The model stopped its answer: {why}. Ask in other words.", **still)
        if not self._finish:
            raise Away(BROKE_OFF, **still)
        cut_off = self._finish == "MAX_TOKENS"
        if not self.text.strip():
            if cut_off:
                raise CutOff("The answer ended before it began, at the limit of its length. Ask for less.", **still)
            raise Malformed("The model gave an empty answer. Ask again.", **still)
        data = None
        if self._request.schema:
            if cut_off:
                raise CutOff("The answer was cut off at the limit of its length. Ask for less.", **still)
            try:
                data = structured.parse(self.text, self._request.schema)
            except Malformed as malformed:
                raise Malformed(malformed.message, **still) from malformed
        return Reply(
            self.text,
            self._model,
            CUT_OFF if cut_off else DONE,
            self.tokens_in,
            self.tokens_out,
            price_of(self._model).of(self.tokens_in, self.tokens_out),
            latency_s,
            data,
        )


def _name(value: Any) -> str:
    """The name of an enum; of one that the SDK is too old to know, its number."""
    return getattr(value, "name", str(value))


# --- What can go wrong -----------------------------------------------------------------------------------


def _late(timeout_s: float) -> str:
    return f"The model did not finish within {timeout_s:.0f} seconds. Ask again in a moment, or ask for less."


@contextmanager
def _told(heard: _Heard | None = None) -> Iterator[None]:
    """What the SDK and HTTP raise, as one of our errors, with what there was of the answer."""
    import requests
    from google.api_core import exceptions
    from google.auth.exceptions import GoogleAuthError
    from google.protobuf.json_format import ParseError

    try:
        yield
    except LmmError:
        raise
    except exceptions.GoogleAPICallError as error:
        raise _of_status(error, _so_far(heard)) from error
    except (requests.Timeout, exceptions.RetryError, TimeoutError) as error:
        raise Away("The model did not answer in time. Ask again in a moment.", text=_so_far(heard)) from error
    except (requests.RequestException, GoogleAuthError, OSError) as error:
        raise Away(
            "The model cannot be reached. Ask again in a moment; if that goes on, tell whoever runs this library.",
            text=_so_far(heard),
        ) from error
    except (ParseError, ValueError, AttributeError, IndexError) as error:
        # The SDK's own words for a body that is not what the API sends, or that ends in the middle.
        raise Away(BROKE_OFF, text=_so_far(heard)) from error


def _so_far(heard: _Heard | None) -> str:
    return heard.text if heard else ""


def _of_status(error: Any, text: str) -> LmmError:
    status = int(error.code or 0)
    if status == 429:
        return Away(
            "The model is asked more than it takes right now. Ask again in a moment.",
            retry_after=_retry_after(error),
            text=text,
        )
    if status in NOT_NOW or status >= 500:
        return Away(
            "The model is out of order right now. Ask again in a moment.", retry_after=_retry_after(error), text=text
        )
    said = _said(error)
    if status in (401, 403) or "api key" in said.lower() or "api_key" in said.lower():
        return NotConfigured(
            "The model does not take the key that is set. Whoever runs this library has to renew GOOGLE_API_KEY."
        )
    if status == 404:
        return NotConfigured(
            "There is no such model any more. Whoever runs this library has to set SIGHTLINE_LMM_MODEL to another."
        )
    if status == 400 and "location" in said.lower():
        return NotConfigured("The model cannot be used from where this library runs.")
    return Refused(f"The model refused the question: {said or 'it gave no reason'}", text=text)


def _said(error: Any) -> str:
    return " ".join(str(getattr(error, "message", "") or "").split())[:300]


def _retry_after(error: Any) -> float | None:
    """Seconds that the answer asks to wait: by its header, or by RetryInfo in its body."""
    response = getattr(error, "response", None)
    if response is None:
        return None
    try:
        return max(0.0, float(response.headers["Retry-After"]))
    except (KeyError, ValueError):
        pass
    try:
        body = json.loads(response.content)
        body = body[0] if isinstance(body, list) else body
        delays = [detail["retryDelay"] for detail in body["error"].get("details", ()) if "retryDelay" in detail]
        return max(0.0, float(delays[0].removesuffix("s"))) if delays else None
    except (ValueError, LookupError, TypeError, AttributeError):
        return None
