"""A process that has drained ends, whatever a library's task does."""

import asyncio
import contextlib
import subprocess
import sys
from types import SimpleNamespace

import pytest

from chassis.broker import connection, consumer, event_log
from chassis.ending import end_all

STUBBORN = """
import asyncio, uvloop
from chassis import runner

async def ignoring():
    while True:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            pass

async def run(service, parts):
    asyncio.create_task(ignoring(), name="stubborn")
    await asyncio.sleep(0)
    return 3

runner.run, runner.STRAY_SECONDS = run, 0.1
raise SystemExit(uvloop.run(runner._run_to_the_end(None, ())))
"""


def test_a_task_that_ignores_its_cancellation_does_not_hold_the_process() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", STUBBORN], capture_output=True, timeout=60, check=False
    )

    assert ended.returncode == 3, ended.stderr.decode()
    assert b"process.ended_with_strays" in ended.stdout


async def test_who_is_cancelled_in_the_moment_of_a_failure_looks_for_no_other_broker(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As `wait_for` does it in Python 3.11: the failure is told, the cancellation is not."""
    tried = 0

    async def failing(_url: str, _name: str) -> connection.Link:
        nonlocal tried
        tried += 1
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        raise ConnectionError

    async def look() -> None:
        async for _ in connection.links(["amqp://nowhere"], "test"):
            pass

    monkeypatch.setattr(connection, "open_link", failing)
    looking = asyncio.create_task(look())
    await asyncio.sleep(0)
    looking.cancel()
    done, _ = await asyncio.wait([looking], timeout=60)
    assert done
    assert looking.cancelled()
    assert tried == 1


@pytest.mark.parametrize("wait", [consumer._next_batch, event_log._next])
async def test_who_waits_for_the_broker_heeds_a_cancellation_that_was_swallowed(wait) -> None:
    async def asking() -> None:
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        await wait(asyncio.Queue(), SimpleNamespace(lost=asyncio.Event()))

    task = asyncio.create_task(asking())
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task], timeout=10)
    assert task.cancelled()


async def test_a_cancellation_that_was_swallowed_is_said_again() -> None:
    async def hard_of_hearing() -> None:
        for _ in range(2):
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.Event().wait()

    tasks = [asyncio.create_task(hard_of_hearing()) for _ in range(2)]
    await asyncio.sleep(0)
    await end_all(tasks, again_s=0.01)
    assert all(task.done() for task in tasks)
