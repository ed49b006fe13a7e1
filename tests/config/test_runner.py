"""The runner's parts: ports, the first login, and children that die, hang or must end."""

import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import textwrap
import time
from pathlib import Path

import psutil
import pytest

from config import services
from config.runner import children as children_module
from config.runner import install
from config.runner import watch as watch_module
from config.runner.children import Children, Program
from config.runner.console import Refusal
from config.runner.login import ensure_admin
from config.runner.ports import DEFAULT_PORT, choose_port, url_host
from config.runner.watch import Watch
from config.services import addresses
from config.services.keeper import lock_path
from config.services.locks import Lock

PROJECT = Path(children_module.__file__).parents[2]


def python(name, code, **options):
    return Program(name, [sys.executable, "-c", textwrap.dedent(code)], **options)


def wait_for(condition, timeout_s=60):
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.02)


@pytest.fixture
def listener():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def impatient(monkeypatch):
    """Failures follow each other at once."""
    monkeypatch.setattr(children_module, "MAX_FAILURES", 2)


def test_a_wanted_port_that_is_in_use_is_refused_by_name(listener):
    with pytest.raises(Refusal, match=rf"Port {listener} is in use .* `make run PORT={listener + 1}`"):
        choose_port("127.0.0.1", listener)


def test_without_a_wish_the_next_free_port_is_taken(listener, monkeypatch):
    monkeypatch.setattr("config.runner.ports.DEFAULT_PORT", listener)
    assert listener < choose_port("127.0.0.1", None) < listener + 50


def test_a_free_wanted_port_is_taken():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert choose_port("127.0.0.1", port) == port


@pytest.mark.parametrize(("host", "port"), [("127.0.0.1", 70000), ("192.0.2.1", DEFAULT_PORT), ("no such", 80)])
def test_an_address_that_cannot_be_listened_on_is_refused(host, port):
    with pytest.raises(Refusal, match="choose"):
        choose_port(host, port)


@pytest.mark.parametrize(("host", "shown"), [("0.0.0.0", "localhost"), ("::1", "[::1]"), ("127.0.0.1", "127.0.0.1")])
def test_the_url_is_one_that_a_browser_opens(host, shown):
    assert url_host(host) == shown


@pytest.mark.django_db
def test_the_first_password_is_shown_until_it_is_changed(tmp_path, django_user_model):
    password = ensure_admin(tmp_path)
    admin = django_user_model.objects.get()
    assert (admin.username, admin.is_superuser, admin.is_staff) == ("admin", True, True)
    assert admin.check_password(password)
    assert (tmp_path / "admin-password").stat().st_mode & 0o777 == 0o600
    assert ensure_admin(tmp_path) == password, "a later start says it again"
    admin.set_password("changed by its owner")
    admin.save()
    assert ensure_admin(tmp_path) is None
    assert django_user_model.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("own", [{"username": "ada", "is_superuser": True}, {"username": "admin"}])
def test_nobody_is_made_where_people_made_their_own(own, tmp_path, django_user_model):
    django_user_model.objects.create_user(password="correct horse", **own)
    assert ensure_admin(tmp_path) is None
    assert django_user_model.objects.count() == 1


def test_children_end_when_asked_and_leave_their_words_in_logs(tmp_path):
    code = """
        import signal, sys, time
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(print("finished my work")))
        print("started", flush=True)
        time.sleep(60)
    """
    log = tmp_path / "worker.log"
    log.write_text("the run before")
    with Children(tmp_path, PROJECT) as children:
        children.start(python("worker", code))
        wait_for(lambda: "started" in log.read_text())
    assert log.read_text().split("\n")[:2] == ["started", "finished my work"]
    assert (tmp_path / "worker.log.1").read_text() == "the run before"


def test_a_child_that_will_not_end_is_killed_with_all_it_started(tmp_path, monkeypatch):
    monkeypatch.setattr(children_module, "STOP_TIMEOUT_S", 0.2)
    code = """
        import os, signal, time
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        print(os.getpid(), os.fork(), flush=True)
        time.sleep(60)
    """
    with Children(tmp_path, PROJECT) as children:
        children.start(python("stubborn", code))
        log = tmp_path / "stubborn.log"
        wait_for(lambda: len(log.read_text().splitlines()) == 2)
    pids = {int(pid) for pid in log.read_text().split()} - {0}
    assert len(pids) == 2
    wait_for(lambda: not any(_lives(pid) for pid in pids))


def test_a_second_interruption_ends_the_patience(tmp_path, monkeypatch):
    monkeypatch.setattr(children_module, "STOP_TIMEOUT_S", 100)
    code = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"

    def interrupt(*_):
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        with pytest.raises(KeyboardInterrupt), Children(tmp_path, PROJECT) as children:
            (child,) = children.start(python("stubborn", code))
            wait_for(lambda: "up" in child.log.read_text())
            began = time.monotonic()
            signal.setitimer(signal.ITIMER_REAL, 0.3)
    finally:
        signal.signal(signal.SIGALRM, before)
    assert time.monotonic() - began < children_module.STOP_TIMEOUT_S
    child.wait(time.monotonic() + 60)
    with pytest.raises(Refusal, match="killed by signal 9"):
        child.require_alive()


