"""The demo as its operator sees it: a process, a table, a file, an exit code."""

import asyncio
import json
import os
import signal
import socket
import sys
from asyncio.subprocess import Process
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from portail_local.servers import free_port
from portail_local.system import MARK

from .conftest import left_in

DRIVER = Path(__file__).with_name("demo_driver.py")


async def launched(folder: Path, port: int, fakes: dict[str, str]) -> Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *(str(DRIVER), str(folder), str(port), fakes["PYTHONPATH"]),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env={**os.environ, "COLUMNS": "200"},
    )


async def ready(folder: Path, runner: Process) -> dict[str, Any]:
    file = folder / "demo.json"
    while not file.exists():
        assert runner.returncode is None, (await runner.communicate())[0].decode()
        await asyncio.sleep(0.1)
    return dict(json.loads(file.read_text()))


async def end_of(runner: Process) -> str:
    output, _ = await asyncio.wait_for(runner.communicate(), 30)
    return output.decode()


async def get(url: str) -> str:
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return await answer.text()


async def test_a_demo_from_start_to_crash(folder: Path, fake_services: dict[str, str]) -> None:
    home, port = folder / "shown", free_port()
    runner = await launched(home, port, fake_services)
    described = await ready(home, runner)
    assert described["portal"] == f"http://localhost:{port}"
    assert described["families"][0]["password"] == "ronde-de-mai"
    assert described["staff"][0]["role"] == "admin"
    await supervision_shows_all(described["supervision"])
    await a_second_demo_says_where_the_first_is(home, port, fake_services)
    operator_has_what_it_needs(home / "demo")
    runner.send_signal(signal.SIGINT)
    output = await end_of(runner)
    assert runner.returncode == 0, output
    assert "ronde-de-mai" in output
    assert "Arrêté." in output
    assert left_in(home / "demo") == []
    assert not (home / "demo.json").exists()
    await a_crash_is_told_and_ends_all(home, port, fake_services)


def operator_has_what_it_needs(folder: Path) -> None:
    kept = folder / "operator.env"
    assert kept.stat().st_mode & 0o777 == 0o600
    text = kept.read_text()
    for name in ("MESSAGING_DATABASE_URL", "BILLING_DATABASE_URL", "PORTAIL_OPERATOR_BROKER_URL"):
        assert f"export {name}=" in text
    assert f"export PORTAIL_OPERATOR_RABBITMQCTL='sh {folder}/rabbitmqctl'" in text
    assert MARK not in text, "the operator's own command would be ended with the demo"


async def supervision_shows_all(url: str) -> None:
    page = await get(url)
    assert "Tout fonctionne." in page
    for label in ("Comptes", "Inscriptions", "Facturation", "Messagerie", "Portail", "RabbitMQ"):
        assert label in page
    assert "# mesures de billing" in await get(f"{url}metrics/billing")
    assert "# mesures de gateway" in await get(f"{url}metrics")


async def a_second_demo_says_where_the_first_is(
    home: Path, port: int, fakes: dict[str, str]
) -> None:
    second = await launched(home, port, fakes)
    output = await end_of(second)
    assert second.returncode == 1
    assert f"fonctionne déjà à l'adresse http://localhost:{port}" in output


async def a_crash_is_told_and_ends_all(home: Path, port: int, fakes: dict[str, str]) -> None:
    runner = await launched(home, port, fakes)
    # The data is kept, so are the accounts that came with it.
    assert (await ready(home, runner))["families"][0]["identifier"] == "f1"
    ports = json.loads((home / "demo" / "ports.json").read_text())
    with pytest.raises(aiohttp.ClientError):
        await get(f"http://127.0.0.1:{ports['messaging']}/crash")
    output = await end_of(runner)
    assert runner.returncode == 1
    assert "« messaging » s'est arrêté tout seul (code 7)" in output
    assert "le sol se dérobe" in output
    assert left_in(home / "demo") == []


async def test_a_taken_port_is_one_sentence(folder: Path, fake_services: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        runner = await launched(folder / "unlucky-demo", port, fake_services)
        output = await end_of(runner)
    assert runner.returncode == 1
    assert f"Erreur : Le port {port} (portail) est déjà pris" in output
    assert "Traceback" not in output
