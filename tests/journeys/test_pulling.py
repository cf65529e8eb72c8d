"""The subscriber that the guide prints for `curl`, run against the portal as a partner would."""

import asyncio
import json
import os
import re
import subprocess
from pathlib import Path

from typer.testing import CliRunner

from portail.__main__ import app
from portail_local import operator_access
from support.house import House
from support.printed import lay_out
from support.waiting import eventually

NAME = "entrepot"


async def operator(house: House, *arguments: str) -> str:
    env = operator_access.environment(house.system)
    done = await asyncio.to_thread(CliRunner().invoke, app, ["partners", *arguments], env=env)
    assert done.exit_code == 0, done.output
    return done.output


def pages(folder: Path) -> list[list[str]]:
    """The ids of each file that the program kept, in their order."""
    files = sorted(folder.glob("evenements-*.json"), key=lambda file: int(file.stem.split("-")[1]))
    return [[one["id"] for one in json.loads(file.read_text())["events"]] for file in files]


async def test_the_printed_shell_keeps_every_event_once_though_it_is_killed(
    house: House, tmp_path: Path
) -> None:
    lay_out(tmp_path, "ecrire-un-abonne.md")
    said = await operator(house, "add", NAME, "--events", "enrolment.*", "--pull")
    key = re.search(r"Clé : (\S+)", said)
    assert key
    given = {**os.environ, "PORTAIL_URL": house.portal, "PORTAIL_KEY": key[1]}

    async def run() -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            "sh", "abonne.sh", cwd=tmp_path, env=given, stderr=subprocess.DEVNULL
        )

    async def kept() -> int:
        return len(pages(tmp_path))

    program = await run()
    try:
        await eventually(kept, lambda count: count >= 1, within=60)
        program.kill()
        await program.wait()
        # As if it had been killed between the file and the position.
        (tmp_path / "position").unlink()
        first = pages(tmp_path)[0]
        program = await run()

        async def position() -> bool:
            return (tmp_path / "position").exists()

        await eventually(position, bool, within=60)
    finally:
        program.kill()
        await program.wait()
        await operator(house, "revoke", NAME)
    found = pages(tmp_path)
    ids = [one for page in found for one in page]
    assert found[0] == first
    assert len(ids) == len(set(ids)) > 100
