"""Fixtures for every test: real servers when asked for, no sockets for unit tests."""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import pytest_socket
import structlog
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from chassis.clock import SteppedClock
from support.brokers import VirtualHost, make_vhost
from support.databases import Databases
from support.house import House
from support.running import RunningHouse
from support.servers import Servers

# Quiet: what a test wants to see of the logs it configures itself.
structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))

FAST_RETRIES = (0.05, 0.1)
"""Seconds between tries in tests; production's are in the topology."""


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    """With several workers a file stays on one, and so does a folder that shares one house."""
    return ByFile(config, log)


HOUSES = ("tests/journeys", "tests/faults")
"""Folders that have the whole system for themselves: faults kill processes of theirs."""


class ByFile(LoadScopeScheduling):
    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.split("::", 1)[0]
        return next((house for house in HOUSES if path.startswith(house)), path)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest scopes begin first, so that no worker is left alone with one at the end."""
    items.sort(key=lambda item: not item.nodeid.startswith(HOUSES))


REAL = {"servers", "house"}
"""Fixtures behind which real servers stand."""

SPEAKS = ("local", "cluster", "gateway", "journeys", "faults", "architecture", "web", "accounts")
"""Folders whose tests start servers or programs of their own."""


@pytest.fixture(autouse=True)
def _no_sockets_for_units(request: pytest.FixtureRequest) -> Iterator[None]:
    """A unit test that would reach for the network fails, whatever it meant to reach."""
    if REAL & set(request.fixturenames) or request.path.parent.name in SPEAKS:
        yield
        return
    pytest_socket.disable_socket(allow_unix_socket=True)
    yield
    pytest_socket.enable_socket()


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    running = Servers()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def postgres_admin_url(servers: Servers) -> str:
    return servers.postgres.admin_url


@pytest.fixture(scope="session")
def templates(postgres_admin_url: str) -> Databases:
    return Databases(postgres_admin_url)


@pytest.fixture
def databases(servers: Servers, templates: Databases) -> Iterator[Databases]:
    """Databases for one test, put back or gone after it."""
    yield templates
    servers.wait(templates.take_back())


@pytest.fixture
def service_database(databases: Databases) -> object:
    """`await service_database("billing")` gives (runtime_url, owner_url) of a fresh database."""

    async def fresh(context: str) -> tuple[str, str]:
        made = await databases.fresh(context)
        return made.runtime_url, made.owner_url

    return fresh


@pytest.fixture
def vhost(servers: Servers) -> Iterator[VirtualHost]:
    made = make_vhost(servers, FAST_RETRIES)
    yield made
    servers.wait(servers.rabbitmq.delete_vhost(made.name))


@pytest.fixture
def clock() -> SteppedClock:
    """A Tuesday in term, before any cut-off of the day."""
    return SteppedClock(datetime(2026, 11, 24, 6, 0, tzinfo=UTC))


@pytest.fixture(scope="session")
def house() -> Iterator[House | RunningHouse]:
    """The whole system with the demo's data; started by the first test that needs it."""
    running = RunningHouse.found() or House()
    try:
        running.start()
        yield running
    finally:
        running.stop()
