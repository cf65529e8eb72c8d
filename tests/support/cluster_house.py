"""The whole house in replicas: two APIs and two workers of each service, two gateways."""

import asyncio
import sys
from pathlib import Path

from chassis.clock import clock_from
from portail.provisioning import broker_url, provision_broker
from portail.secrets_file import CONTEXTS, GATEWAY
from portail_local.demo_data.doors import Doors
from portail_local.given import Given
from portail_local.processes import Process
from portail_local.servers import free_port
from portail_local.service_process import ServiceProcess
from portail_local.system import MAIL, Progress, System

from .cluster import Balancer, BrokerCluster, DatabasePair
from .house import CLOCK_START

PATIENCE = 600.0
"""Nineteen processes that start on two cores."""


class ClusterSystem(System):
    """A system whose addresses are balancers before its replicas."""

    def __init__(self, folder: Path, brokers: BrokerCluster, databases: DatabasePair) -> None:
        super().__init__(
            folder,
            name="cluster",
            durable=False,
            clock_start=CLOCK_START,
            given=Given(postgres=databases.admin_url),
        )
        self.brokers = brokers
        self._balancers: list[Balancer] = []

    def shifts(self) -> list[list[ServiceProcess]]:
        """All replicas in four parts: the first doors, the second ones, and so the workers."""
        keys = [
            [*CONTEXTS, GATEWAY],
            [f"{name}-2" for name in (*CONTEXTS, GATEWAY)],
            [f"{name}-worker-1" for name in CONTEXTS],
            [f"{name}-worker-2" for name in CONTEXTS],
        ]
        assert {key for part in keys for key in part} == self.processes.keys() - {MAIL}
        return [[self.processes[key] for key in part] for part in keys]

    def doors(self) -> Doors:
        secret = self.secrets.service_secrets[GATEWAY]
        return Doors(self.urls, secret, clock_from(self.clock_shift))

    async def stop(self, drain: float = 10.0) -> None:
        await super().stop(drain)
        await asyncio.gather(*(balancer.stop() for balancer in self._balancers))

    def _place_servers(self) -> None:
        self.rabbitmq = self.brokers.nodes[0]

    async def _start_broker(self, progress: Progress) -> None:
        passwords = self.secrets.broker_passwords
        await provision_broker(self.brokers.nodes[0], self.vhost, passwords)

    async def _start_services(self, progress: Progress, patience: float) -> None:
        doors = {name: [free_port(), free_port()] for name in (*CONTEXTS, GATEWAY)}
        self._doors = doors
        self._balancers = [Balancer(self.ports[name], list(ports)) for name, ports in doors.items()]
        await asyncio.gather(*(balancer.start() for balancer in self._balancers))
        await super()._start_services(progress, patience)

    def _build_processes(self) -> None:
        super()._build_processes()
        for name, ports in self._doors.items():
            first = self.processes[name]
            env = {**first.env, **self._brokers_of(name)}
            verb = "serve" if name == GATEWAY else "api"
            for number, port in enumerate(ports, 1):
                key = name if number == 1 else f"{name}-{number}"
                self.processes[key] = self._replica(name, key, verb, port, env)
                if name != GATEWAY:
                    worker = f"{name}-worker-{number}"
                    self.processes[worker] = self._replica(name, worker, "worker", free_port(), env)

    def _brokers_of(self, name: str) -> dict[str, str]:
        if name == GATEWAY:
            return {}
        password = self.secrets.broker_passwords[name]
        urls = [
            broker_url(node.host, node.port, self.vhost, name, password)
            for node in self.brokers.nodes
        ]
        return {f"{name.upper()}_BROKER_URLS": ",".join(urls)}

    def _replica(
        self, service: str, key: str, verb: str, port: int, env: dict[str, str]
    ) -> ServiceProcess:
        return ServiceProcess(
            key,
            port,
            env={**env, f"{service.upper()}_PORT": str(port)},
            folder=self.folder,
            command=[sys.executable, "-m", service, verb],
        )


async def started_again(process: Process, *, kill: bool) -> None:
    """By SIGKILL, or drained; then up again and ready."""
    assert isinstance(process, ServiceProcess)
    await (process.kill() if kill else process.stop(15.0))
    process.start()
    await process.ready(PATIENCE)