def test_a_dead_child_is_started_again_and_named(tmp_path, capsys):
    with Children(tmp_path, PROJECT) as children:
        (child,) = children.start(python("worker", "print('out of luck', flush=True); raise SystemExit(3)"))
        wait_for(lambda: children.look_after() or child.log.read_text().count("out of luck") == 2)
    said = capsys.readouterr().out
    assert "worker ended with status 3" in said
    assert "out of luck" in said
    assert "started again in 1 s" in said


def test_an_essential_child_that_keeps_dying_ends_everything(tmp_path, impatient):
    program = python("web", "raise SystemExit('no room')", essential=True)
    with (
        pytest.raises(Refusal, match=r"web ended with status 1(.|\n)*no room"),
        Children(tmp_path, PROJECT) as children,
    ):
        children.start(program)
        wait_for(lambda: children.look_after())


def test_without_a_hopeless_worker_the_rest_goes_on(tmp_path, impatient, capsys):
    with Children(tmp_path, PROJECT) as children:
        children.start(python("worker", "raise SystemExit('no room')"))
        said = ""
        deadline = time.monotonic() + 60
        while "again and again" not in said and time.monotonic() < deadline:
            children.look_after()
            said += capsys.readouterr().out
            time.sleep(0.02)
        children.look_after()
        assert said.count("again and again") == 1


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not tell children of their parent's death")
def test_children_do_not_outlive_a_killed_runner(tmp_path):
    code = (
        "import sys, time; from pathlib import Path\n"
        "from config.runner.children import Children, Program\n"
        "with Children(Path(sys.argv[1]), Path.cwd()) as children:\n"
        "    children.start(Program('child', [sys.executable, '-c',\n"
        "        'import os, time; print(os.getpid(), flush=True); time.sleep(60)']))\n"
        "    time.sleep(60)\n"
    )
    log = tmp_path / "child.log"
    runner = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], cwd=PROJECT)
    wait_for(lambda: log.exists() and log.read_text().endswith("\n"))
    runner.kill()
    runner.wait()
    wait_for(lambda: not _lives(int(log.read_text())))


def test_requirements_that_do_not_exist_are_reported_with_pips_words(tmp_path, capfd, monkeypatch):
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    (tmp_path / "requirements.txt").write_text("not a requirement\n")
    assert install.main(str(tmp_path / "requirements.txt")) == 1
    said = capfd.readouterr().err
    assert "not a requirement" in said
    assert "could not be installed" in said


def test_a_full_disk_is_noticed_before_installing(tmp_path, capfd, monkeypatch):
    monkeypatch.setattr(install, "NEEDED_BYTES", 2**62)
    assert install.main("requirements.txt") == 1
    assert "make room" in capfd.readouterr().err


def _lives(pid):
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_servers_get_their_keepers_back():
    base = Path(tempfile.mkdtemp(prefix="sightline-test-", dir="/tmp"))
    base.chmod(0o711)
    embedded = services.Embedded(base / "data", database=False, redis=True)
    said = []
    watch = Watch(embedded, tell=said.append)
    try:
        with services.running(embedded):
            (server,) = services.servers_of(embedded)
            keeper = server.process().parent()
            keeper.kill()
            wait_for(lambda: not _has_keeper(base / "data"))
            first = server.process()
            watch.look_after()
            assert _has_keeper(base / "data")
            assert server.process() == first, "it was in nobody's way"
            first.kill()
            wait_for(lambda: (found := server.process()) is not None and found.pid != first.pid and server.is_ready())
        assert said == []
    finally:
        shutil.rmtree(base)
        shutil.rmtree(addresses.socket_dir(base / "data"), ignore_errors=True)


def _has_keeper(data_dir):
    lock = Lock(lock_path(data_dir, "redis", "keeper"))
    try:
        return not lock.try_take()
    finally:
        lock.close()


def test_a_server_that_does_not_come_back_is_named_once(tmp_path, monkeypatch):
    monkeypatch.setattr(watch_module, "PATIENCE_S", 0)
    monkeypatch.setattr(watch_module, "LOOK_EVERY_S", 0)
    monkeypatch.setattr(services, "keep", lambda *args: None)
    said = []
    watch = Watch(services.Embedded(tmp_path, database=False, redis=True), tell=said.append)
    for _ in range(4):
        watch.look_after()
        time.sleep(0.01)
    assert len(said) == 1
    assert "Redis does not answer" in said[0]
    monkeypatch.setattr(watch_module, "_answers", lambda path: True)
    watch.look_after()
    assert said[1:] == ["  Redis answers again."]
