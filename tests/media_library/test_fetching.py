from __future__ import annotations

import io
import ipaddress
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

import pytest

from media_library import fetching
from media_library.fetching import FetchedFile, FetchPolicy, FetchRefused, fetch, public

HERE = FetchPolicy(allowed_networks=("127.0.0.1/32",), connect_timeout_s=60, read_timeout_s=60, deadline_s=100)
BODY = bytes(range(256)) * 300


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.close_connection = True
        self.server.asked.append((self.path, dict(self.headers)))
        page = getattr(self, "page_" + self.path.strip("/").partition("?")[0].partition("/")[0].replace(".", "_"))
        with suppress(OSError):  # The other side has had enough.
            page()

    def log_message(self, *args) -> None:
        pass

    def answer(self, status: int = 200, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if "Content_Length" not in headers and "Transfer_Encoding" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def page_cat_jpg(self) -> None:
        self.answer(body=BODY, Content_Type="image/jpeg")

    def page_named(self) -> None:
        self.answer(
            body=BODY, Content_Disposition='attachment; filename="../../tom\u202e.jpg"'.encode().decode("latin-1")
        )

    def page_page(self) -> None:
        self.answer(body=b"<html>", Content_Type="text/html; charset=utf-8")

    def page_text(self) -> None:
        self.answer(body=b"hello", Content_Type=unquote(self.path.partition("?")[2]) or "text/plain")

    def page_gone(self) -> None:
        self.answer(404, b"gone")

    def page_zipped(self) -> None:
        self.answer(body=b"\x1f\x8b", Content_Encoding="gzip")

    def page_to(self) -> None:
        self.answer(302, Location=unquote(self.path.partition("?")[2]))

    def page_round(self) -> None:
        self.answer(302, Location="/round")

    def page_huge(self) -> None:
        self.answer(Content_Length=str(10**15))

    def page_liar(self) -> None:
        self.answer(body=b"x" * 100, Content_Length="1000")

    def page_endless(self) -> None:
        self.send_response(200)
        self.end_headers()
        while True:
            self.wfile.write(b"x" * 65536)

    def page_drip(self) -> None:
        self.send_response(200)
        self.end_headers()
        while True:
            self.wfile.write(b"x")
            time.sleep(0.05)

    def page_slowheaders(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while True:
            self.wfile.write(b"x")
            time.sleep(0.05)

    def page_nonsense(self) -> None:
        self.wfile.write(b"this is not HTTP\r\n\r\n")

    def page_silent(self) -> None:
        time.sleep(0.8)


@pytest.fixture(scope="module")
def server() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.asked = []
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def url(server) -> Callable[[str], str]:
    server.asked.clear()
    return lambda path: f"http://127.0.0.1:{server.server_port}/{path}"


@contextmanager
def refused(code: str) -> Iterator[None]:
    with pytest.raises(FetchRefused) as error:
        yield
    assert error.value.code == code, error.value.message
    assert error.value.message.endswith(".")


def no_answer(*args, **kwargs):
    raise AssertionError("nothing may be opened")


def resolver(monkeypatch, *answers: list[str]) -> list[str]:
    """Let names resolve to `answers`, in turn, the last for ever; returns the names asked for."""
    asked, original = [], socket.getaddrinfo

    def resolve(host, port, *args, **kwargs):
        try:
            return original(host, port, *args, **kwargs | {"flags": socket.AI_NUMERICHOST})
        except OSError:
            asked.append(host)
            found = answers[min(len(asked), len(answers)) - 1]
        return [(socket.AF_INET6 if ":" in a else socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, port)) for a in found]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return asked


def test_a_file(url, server):
    out = io.BytesIO()
    fetched = fetch(url("cat.jpg?size=large#top"), HERE, out)
    assert out.getvalue() == BODY
    assert (fetched.size, fetched.content_type, fetched.name) == (len(BODY), "image/jpeg", "cat.jpg")
    path, headers = server.asked[0]
    assert path == "/cat.jpg?size=large"
    assert headers["Accept-Encoding"] == "identity"
    assert headers["Host"] == f"127.0.0.1:{server.server_port}"


def test_as_a_file_with_its_name(url):
    with FetchedFile(url("cat.jpg"), HERE) as (file, name):
        assert (file.read(), name) == (BODY, "cat.jpg")
    assert file.closed


def test_the_servers_name_for_it_is_cleaned(url):
    name = fetch(url("named"), HERE, io.BytesIO()).name
    assert name.startswith("tom")
    assert "/" not in name
    assert "\u202e" not in name


@pytest.mark.parametrize(
    ("path", "code", "words"),
    [
        ("page", "web-page", "is a web page, not a file"),
        ("gone", "bad-status", "answered 404 \\(Not Found\\)"),
        ("zipped", "compressed", "upload the file"),
        ("round", "too-many-redirects", "too many times"),
        ("huge", "too-large", "4,295 MB"),
        ("liar", "unreachable", "broke off"),
        ("nonsense", "unreachable", "could not be reached"),
    ],
)
def test_answers_that_are_no_file(url, path, code, words):
    with pytest.raises(FetchRefused, match=words) as error:
        fetch(url(path), HERE, io.BytesIO())
    assert error.value.code == code


@pytest.mark.parametrize("kind", ["text/plain", "text/markdown;charset=utf-8", "application/json", "application/xml"])
def test_texts_are_files_like_any_other(url, kind):
    """What a file is, its content tells; the library takes texts, whatever their server calls them."""
    out = io.BytesIO()
    assert fetch(url(f"text?{kind}"), HERE, out).content_type == kind
    assert out.getvalue() == b"hello"


def test_an_endless_body_ends_at_the_limit(url):
    out = io.BytesIO()
    with refused("too-large"):
        fetch(url("endless"), FetchPolicy(max_bytes=1_000_000, allowed_networks=("127.0.0.0/8",)), out)
    assert out.tell() <= 1_000_000


@pytest.mark.parametrize("path", ["drip", "slowheaders"])
def test_a_byte_at_a_time_meets_the_deadline(url, path):
    began = time.monotonic()
    with refused("too-slow"):
        fetch(url(path), FetchPolicy(allowed_networks=("127.0.0.1",), deadline_s=0.6), io.BytesIO())
    assert time.monotonic() - began < 60


def test_a_silent_server_meets_the_time_out(url):
    with refused("unreachable"):
        fetch(url("silent"), FetchPolicy(allowed_networks=("127.0.0.1",), read_timeout_s=0.3), io.BytesIO())


def test_a_redirect_is_followed(url):
    fetched = fetch(url("to?/cat.jpg"), HERE, io.BytesIO())
    assert (fetched.name, fetched.final_url) == ("cat.jpg", url("cat.jpg"))


@pytest.mark.parametrize(
    "place",
    ["http://169.254.169.254/latest/meta-data/", "http://10.0.0.1/", "http://[::1]/", "//192.168.0.1/x"],
)
def test_a_redirect_to_a_private_address(url, place):
    with refused("private-address"):
        fetch(url(f"to?{place}"), HERE, io.BytesIO())


@pytest.mark.parametrize(
    "place",
    ["file:///etc/passwd", "ftp://example.com/", "gopher://127.0.0.1/", "javascript:1", "http://[", "http://[::1"],
)
def test_a_redirect_to_what_is_no_web_address(url, place):
    with refused("bad-url"):
        fetch(url(f"to?{place}"), HERE, io.BytesIO())


def test_slow_servers_keep_a_few_threads_at_most(monkeypatch, url):
    waiting, done = threading.Barrier(fetching.AT_ONCE + 1), threading.Event()

    @contextmanager
    def answer(target, policy, until):
        waiting.wait(60)
        done.wait(60)
        raise FetchRefused("too-slow", "It took too long.")
        yield

    def wait_for_it() -> None:
        with refused("too-slow"):
            fetch(url("cat.jpg"), HERE, io.BytesIO())

    with monkeypatch.context() as patch:
        patch.setattr(fetching, "_answer", answer)
        threads = [threading.Thread(target=wait_for_it) for _ in range(fetching.AT_ONCE)]
        for thread in threads:
            thread.start()
        waiting.wait(60)
        with refused("busy"):
            fetch(url("cat.jpg"), HERE, io.BytesIO())
        done.set()
        for thread in threads:
            thread.join()
    assert fetch(url("cat.jpg"), HERE, io.BytesIO()).size == len(BODY)


def test_a_redirect_from_secure_to_insecure(monkeypatch):
    class Moved:
        status, headers = 302, {"Location": "http://example.com/"}

    @contextmanager
    def answer(target, policy, until):
        assert target.scheme == "https"
        yield Moved

    monkeypatch.setattr(fetching, "_answer", answer)
    with refused("insecure-redirect"):
        fetch("https://example.com/", HERE, io.BytesIO())


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "cat.jpg",
        "file:///etc/passwd",
        "ftp://example.com/cat.jpg",
        "http://",
        "http:///cat.jpg",
        "http://exa mple.com/",
        "http://example.com/\r\nX: 1",
        "http://example.com:99999/",
        "http://example.com/" + "x" * 3000,
    ],
)
def test_what_is_no_address(monkeypatch, bad):
    monkeypatch.setattr(socket, "getaddrinfo", no_answer)
    with refused("bad-url"):
        fetch(bad, FetchPolicy(), io.BytesIO())


