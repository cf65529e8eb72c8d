"""Each role can do its work, and nothing else: tried with the real credentials."""

import asyncio
from pathlib import Path

import asyncpg
import pytest

from chassis.reaching import reachable
from portail.provisioning import (
    DatabaseAccess,
    access_to,
    drop_databases,
    provision_databases,
    server_of,
)
from portail.secrets_file import CONTEXTS, Secrets, load_or_generate
from portail_local.servers import PrivatePostgres

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture
def secrets(tmp_path: Path) -> Secrets:
    return load_or_generate(tmp_path / "secrets.json")


async def provisioned(
    postgres: PrivatePostgres, secrets: Secrets, prefix: str
) -> dict[str, DatabaseAccess]:
    return await provision_databases(postgres.admin_url, prefix, secrets)


async def test_a_service_reads_and_writes_what_its_owner_made(
    postgres: PrivatePostgres, secrets: Secrets
) -> None:
    access = (await provisioned(postgres, secrets, "rights_"))["billing"]
    owner = await asyncpg.connect(access.owner_url)
    await owner.execute("CREATE TABLE line (id serial PRIMARY KEY, slot daterange)")
    await owner.execute("ALTER TABLE line ADD EXCLUDE USING gist (id WITH =, slot WITH &&)")
    await owner.close()
    service = await asyncpg.connect(access.runtime_url)
    await service.execute("INSERT INTO line (slot) VALUES ('[2026-09-01,2026-09-02)')")
    await service.execute("UPDATE line SET slot = NULL")
    assert await service.fetchval("DELETE FROM line RETURNING id") == 1
    await service.close()


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE forbidden (n int)",
        "CREATE TEMPORARY TABLE forbidden (n int)",
        "DROP TABLE line",
        "TRUNCATE line",
        "ALTER TABLE line ADD COLUMN n int",
        "CREATE ROLE forbidden",
        "CREATE DATABASE forbidden",
        'SET ROLE "refusals_billing_owner"',
        "CREATE EXTENSION hstore",
    ],
)
async def test_a_service_cannot_change_the_schema_or_the_server(
    postgres: PrivatePostgres, secrets: Secrets, statement: str
) -> None:
    access = (await provisioned(postgres, secrets, "refusals_"))["billing"]
    owner = await asyncpg.connect(access.owner_url)
    await owner.execute("CREATE TABLE IF NOT EXISTS line (id int)")
    await owner.close()
    service = await asyncpg.connect(access.runtime_url)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await service.execute(statement)
    await service.close()


@pytest.mark.parametrize("neighbour", [c for c in CONTEXTS if c != "billing"])
async def test_a_service_cannot_enter_a_neighbours_database(
    postgres: PrivatePostgres, secrets: Secrets, neighbour: str
) -> None:
    access = await provisioned(postgres, secrets, "walls_")
    for url in (access["billing"].runtime_url, access["billing"].owner_url):
        elsewhere = f"{url.removesuffix('billing')}{neighbour}"
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await asyncpg.connect(elsewhere)


async def test_provisioning_again_changes_nothing_and_follows_new_passwords(
    postgres: PrivatePostgres, secrets: Secrets, tmp_path: Path
) -> None:
    first = await provisioned(postgres, secrets, "again_")
    other = load_or_generate(tmp_path / "other.json")
    second = await provisioned(postgres, other, "again_")
    assert all(access.created for access in first.values())
    assert not any(access.created for access in second.values())
    connection = await asyncpg.connect(second["accounts"].runtime_url)
    await connection.close()
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(first["accounts"].runtime_url)
    await drop_databases(postgres.admin_url, "again_")
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(second["accounts"].runtime_url)


async def test_a_service_that_migrates_waits_for_what_is_provisioned(
    postgres: PrivatePostgres, secrets: Secrets
) -> None:
    server = server_of(postgres.admin_url)
    url = access_to(server, "awaited_", "billing", secrets).owner_url
    with pytest.raises(asyncpg.InvalidPasswordError):
        await reachable(url, patience=0)
    waiting = asyncio.create_task(reachable(url.replace("postgresql:", "postgresql+asyncpg:")))
    await provisioned(postgres, secrets, "awaited_")
    await waiting
