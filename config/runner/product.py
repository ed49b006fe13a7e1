"""The product, from the first server to the last word."""

import http.client
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import django
from django.conf import settings

from config import services
from config.services.locks import Lock

from . import programs
from .children import Child, Children, end_with_parent
from .console import Refusal, banner, say
from .login import NAME
from .ports import choose_port, url_host
from .watch import Watch

_WEB_TIMEOUT_S = 60.0
_LOOK_EVERY_S = 0.5


def run(host: str, wanted_port: int | None) -> None:
    """Run everything until interrupted; then end it all, in order. Raises Refusal or ServiceError."""
    data_dir: Path = settings.DATA_DIR
    services.make_data_dir(data_dir)
    with ExitStack() as stack:
        runner = stack.enter_context(_only_one(data_dir))
        port = choose_port(host, wanted_port)
        url = f"http://{url_host(host)}:{port}/"
        runner.write_text(url)

        servers: Watch | None = None
        embedded = getattr(settings, "SIGHTLINE_EMBEDDED", None)  # there is none in production
        if embedded is not None and embedded.servers:
            say("  Starting the database and the queue ...")
            stack.enter_context(services.running(embedded))
            servers = Watch(embedded)
        password = _prepare()

        say("  Starting the workers and the web server ...")
        children = stack.enter_context(Children(data_dir / "logs", settings.BASE_DIR))
        stack.callback(say, "\n  Stopping ...")
        children.start(*programs.workers(), programs.clock(data_dir))
        (web,) = children.start(programs.web(host, port))
        _wait_for(web, host, port)
        _load_demo("load_demo", "The demo library is")
        _load_demo("seed_movies", "The films of the demo are")
        banner(
            {
                "Open": url,
                "Curate": f"{url}admin/",
                "Sign in": f"{NAME}, password {password}" if password else "with your own name and password",
                "Data": str(data_dir),
                "Logs": str(data_dir / "logs"),
            }
        )
        while True:
            children.look_after()
            if servers:
                servers.look_after()
            time.sleep(_LOOK_EVERY_S)


@contextmanager
def _only_one(data_dir: Path) -> Iterator[Path]:
    """Hold the right to run this data folder; yields the file that tells others where it runs."""
    path = data_dir / "locks" / "runner"
    lock = Lock(path)
    if not lock.try_take():
        raise Refusal(f"It already runs with the data in {data_dir}: open {path.read_text() or 'it there'}.")
    try:
        yield path
    finally:
        lock.close()


def _prepare() -> str | None:
    django.setup()
    from . import preparation  # imports models, which exist only now

    preparation.check()
    preparation.check_queue()
    return preparation.prepare_database()


def _wait_for(web: Child, host: str, port: int) -> None:
    deadline = time.monotonic() + _WEB_TIMEOUT_S
    while not _answers(url_host(host).strip("[]"), port):
        web.require_alive()
        if time.monotonic() > deadline:
            raise Refusal(f"The web server does not answer after {_WEB_TIMEOUT_S:.0f} s: see {web.log}.")
        time.sleep(0.2)


def _answers(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", "/")
        connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True


def _load_demo(command: str, what: str) -> None:
    """Load a part of the demo; its progress bar and complaints go to the terminal, its summary nowhere."""
    demo = subprocess.Popen(
        [sys.executable, "manage.py", command],
        cwd=settings.BASE_DIR,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C is for this process, which then ends it
        preexec_fn=end_with_parent,
    )
    try:
        if demo.wait() != 0:
            say(f"  {what} not complete; everything else works. `manage.py {command}` tries again.")
    finally:
        demo.terminate()