@pytest.mark.parametrize("url", ["http://user:secret@example.com/", "http://example.com@127.0.0.1/"])
def test_credentials(monkeypatch, url):
    monkeypatch.setattr(socket, "getaddrinfo", no_answer)
    with refused("credentials"):
        fetch(url, FetchPolicy(), io.BytesIO())


LOCAL_SPELLINGS = [
    "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0x7f.1", "localhost", "0.0.0.0", "0",
    "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]", "[fe80::1]", "[fc00::1]", "169.254.169.254", "2852039166", "10.1.2.3", "172.16.0.1",
    "192.168.1.1", "100.64.0.1", "198.18.0.1", "224.0.0.1", "255.255.255.255", "１２７.０.０.１",
]  # fmt: skip


@pytest.mark.parametrize("host", LOCAL_SPELLINGS)
def test_local_addresses_however_they_are_spelled(monkeypatch, host):
    monkeypatch.setattr(fetching, "HTTPConnection", no_answer)
    with pytest.raises(FetchRefused) as error:
        fetch(f"http://{host}/", FetchPolicy(), io.BytesIO())
    assert error.value.code in ("private-address", "unknown-host", "bad-url")


@pytest.mark.parametrize("host", ["metadata.google.internal", "intranet.example", "router"])
@pytest.mark.parametrize(
    "answers", [["169.254.169.254"], ["10.0.0.7"], ["93.184.216.34", "127.0.0.1"], ["2606:4700::1", "::1"]]
)
def test_names_of_which_any_answer_is_private(monkeypatch, host, answers):
    resolver(monkeypatch, answers)
    monkeypatch.setattr(fetching, "HTTPConnection", no_answer)
    with refused("private-address"):
        fetch(f"http://{host}/", FetchPolicy(), io.BytesIO())


