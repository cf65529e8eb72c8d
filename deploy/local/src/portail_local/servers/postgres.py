"""A private PostgreSQL server: own folder, own port, own password."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import time
from pathlib import Path

import asyncpg

from portail.errors import OperatorError
from portail_local.process_table import end_all, working_in
from portail_local.processes import Process, confined
from portail_local.servers.place import Claim, forget, kept_secret, settle, write_private
from portail_local.servers.ports import require_free
from portail_local.servers.postgres_binaries import Installation, choose

_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    # No socket file and no shared memory file outside of the server's folder.
    "unix_socket_directories": "",
    "dynamic_shared_memory_type": "mmap",
    "max_connections": "300",
    "shared_buffers": "64MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "password_encryption": "scram-sha-256",
}
PROCESS_NAMES = frozenset({"postgres", "initdb"})
# For tests: a power cut may lose rows, a killed server loses nothing. That is
# why commits stay synchronous: asynchronous ones wait in the server's memory,
# and without the disk's flush waiting for them costs next to nothing.
_FAST = {"fsync": "off", "full_page_writes": "off"}


class PrivatePostgres:
    """One server under `home`, on 127.0.0.1. Data is kept between starts."""

    def __init__(self, home: Path, port: int, *, durable: bool = True) -> None:
        place = settle(home)
        self.port = port
        self.notice = place.notice
        self.home = place.home
        self.log = self.home / "postgres.log"
        self._wanted = home
        self._account = place.account
        self._durable = durable
        self._data = self.home / "data"
        self._process: Process | None = None
        self._claim = Claim(
            self.home / "lock",
            f"Le serveur PostgreSQL de {self.home} est déjà utilisé par un autre programme : "
            "arrêtez-le (« make stop »), puis relancez.",
        )

    @property
    def admin_url(self) -> str:
        """Address of the superuser on the maintenance database."""
        password = kept_secret(self.home / "password", self._account)
        return f"postgresql://postgres:{password}@127.0.0.1:{self.port}/postgres"

    @property
    def process(self) -> Process | None:
        """The server's main process, once started."""
        return self._process

    @property
    def programs(self) -> Path:
        """Where `pg_dump` and the others of the server's own version are."""
        return choose(self._existing_major(), self._account).bin

    @property
    def is_new(self) -> bool:
        """Whether no data exists yet."""
        return not self._data.exists()

    async def start(self) -> None:
        """Start, making the data folder when it is new, and wait until it answers.

        Ends what a killed runner left in this folder first. Raises
        `OperatorError` when the port is taken or the server does not start.
        """
        self._claim.take()
        try:
            await self._end_strays()
            require_free(self.port, "PostgreSQL")
            installation = choose(self._existing_major(), self._account)
            if self.is_new:
                await asyncio.to_thread(self._initdb, installation)
            self._process = self._launch(installation)
            await self._wait_until_ready(self._process)
        except BaseException:
            await self.kill()
            raise

    async def stop(self) -> None:
        """End connections, write everything to disk, stop."""
        if self._process is not None:
            await self._process.stop(patience=15.0, first=signal.SIGINT)
        await self.kill()

    async def kill(self) -> None:
        """SIGKILL to the server and all its backends, as a crash would."""
        if self._process is not None:
            self._process.expect_end()
        await end_all(self._ours, None, 0.0)
        if self._process is not None:
            await self._process.wait()
        self._claim.drop()

    async def remove(self) -> None:
        """Stop and delete the data."""
        await self.stop()
        forget(self._wanted)

    def _ours(self) -> list[int]:
        return working_in(self.home, PROCESS_NAMES)

    async def _end_strays(self) -> None:
        await end_all(self._ours, signal.SIGINT, 10.0)
        # Nobody runs here, and we hold the claim: a pid file is a dead runner's,
        # and its number may belong to somebody else by now.
        (self._data / "postmaster.pid").unlink(missing_ok=True)

    def _existing_major(self) -> int | None:
        version = self._data / "PG_VERSION"
        return int(version.read_text()) if version.exists() else None

    def _environment(self) -> dict[str, str]:
        return {"HOME": str(self.home), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TZ": "UTC"}

    def _initdb(self, installation: Installation) -> None:
        # Made aside and renamed, so that an interrupted start leaves no half.
        fresh = self.home / "data.new"
        subprocess.run(["rm", "-rf", str(fresh)], check=True)
        password = kept_secret(self.home / "password", self._account)
        file = write_private(self.home / "initial", password, self._account)
        command = [str(installation.bin / "initdb"), "-D", str(fresh), "-U", "postgres"]
        command += ["--auth=scram-sha-256", f"--pwfile={file}", "--encoding=UTF8", "--no-sync"]
        command += ["--locale=C.UTF-8", "--lc-messages=C"]
        answer = subprocess.run(
            confined(command, self._account, "KILL"),
            cwd=self.home,
            env=self._environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        file.unlink()
        if answer.returncode != 0:
            raise OperatorError(
                f"PostgreSQL n'a pas pu créer ses données : {answer.stderr.strip()}"
            )
        fresh.rename(self._data)

    def _launch(self, installation: Installation) -> Process:
        settings = {**_SETTINGS, **({} if self._durable else _FAST), "port": str(self.port)}
        command = [str(installation.bin / "postgres"), "-D", str(self._data)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        process = Process(
            "postgresql",
            command,
            env=self._environment(),
            cwd=self.home,
            log=self.log,
            account=self._account,
            death_signal="INT",
        )
        process.start()
        return process

    async def _wait_until_ready(self, process: Process, patience: float = 60.0) -> None:
        deadline = time.monotonic() + patience
        while process.running and time.monotonic() < deadline:
            try:
                connection = await asyncpg.connect(self.admin_url, timeout=5)
            except (OSError, asyncpg.CannotConnectNowError):
                await asyncio.sleep(0.05)
            else:
                await connection.close()
                return
        raise OperatorError(
            f"PostgreSQL n'a pas démarré ; son journal dit :\n{process.last_lines()}"
        )
