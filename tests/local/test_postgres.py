"""A private PostgreSQL starts, survives a crash, and leaves nothing behind."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import asyncpg
import pytest

from portail.errors import OperatorError
from portail_local.process_table import is_alive
from portail_local.servers import PrivatePostgres, free_port
from portail_local.servers.place import refuge_of

from .conftest import left_in


async def test_committed_rows_survive_a_crash_and_a_stop(folder: Path) -> None:
    server = PrivatePostgres(folder / "crashing", free_port(), durable=False)
    await server.start()
    connection = await asyncpg.connect(server.admin_url)
    await connection.execute("CREATE TABLE kept (n int); INSERT INTO kept VALUES (1)")
    await server.kill()
    assert left_in(server.home) == []
    await server.start()
    await server.stop()
    assert left_in(server.home) == []
    await server.start()
    connection = await asyncpg.connect(server.admin_url)
    assert await connection.fetchval("SELECT n FROM kept") == 1
    await connection.close()
    await server.remove()
    assert left_in(server.home) == []
    assert not server.home.exists()


async def test_a_port_in_use_is_told_in_a_sentence(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        server = PrivatePostgres(folder / "unlucky", port)
        with pytest.raises(OperatorError, match=rf"Le port {port} .* déjà pris"):
            await server.start()
    assert left_in(server.home) == []


async def test_a_second_runner_on_the_same_folder_is_refused(postgres: PrivatePostgres) -> None:
    with pytest.raises(OperatorError, match="déjà utilisé"):
        await PrivatePostgres(postgres.home, free_port()).start()
    connection = await asyncpg.connect(postgres.admin_url)
    await connection.close()


async def test_a_folder_that_the_account_cannot_enter_is_left_for_a_refuge(
    folder: Path,
) -> None:
    locked = folder / "locked"
    locked.mkdir(mode=0o700)
    server = PrivatePostgres(locked / "postgres", free_port(), durable=False)
    await server.start()
    try:
        if os.geteuid() == 0:
            assert server.home == refuge_of(locked / "postgres")
            assert server.notice is not None
            assert str(server.home) in server.notice
        else:
            assert server.home == locked / "postgres"
    finally:
        await server.remove()
    assert not refuge_of(locked / "postgres").exists()


RUNNER = """
import asyncio, sys
from pathlib import Path
from portail_local.servers import PrivatePostgres
async def main():
    server = PrivatePostgres(Path(sys.argv[1]), int(sys.argv[2]), durable=False)
    await server.start()
    print(server.process.pid, flush=True)
    await asyncio.sleep(600)
asyncio.run(main())
"""


def test_a_killed_runner_takes_its_server_along(folder: Path) -> None:
    home, port = folder / "orphaned", free_port()
    with subprocess.Popen(
        [sys.executable, "-c", RUNNER, str(home), str(port)], stdout=subprocess.PIPE, text=True
    ) as runner:
        assert runner.stdout is not None
        postmaster = int(runner.stdout.readline())
        assert is_alive(postmaster)
        runner.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 10
    while left_in(home) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert left_in(home) == []


async def test_what_a_runner_left_is_ended_and_a_bystander_is_spared(folder: Path) -> None:
    server = PrivatePostgres(folder / "left", free_port(), durable=False)
    await server.start()
    assert server.process is not None
    first = server.process.pid
    again = PrivatePostgres(server.home, server.port, durable=False)
    bystander = await asyncio.create_subprocess_exec("sleep", "60", cwd=server.home)
    try:
        # As if its runner had died without the kernel's help: only the claim is gone.
        server._claim.drop()
        await again.start()
        assert not is_alive(first)
        assert bystander.returncode is None
    finally:
        bystander.kill()
        await bystander.wait()
        await again.remove()
