"""Files handed to the web server in front: a real nginx with the configuration of docs/nginx.conf."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from media_library.models import MediaItem

ROOT = Path(__file__).resolve().parents[2]
PREFIX = "/protected/"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def handed_over(settings):
    settings.SIGHTLINE_ACCEL_PREFIX = PREFIX


class TestWithoutNginx:
    def test_the_answer_names_the_file_and_keeps_what_is_said_about_it(self, handed_over, make_item, user, client):
        item = make_item("red", name="Käse.png")
        client.force_login(user)
        plain = client.get(reverse("item-file", args=[item.pk, "original"]), {"download": ""})
        assert plain.status_code == 200
        assert plain.content == b""
        assert plain["X-Accel-Redirect"] == f"{PREFIX}{item.original.name}"
        assert plain["Content-Type"] == "image/png"
        assert plain["Content-Disposition"].startswith("attachment;")
        assert plain["X-Content-Type-Options"] == "nosniff"
        assert plain["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert plain["Cache-Control"] == "private, max-age=86400"
        again = client.get(reverse("item-file", args=[item.pk, "original"]), headers={"if-none-match": plain["ETag"]})
        assert again.status_code == 304

    def test_names_are_quoted(self, handed_over, make_item, user, client):
        item = make_item("red")
        MediaItem.objects.filter(pk=item.pk).update(thumbnail="a b/ä?#%2e.webp")
        client.force_login(user)
        sent = client.get(reverse("item-file", args=[item.pk, "thumbnail"]))["X-Accel-Redirect"]
        assert sent == f"{PREFIX}a%20b/%C3%A4%3F%23%252e.webp"

    def test_who_may_not_see_it_is_not_handed_over(self, handed_over, make_item, client):
        response = client.get(reverse("item-file", args=[make_item("red").pk, "thumbnail"]))
        assert response.status_code == 404
        assert "X-Accel-Redirect" not in response


@pytest.fixture
def nginx(live_server, settings, tmp_path):
    """The address of an nginx in front of the live server."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    if program is None:
        pytest.skip("There is no nginx on this machine.")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    media = Path(settings.STORAGES["default"]["OPTIONS"]["location"])
    server = (ROOT / "docs" / "nginx.conf").read_text()
    for old, new in (
        ("listen 443 ssl;", f"listen 127.0.0.1:{port};"),
        ("http://127.0.0.1:8000", live_server.url),
        ("/var/lib/sightline/media/", f"{media}/"),
    ):
        assert server.count(old) == 1
        server = server.replace(old, new)
    user = "user root;" if os.geteuid() == 0 else ""
    temporary = " ".join(
        f"{kind}_temp_path {tmp_path}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    configuration = tmp_path / "nginx.conf"
    configuration.write_text(
        f"daemon off; {user} pid {tmp_path}/nginx.pid; error_log {tmp_path}/error.log;\n"
        f"events {{}}\nhttp {{ access_log off; {temporary}\n{server}\n}}\n"
    )
    process = subprocess.Popen([program, "-p", str(tmp_path), "-c", str(configuration)], stderr=subprocess.PIPE)
    for _ in range(1200):
        with socket.socket() as attempt:
            if attempt.connect_ex(("127.0.0.1", port)) == 0:
                break
        assert process.poll() is None, process.stderr.read().decode()
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait(timeout=60)
    process.stderr.close()


class TestBehindNginx:
    @pytest.fixture
    def ask(self, nginx, user, settings):
        client = Client()
        client.force_login(user)
        cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"

        def ask(address: str, *, signed_in: bool = True, method: str = "GET", **headers: str):
            headers = {name.replace("_", "-"): value for name, value in headers.items()}
            if signed_in:
                headers["Cookie"] = cookie
            request = urllib.request.Request(f"{nginx}{address}", headers=headers, method=method)
            try:
                return urllib.request.urlopen(request, timeout=60)
            except urllib.error.HTTPError as error:
                return error

        return ask

    def test_it_sends_what_may_be_seen_by_parts_and_once(self, handed_over, make_item, ask):
        item = make_item("red", name="Käse.png")
        address = reverse("item-file", args=[item.pk, "original"])
        whole = ask(f"{address}?download")
        content = Path(item.original.path).read_bytes()
        assert (whole.status, whole.read()) == (200, content)
        assert whole.headers["Content-Type"] == "image/png"
        assert whole.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''K%C3%A4se.png")
        assert whole.headers["Cache-Control"] == "private, max-age=86400"
        assert whole.headers.get_all("Content-Security-Policy") == ["default-src 'none'; sandbox"]
        assert whole.headers.get_all("X-Content-Type-Options") == ["nosniff"]
        assert "X-Accel-Redirect" not in whole.headers
        part = ask(address, Range="bytes=2-5")
        assert (part.status, part.read()) == (206, content[2:6])
        assert ask(address, Range="bytes=99999999-").status == 416
        assert ask(address, If_None_Match=whole.headers["ETag"]).status == 304
        head = ask(address, method="HEAD")
        assert (head.status, head.headers["Content-Length"]) == (200, str(len(content)))

    def test_nothing_is_had_past_the_question_who_may_see_it(self, handed_over, make_item, ask):
        item = make_item("red")
        assert ask(reverse("item-file", args=[item.pk, "thumbnail"]), signed_in=False).status == 404
        for address in (f"{PREFIX}{item.original.name}", f"{PREFIX}../media/{item.original.name}", PREFIX):
            assert ask(address).status == 404


def test_the_example_is_the_prefix_that_the_readme_names():
    assert re.search(rf"location {PREFIX} ", (ROOT / "docs" / "nginx.conf").read_text())
