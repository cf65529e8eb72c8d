"""Real servers for the runner's own tests: started once, shared where that proves as much."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from portail.secrets_file import SERVICES
from portail_local.process_table import marked, working_in
from portail_local.servers import SERVER_NAMES, PrivatePostgres, PrivateRabbitMQ, free_port
from portail_local.system import MARK

FAKE = Path(__file__).with_name("fake_service.py")


@pytest.fixture(scope="session")
def folder() -> Iterator[Path]:
    """A folder that the servers' account can enter, which pytest's own is not when root."""
    made = Path(tempfile.mkdtemp(prefix="portail-test-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def postgres(folder: Path) -> AsyncIterator[PrivatePostgres]:
    server = PrivatePostgres(folder / "postgres", free_port(), durable=False)
    await server.start()
    yield server
    await server.remove()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def rabbitmq(folder: Path) -> AsyncIterator[PrivateRabbitMQ]:
    server = PrivateRabbitMQ(folder / "rabbitmq", "test", free_port(), durable=False)
    await server.start()
    yield server
    await server.remove()


@pytest.fixture
def fake_services(tmp_path: Path) -> dict[str, str]:
    """Environment in which `python -m accounts` and the others are the fake service."""
    modules = tmp_path / "modules"
    modules.mkdir()
    for name in SERVICES:
        shutil.copy(FAKE, modules / f"{name}.py")
    return {"PYTHONPATH": str(modules)}


def left_in(folder: Path) -> list[int]:
    """Servers and services that still run for an instance or a server's home."""
    return [*working_in(folder, SERVER_NAMES), *marked(MARK, str(folder))]
