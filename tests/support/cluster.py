"""Servers in several: three brokers that are one cluster, and a database with its standby."""

import asyncio
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from portail_local.processes import Process, confined
from portail_local.servers import PrivatePostgres, PrivateRabbitMQ, free_port
from portail_local.servers import rabbitmq_files as files
from portail_local.servers.place import kept_secret, settle, write_private


class BrokerNode(PrivateRabbitMQ):
    """One node of a cluster; the port mapper is the cluster's, and outlives it."""

    def __init__(self, home: Path, name: str, mapper: int, members: list[str]) -> None:
        super().__init__(home, name, free_port(), durable=False)
        self._mapper = mapper
        self._members = members

    def share(self, secrets: dict[str, str]) -> None:
        """The cookie and the administrator's password that all nodes have."""
        for name, text in secrets.items():
            write_private(self.home / name, text, self._account)

    def _kept_port(self, name: str) -> int:
        return self._mapper if name == "epmd" else super()._kept_port(name)

    def _launch(self, name: str, command: list[str], death_signal: str) -> Any:
        return None if name == "epmd" else super()._launch(name, command, death_signal)

    def _prepare(self) -> None:
        super()._prepare()
        lines = [
            "cluster_partition_handling = pause_minority",
            "cluster_formation.peer_discovery_backend = rabbit_peer_discovery_classic_config",
            *(
                f"cluster_formation.classic_config.nodes.{number} = portail-{name}@localhost"
                for number, name in enumerate(self._members, 1)
            ),
        ]
        file = self.home / "rabbitmq.conf"
        write_private(file, file.read_text() + "\n".join(lines) + "\n", self._account)


class BrokerCluster:
    """Three nodes; a queue that is declared when all are up has a copy on each."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._mapper = free_port()
        names = ["one", "two", "three"]
        self.nodes = [BrokerNode(home / name, name, self._mapper, names) for name in names]
        self._epmd: Process | None = None

    async def start(self) -> None:
        place = settle(self._home / "mapper")
        self._epmd = Process(
            "epmd",
            files.epmd_command(self._mapper),
            env={"PATH": "/usr/bin:/bin"},
            cwd=place.home,
            log=place.home / "epmd.log",
            account=place.account,
            death_signal="KILL",
        )
        self._epmd.start()
        secrets = {
            name: kept_secret(place.home / name, None) for name in (".erlang.cookie", "password")
        }
        for node in self.nodes:
            node.share(secrets)
            await node.start()

    async def leader_of(self, vhost: str, queue: str) -> BrokerNode:
        for node in self.nodes:
            if node.running:
                asked = ("list_queues", "-p", vhost, "name", "leader", "--no-table-headers")
                failed, told = await node._control_once(*asked)
                assert not failed, told
                leaders = dict(line.split() for line in told.splitlines() if "@" in line)
                return next(one for one in self.nodes if one.node == leaders[queue])
        raise LookupError("no node runs")

    def urls(self, vhost: str, user: str, password: str) -> str:
        """Every node's address, by commas, as a service's setting has them."""
        return ",".join(
            f"amqp://{user}:{password}@127.0.0.1:{node.port}/{vhost}" for node in self.nodes
        )

    async def remove(self) -> None:
        for node in self.nodes:
            await node.remove()
        if self._epmd is not None:
            await self._epmd.kill()


class Forwarder:
    """One address for whichever of several stands behind it now, as a cluster's service gives."""

    def __init__(self) -> None:
        self.port = free_port()
        self._target = 0
        self._open: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None

    async def start(self, target: int) -> None:
        self._target = target
        self._server = await asyncio.start_server(self._forward, "127.0.0.1", self.port)

    def lead_to(self, target: int) -> None:
        """Who is connected is cut off, and finds the new one when it comes back."""
        self._target = target
        for writer in self._open:
            writer.close()

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        self.lead_to(0)

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.close()
            return
        ends = {writer, back}
        self._open |= ends
        with suppress(OSError, asyncio.CancelledError):
            await asyncio.gather(_pump(reader, back), _pump(there, writer))
        self._open -= ends


class Balancer:
    """One address for several replicas, each in turn; one that is gone is passed over."""

    def __init__(self, port: int, targets: list[int]) -> None:
        self.port = port
        self._targets = targets
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._forward, "127.0.0.1", self.port)

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._targets.append(self._targets.pop(0))
        for target in list(self._targets):
            with suppress(OSError):
                there, back = await asyncio.open_connection("127.0.0.1", target)
                with suppress(OSError, asyncio.CancelledError):
                    await asyncio.gather(_pump(reader, back), _pump(there, writer))
                return
        writer.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while part := await reader.read(65536):
            writer.write(part)
            await writer.drain()
    finally:
        writer.close()


class DatabasePair:
    """A primary whose commits wait for its standby, and one address for whoever is primary."""

    def __init__(self, home: Path) -> None:
        self.primary = PrivatePostgres(home / "primary", free_port(), durable=False)
        self.standby = PrivatePostgres(home / "standby", free_port(), durable=False)
        self.address = Forwarder()

    @property
    def admin_url(self) -> str:
        """By the common address."""
        parts = urlsplit(self.primary.admin_url)
        login = parts.netloc.rpartition("@")[0]
        return urlunsplit(parts._replace(netloc=f"{login}@127.0.0.1:{self.address.port}"))

    async def start(self) -> None:
        await self.primary.start()
        await asyncio.to_thread(self._copy)
        await self.standby.start()
        primary = await asyncpg.connect(self.primary.admin_url)
        await primary.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
        await primary.execute("SELECT pg_reload_conf()")
        while (
            await primary.fetchval(
                "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'"
            )
            != 1
        ):
            await asyncio.sleep(0.05)
        await primary.close()
        await self.address.start(self.primary.port)

    def _copy(self) -> None:
        account = self.standby._account
        password = urlsplit(self.primary.admin_url).password or ""
        write_private(self.standby.home / "password", password, account)
        command = [
            *(str(self.primary.programs / "pg_basebackup"), "--write-recovery-conf"),
            *("--checkpoint=fast", f"--pgdata={self.standby.home / 'data'}"),
            f"--dbname={self.primary.admin_url}",
        ]
        subprocess.run(
            confined(command, account, "KILL"),
            cwd=self.standby.home,
            check=True,
            capture_output=True,
        )

    async def fail_over(self) -> None:
        """SIGKILL to the primary; the standby takes its place."""
        await self.primary.kill()
        standby = await asyncpg.connect(self.standby.admin_url)
        await standby.fetchval("SELECT pg_promote()")
        await standby.close()
        self.address.lead_to(self.standby.port)

    async def remove(self) -> None:
        await self.address.stop()
        await self.standby.remove()
        await self.primary.remove()
