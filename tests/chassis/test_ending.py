"""A process that has drained ends, whatever a library's task does."""

import subprocess
import sys

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
