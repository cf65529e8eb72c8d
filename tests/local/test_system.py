"""The whole system comes up, is watched, and goes down without a trace."""

import asyncio
import json
import os
import signal
import stat
from pathlib import Path

import aiohttp
import pytest

from portail.errors import OperatorError
from portail_local.process_table import marked
from portail_local.system import System

from .conftest import left_in


async def get(url: str) -> str:
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return await answer.text()


async def test_a_system_from_first_start_to_last_trace(
    folder: Path, fake_services: dict[str, str]
) -> None:
    home = folder / "whole"
    steps: list[str] = []
    system = System(home, name="whole", durable=False, extra_env=fake_services)
    try:
        await system.start(lambda step, _: steps.append(step))
        await first_start(system, steps)
        await another_runner_is_refused(home, fake_services)
        await a_killed_service_is_no_crash_and_comes_back(system)
        await a_service_that_ends_by_itself_is_noticed(system)
        await a_server_that_ends_is_noticed_too(system)
    finally:
        await system.stop()
    assert left_in(home) == []


async def first_start(system: System, steps: list[str]) -> None:
    assert {"PostgreSQL", "RabbitMQ", "Migrations", "Portail"} <= set(steps)
    assert system.is_new
    calls = (system.folder / "calls").read_text().split("\n")
    assert {f"{c} migrate" for c in ("accounts", "enrolment", "billing", "messaging")} <= set(calls)
    assert (system.folder / "staff-password").read_text() == system.admin_password
    assert stat.S_IMODE((system.folder / "secrets.json").stat().st_mode) == 0o600
    assert await get(f"{system.urls['gateway']}/health/ready") == "# mesures de gateway\n"
    env = system.processes["accounts"].env
    assert set(json.loads(env["ACCOUNTS_SERVICE_SECRETS"])) == {
        *("accounts", "enrolment", "billing", "messaging", "gateway")
    }
    assert env["ACCOUNTS_BROKER_URLS"].endswith("/portail-whole")


async def another_runner_is_refused(home: Path, fake_services: dict[str, str]) -> None:
    with pytest.raises(OperatorError, match="fonctionne déjà"):
        await System(home, name="whole", extra_env=fake_services).start()


async def a_killed_service_is_no_crash_and_comes_back(system: System) -> None:
    billing = system.processes["billing"]
    first = billing.pid
    await billing.kill()
    assert not await billing.is_ready()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(system.first_crash(), 0.5)
    await billing.restart({"PORTAIL_LOG_LEVEL": "DEBUG"})
    assert billing.pid != first
    assert billing.pid in marked("PORTAIL_LOG_LEVEL", "DEBUG")


async def a_service_that_ends_by_itself_is_noticed(system: System) -> None:
    messaging = system.processes["messaging"]
    with pytest.raises(aiohttp.ClientError):
        await get(f"{system.urls['messaging']}/crash")
    crashed = await asyncio.wait_for(system.first_crash(), 5)
    assert crashed is messaging
    assert "code 7" in crashed.epitaph()
    assert "le sol se dérobe" in crashed.epitaph()


async def a_server_that_ends_is_noticed_too(system: System) -> None:
    await system.processes["messaging"].restart()
    assert system.postgres is not None
    assert system.postgres.process is not None
    os.kill(system.postgres.process.pid, signal.SIGQUIT)
    crashed = await asyncio.wait_for(system.first_crash(), 5)
    assert crashed is system.postgres.process
