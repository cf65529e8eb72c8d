"""Migrate with this release, run the previous one's processes, tell them their own first story.

`python -m upgrade [commit]`: without one the last tag, or the baseline of `earlier.py`.
"""

import asyncio
import os
import shutil
import subprocess
import sys
from pathlib import Path

from portail_local.system import System
from support.running import WHERE, Place, described

from . import earlier

STORY = "tests/journeys/test_story.py"
FIT = "def is_fit("
"""In a release that says it is ready on a later schema; those before it only work."""


def main() -> int:
    commit = earlier.previous(next(iter(sys.argv[1:]), os.environ.get("PREVIOUS")))
    sources = earlier.laid_out(commit)
    new = sorted(earlier.migrations(earlier.PROJECT) - earlier.migrations(sources))
    print(earlier.git("log", "-1", "--format=%h du %cs : %s", commit))
    print(f"Migrations qu’elle ne connaît pas : {', '.join(new) or 'aucune'}.", flush=True)
    shutil.rmtree(earlier.FOLDER / "house", ignore_errors=True)
    failed = asyncio.run(_try(sources))
    print("La version précédente échoue." if failed else "La version précédente passe.")
    return int(failed)


async def _try(sources: Path) -> bool:
    system = earlier.Upgraded(sources)
    must_be_ready = FIT in (sources / "services/chassis/src/chassis/migrations.py").read_text()
    try:
        await system.start(patience=earlier.PATIENCE)
        unready = await system.unready()
        print(f"Se disent prêts : {'tous' if not unready else f'pas {unready}'}.", flush=True)
        return await asyncio.to_thread(_tell, sources, system) or (must_be_ready and bool(unready))
    finally:
        await system.stop()
        for server in (system.postgres, system.rabbitmq):
            if server is not None:
                await server.remove()


def _tell(sources: Path, system: System) -> bool:
    """The earlier release's own journey, before its own pages."""
    accounts = system.processes["accounts"]
    place = Place(
        portal=system.urls["gateway"],
        urls=system.urls,
        gateway_secret=system.secrets.service_secrets["gateway"],
        admin_password=system.admin_password,
        clock_shift=system.clock_shift,
        first_passwords=[
            *("env", *(f"{name}={value}" for name, value in accounts.env.items())),
            *(sys.executable, "-m", "accounts", "first-passwords"),
        ],
    )
    file = earlier.FOLDER / "running.json"
    file.write_text(described(place))
    told = {**os.environ, "PYTHONPATH": earlier.path_of(sources), WHERE: str(file)}
    command = [sys.executable, "-m", "pytest", STORY, "-q", "-p", "no:cacheprovider"]
    return subprocess.run(command, cwd=sources, env=told, check=False).returncode != 0


sys.exit(main())
