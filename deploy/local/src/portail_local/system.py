"""The whole product on one machine: servers, databases, processes.

Used by the demo and by browser and fault tests, several side by side: an
instance is a folder, and everything of it is under that folder.
"""

from __future__ import annotations

import asyncio
import re
import signal
import sys
import time
from collections.abc import Callable, Coroutine, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from chassis.clock import shift_to
from portail.errors import OperatorError
from portail.provisioning import (
    DatabaseAccess,
    broker_url,
    close_maintenance_databases,
    provision_broker,
    provision_databases,
)
from portail.secrets_file import CONTEXTS, SERVICES, load_or_generate
from portail_local import ports_file
from portail_local.access import DemoAccess
from portail_local.environment import (
    Surroundings,
    environment_of,
    portal_url,
    service_url,
)
from portail_local.given import Given
from portail_local.migrations import MigrationStamps
from portail_local.process_table import end_all, marked
from portail_local.processes import Process
from portail_local.servers.place import Claim
from portail_local.servers.postgres import PrivatePostgres
from portail_local.servers.rabbitmq import PrivateRabbitMQ
from portail_local.service_process import ServiceProcess
from portail_local.staff import ADMIN_IDENTIFIER, create_admin, give_passwords

Progress = Callable[[str, float], None]
MARK = "PORTAIL_LOCAL_FOLDER"
MAIL = "mail"


def _silent(_step: str, _seconds: float) -> None:
    return None