def test_a_name_that_changes_its_answer_is_asked_once_and_pinned(monkeypatch, url, server):
    """Public when checked, local when opened: the connection must go to what was checked."""
    asked = resolver(monkeypatch, ["93.184.216.34"], ["127.0.0.1"])
    opened = []

    def connect(self):
        opened.append((self.host, self.port))
        raise OSError("no network in tests")

    monkeypatch.setattr(fetching.HTTPConnection, "connect", connect)
    with refused("unreachable"):
        fetch("http://rebinding.example:8080/cat.jpg", FetchPolicy(), io.BytesIO())
    assert asked == ["rebinding.example"]
    assert opened == [("93.184.216.34", 8080)]
    assert server.asked == []


def test_a_name_is_sent_as_the_host(monkeypatch, server):
    server.asked.clear()
    asked = resolver(monkeypatch, ["127.0.0.1"], ["10.0.0.1"])
    fetch(f"http://pictures.example:{server.server_port}/cat.jpg", HERE, io.BytesIO())
    assert asked == ["pictures.example"]
    assert server.asked[0][1]["Host"] == f"pictures.example:{server.server_port}"


def test_tls_is_checked_against_the_name(monkeypatch):
    resolver(monkeypatch, ["93.184.216.34"])
    made = {}

    class Connection:
        def __init__(self, host, port, **options) -> None:
            made.update(options, host=host, port=port)

        def connect(self):
            raise OSError

        def close(self):
            pass

    monkeypatch.setattr(fetching, "HTTPSConnection", Connection)
    with refused("unreachable"):
        fetch("https://pictures.example/cat.jpg", FetchPolicy(), io.BytesIO())
    assert (made["host"], made["port"]) == ("93.184.216.34", 443)
    assert made["server_hostname"] == made["assert_hostname"] == "pictures.example"
    assert made["cert_reqs"] == "CERT_REQUIRED"


def test_a_second_address_is_tried(monkeypatch, server):
    resolver(monkeypatch, ["127.0.0.9", "127.0.0.1"])
    policy = FetchPolicy(allowed_networks=("127.0.0.0/8",), connect_timeout_s=1)
    assert fetch(f"http://two.example:{server.server_port}/cat.jpg", policy, io.BytesIO()).size == len(BODY)


def test_ports(monkeypatch):
    resolver(monkeypatch, ["93.184.216.34"])
    for port in (22, 25, 6379, 5432):
        with refused("bad-port"):
            fetch(f"http://example.com:{port}/", FetchPolicy(), io.BytesIO())


def test_environment_proxies_are_not_used(monkeypatch, url):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1/")
    monkeypatch.setenv("all_proxy", "http://127.0.0.1:1/")
    assert fetch(url("cat.jpg"), HERE, io.BytesIO()).size == len(BODY)


@pytest.mark.parametrize(
    ("address", "is_public"),
    [
        ("93.184.216.34", True),
        ("8.8.8.8", True),
        ("2606:4700:4700::1111", True),
        ("64:ff9b::808:808", True),
        ("0.1.2.3", False),
        ("192.0.0.8", False),
        ("192.0.2.1", False),
        ("192.88.99.1", False),
        ("198.51.100.1", False),
        ("203.0.113.1", False),
        ("239.1.1.1", False),
        ("240.0.0.1", False),
        ("64:ff9b:1::1", False),
        ("64:ff9b::a00:1", False),
        ("2001:db8::1", False),
        ("2001:0:7f00:1::80ff:fffe", False),
        ("2002:a00:1::", False),
        ("fec0::1", False),
        ("ff02::1", False),
        ("::ffff:10.0.0.1", False),
        ("::10.0.0.1", False),
    ],
)
def test_public(address, is_public):
    assert public(ipaddress.ip_address(address)) is is_public


def test_a_full_disk_is_not_the_servers_fault(url):
    class Full(io.BytesIO):
        def write(self, data):
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        fetch(url("cat.jpg"), HERE, Full())
