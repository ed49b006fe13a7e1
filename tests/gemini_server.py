"""A local server that speaks Gemini's REST protocol, for tests with the real SDK.

Each request is answered by the next of `answers`: what `say`, `refuse` and the others give, or any function of the
handler. What was asked is noted in `asked`.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

STOP, MAX_TOKENS, SAFETY = 1, 2, 3
"""Finish reasons, as numbers: the SDK asks for enums in that form."""


@dataclass(frozen=True)
class Asked:
    path: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def texts(self) -> list[str]:
        return [part["text"] for turn in self.body["contents"] for part in turn["parts"] if "text" in part]


Answer = Callable[["Handler"], None]


def piece(text: str, finish: int | None = None, tokens: tuple[int, int, int] = (100, 20, 130)) -> dict[str, Any]:
    """One answer as the API gives it. `tokens`: of the prompt, of the text, and in total, with what it thought."""
    candidate: dict[str, Any] = {"content": {"role": "model", "parts": [{"text": text}]}, "index": 0}
    if finish:
        candidate["finishReason"] = finish
    counts = dict(zip(("promptTokenCount", "candidatesTokenCount", "totalTokenCount"), tokens, strict=True))
    return {"candidates": [candidate], "usageMetadata": counts}


def say(*texts: str, finish: int = STOP, heard: threading.Semaphore | None = None) -> Answer:
    """The texts one after the other; at once where no stream is asked for. With `heard`, released by who asks for each
    that has come, none is sent before the one before it was heard."""
    pieces = [piece(text) for text in texts[:-1]] + [piece(texts[-1], finish)]
    return lambda handler: handler.send_pieces(pieces, 0, heard=heard)


def blocked() -> Answer:
    """The prompt is not answered."""
    return lambda handler: handler.send_pieces([{"promptFeedback": {"blockReason": 1}, "usageMetadata": {}}], 0)


def refuse(status: int, message: str = "No.", headers: dict[str, str] | None = None, **more: Any) -> Answer:
    body = {"error": {"code": status, "message": message, "status": "X", **more}}
    return lambda handler: handler.send_json(status, body, headers or {})


def silent(seconds: float) -> Answer:
    """Nothing for that long, then nothing."""
    return lambda handler: time.sleep(seconds)


def trickle(seconds: float) -> Answer:
    """A letter every tenth of a second."""
    return lambda handler: handler.send_pieces([piece("a") for _ in range(int(seconds * 10))], 0.1)


def broken(text: bytes = b'[{"candidates": [{"content": {"parts": [{"text": "Half"}]}}') -> Answer:
    """A body that is none."""
    return lambda handler: handler.send_raw(text)


def breaking_off(*texts: str) -> Answer:
    """The connection ends in the middle of a stream."""
    return lambda handler: handler.send_pieces([piece(text) for text in texts], 0, whole=False)


@dataclass
class GeminiServer:
    answers: list[Answer] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    url: str = ""

    def __enter__(self) -> GeminiServer:
        handler = type("OneHandler", (Handler,), {"fake": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    fake: GeminiServer

    def log_message(self, *args: object) -> None:
        pass

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.fake.asked.append(Asked(self.path, dict(self.headers), body))
        answer = self.fake.answers.pop(0) if self.fake.answers else refuse(500, "Nothing more to say.")
        try:
            answer(self)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def send_pieces(
        self,
        pieces: list[dict[str, Any]],
        pause: float,
        whole: bool = True,
        heard: threading.Semaphore | None = None,
    ) -> None:
        if ":streamGenerateContent" not in self.path:
            joined = pieces[-1]
            if "candidates" in joined:
                text = "".join(each["candidates"][0]["content"]["parts"][0]["text"] for each in pieces)
                joined = {**joined, "candidates": [{**joined["candidates"][0], "content": {"parts": [{"text": text}]}}]}
            time.sleep(pause)
            self.send_json(200, joined, {})
            return
        self.send_response(200)
        self.send_header("Content-Type", "application/json; charset=UTF-8")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for number, each in enumerate(pieces):
            if number:
                time.sleep(pause)
            if number and heard and not heard.acquire(timeout=30):
                raise BrokenPipeError("nobody heard the one before")
            self._chunk(("[" if not number else ",\r\n") + json.dumps(each, ensure_ascii=False))
        if whole:
            self._chunk("]")
            self._chunk("")
        else:
            self.close_connection = True

    def send_json(self, status: int, body: object, headers: dict[str, str]) -> None:
        self.send_raw(json.dumps(body).encode(), status, headers)

    def send_raw(self, raw: bytes, status: int = 200, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "application/json; charset=UTF-8", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def _chunk(self, text: str) -> None:
        raw = text.encode()
        self.wfile.write(f"{len(raw):x}\r\n".encode() + raw + b"\r\n")
        self.wfile.flush()