class System:
    """One instance. `start`, use `urls` and `processes`, `stop`.

    `portal_port` asks for one port of the portal; without it one is found.
    `extra_env` is given to every service, `given` names servers to use
    instead of private ones. `durable=False` is for tests.
    """

    admin_identifier = ADMIN_IDENTIFIER
    is_new = False
    _stopping = False
    _claim: Claim | None = None

    def __init__(
        self,
        folder: Path,
        *,
        name: str = "demo",
        portal_port: int | None = None,
        durable: bool = True,
        clock_start: str | None = None,
        log_level: str | None = None,
        extra_env: Mapping[str, str] | None = None,
        given: Given | None = None,
        database_prefix: str = "portail_",
    ) -> None:
        if not re.fullmatch(r"[a-z0-9-]+", name):
            raise ValueError(f"an instance's name is lower-case letters, digits, dashes: {name}")
        self.folder = folder.absolute()
        self.name = name
        self.vhost = f"portail-{name}"
        self.clock_shift = shift_to(datetime.fromisoformat(clock_start)) if clock_start else None
        self.database_prefix = database_prefix
        self.given = given or Given()
        self.postgres: PrivatePostgres | None = None
        self.rabbitmq: PrivateRabbitMQ | None = None
        self.processes: dict[str, ServiceProcess] = {}
        self.ports: dict[str, int] = {}
        self.databases: dict[str, DatabaseAccess] = {}
        self._portal_port = portal_port
        self._durable = durable
        self._log_level = log_level
        self._extra_env = dict(extra_env or {})

    @property
    def urls(self) -> dict[str, str]:
        """Address of every service by name; the portal's is under `gateway`."""
        urls = {name: service_url(self.ports, name) for name in CONTEXTS}
        mail = service_url(self.ports, MAIL)
        return {**urls, "gateway": portal_url(self.ports), MAIL: mail}

    @property
    def admin_password(self) -> str:
        """Password of the first administrator."""
        return self.secrets.admin_password

    @property
    def operator_broker_url(self) -> str:
        """What `portail events dead …` connects with."""
        broker = self.rabbitmq or self.given.broker()
        password = self.secrets.broker_passwords["operator"]
        return broker_url(broker.host, broker.port, self.vhost, "operator", password)

    @property
    def notices(self) -> list[str]:
        """Sentences for the operator about where the servers live."""
        return [s.notice for s in (self.postgres, self.rabbitmq) if s is not None and s.notice]

    async def start(self, progress: Progress = _silent, patience: float = 120.0) -> None:
        """Bring everything up; whatever was started is stopped again on failure.

        `progress` is told each step done, in French, and the seconds it took.
        Raises `OperatorError`.
        """
        self._stopping = False
        self._prepare()
        try:
            await end_all(self.strays, signal.SIGTERM, 10.0)
            self.ports = ports_file.allocate(self.folder / "ports.json", self._portal_port)
            self._place_servers()
            async with asyncio.TaskGroup() as group:
                # The services retry until the broker is there, so they can
                # start while it boots: it is the slowest of all.
                group.create_task(self._start_broker(progress))
                group.create_task(self._start_services(progress, patience))
        except BaseException as error:
            await self.stop()
            raise _root(error) from None

    async def stop(self, drain: float = 10.0) -> None:
        """SIGTERM to the services, a time to drain, SIGKILL; then the servers."""
        self._stopping = True
        await asyncio.gather(*(process.stop(drain) for process in self.processes.values()))
        await end_all(self.strays, signal.SIGTERM, 5.0)
        servers = [server for server in (self.postgres, self.rabbitmq) if server is not None]
        await asyncio.gather(*(server.stop() for server in servers))
        if self._claim is not None:
            self._claim.drop()

    async def first_crash(self) -> Process:
        """Wait until a process ends that nobody asked to end, and return it."""
        while True:
            for process in self._watched():
                if process.ended_by_itself and not self._stopping:
                    return process
            await asyncio.sleep(0.2)

    def _watched(self) -> list[Process]:
        servers = [s.process for s in (self.postgres, self.rabbitmq) if s is not None]
        return [*self.processes.values(), *(process for process in servers if process)]

    def _prepare(self) -> None:
        for folder in (self.folder, self.logs):
            folder.mkdir(parents=True, exist_ok=True)
        claim = Claim(
            self.folder / "lock",
            f"Le système « {self.name} » fonctionne déjà : arrêtez-le avec « make stop », "
            "ou utilisez celui qui est en marche.",
        )
        claim.take()
        self._claim = claim
        self.secrets = load_or_generate(self.folder / "secrets.json")
        self._stamps = MigrationStamps(self.folder / "migrated.json")

    @property
    def logs(self) -> Path:
        """The folder of the processes' logs."""
        return self.folder / "logs"

    def strays(self) -> list[int]:
        """Services of this instance that still run, also an earlier runner's."""
        return marked(MARK, str(self.folder))

    def _place_servers(self) -> None:
        if self.given.postgres is None:
            home = self.folder / "postgres"
            self.postgres = PrivatePostgres(home, self.ports["postgres"], durable=self._durable)
        if self.given.rabbitmq is None:
            self.rabbitmq = PrivateRabbitMQ(
                self.folder / "rabbitmq", self.name, self.ports["rabbitmq"], durable=self._durable
            )

    async def _start_broker(self, progress: Progress) -> None:
        started = time.monotonic()
        broker = self.rabbitmq or self.given.broker()
        await provision_broker(broker, self.vhost, self.secrets.broker_passwords)
        if self.rabbitmq is not None:
            await self.rabbitmq.start()
        progress("RabbitMQ", time.monotonic() - started)

    async def _start_services(self, progress: Progress, patience: float) -> None:
        await _timed(progress, "PostgreSQL", self._start_databases())
        self._build_processes()
        await _timed(progress, "Migrations", self._migrate())
        for process in self.processes.values():
            process.start()
        if self.is_new:
            await _timed(progress, "Compte administrateur", self._create_admin())
        async with asyncio.TaskGroup() as group:
            for process in self.processes.values():
                group.create_task(_timed(progress, process.label, process.ready(patience)))

    async def _start_databases(self) -> None:
        if self.postgres is not None:
            await self.postgres.start()
            await close_maintenance_databases(self.postgres.admin_url)
        admin_url = self.given.postgres or (self.postgres.admin_url if self.postgres else "")
        self.databases = await provision_databases(admin_url, self.database_prefix, self.secrets)
        staffed = (self.folder / "staffed").exists()
        self.is_new = not staffed or any(access.created for access in self.databases.values())

    def _build_processes(self) -> None:
        broker = self.rabbitmq or self.given.broker()
        around = Surroundings(
            ports=self.ports,
            broker_host=broker.host,
            broker_port=broker.port,
            vhost=self.vhost,
            secrets=self.secrets,
            databases=self.databases,
            clock_shift=self.clock_shift,
            log_level=self._log_level,
        )
        mark = {MARK: str(self.folder)}
        self.processes = {
            name: ServiceProcess(
                name,
                self.ports[name],
                env={**environment_of(name, around), **self._extra_env, **mark},
                folder=self.folder,
            )
            for name in SERVICES
        }
        # What messaging sends ends here, and is read here.
        self.processes[MAIL] = ServiceProcess(
            MAIL,
            self.ports[MAIL],
            env={**environment_of(MAIL, around), **mark},
            folder=self.folder,
            command=[
                *(sys.executable, "-m", "portail_local.mailbox"),
                *(str(self.ports["smtp"]), str(self.ports[MAIL])),
            ],
        )

    async def _migrate(self) -> None:
        behind = [c for c in CONTEXTS if self.databases[c].created or self._stamps.needed(c)]
        await asyncio.gather(*(self.processes[context].run_verb("migrate") for context in behind))
        for context in behind:
            self._stamps.done(context)

    def access(self) -> DemoAccess:
        """What the loader of the demo's data is given."""
        return DemoAccess(
            urls=self.urls,
            admin_identifier=self.admin_identifier,
            admin_password=self.admin_password,
            clock_shift=self.clock_shift,
            gateway_secret=self.secrets.service_secrets["gateway"],
            give_passwords=partial(give_passwords, self.processes["accounts"]),
        )

    async def _create_admin(self) -> None:
        await create_admin(self.processes["accounts"], self.admin_password)
        (self.folder / "staffed").touch()


async def _timed(progress: Progress, step: str, work: Coroutine[Any, Any, None]) -> None:
    started = time.monotonic()
    await work
    progress(step, time.monotonic() - started)


def _root(error: BaseException) -> BaseException:
    """The first sentence for the operator in a group of errors, or the error itself."""
    if not isinstance(error, BaseExceptionGroup):
        return error
    inner = [_root(each) for each in error.exceptions]
    return next((each for each in inner if isinstance(each, OperatorError)), inner[0])
