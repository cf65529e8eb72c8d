"""An earlier release: which one, its sources beside ours, its processes on today's servers."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from portail.secrets_file import CONTEXTS, SERVICES
from portail_local.service_process import ServiceProcess
from portail_local.system import System
from support.house import CLOCK_START

PROJECT = Path(__file__).parents[2]
FOLDER = PROJECT / ".local" / "upgrade"
BASELINE = "HEAD~30"
"""What stands for the previous release as long as none has a tag."""

PATIENCE = 300.0


def git(*arguments: str) -> str:
    """What it prints; raises CalledProcessError."""
    done = subprocess.run(
        ["git", *arguments], cwd=PROJECT, text=True, capture_output=True, check=True
    )
    return done.stdout.strip()


def previous(given: str | None) -> str:
    """The commit that was asked for, else the last tag before this one, else the baseline."""
    if not given:
        try:
            given = git("describe", "--tags", "--abbrev=0", "HEAD~1")
        except subprocess.CalledProcessError:
            given = BASELINE
    return git("rev-parse", "--verify", f"{given}^{{commit}}")


def laid_out(commit: str) -> Path:
    """Its files, in a folder of their own."""
    folder = FOLDER / "sources"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    packed = subprocess.run(
        ["git", "archive", commit], cwd=PROJECT, capture_output=True, check=True
    )
    subprocess.run(["tar", "-x", "-C", str(folder)], input=packed.stdout, check=True)
    return folder


def migrations(sources: Path) -> set[str]:
    """Each service's revisions, as `billing 0003_rates`."""
    return {
        f"{context} {file.stem}"
        for context in CONTEXTS
        for file in sources.glob(
            f"services/{context}/src/{context}/store/migrations/versions/0*.py"
        )
    }


def path_of(sources: Path) -> str:
    """Its packages before those that are installed."""
    return os.pathsep.join(map(str, _packages(sources)))


def _packages(sources: Path) -> Iterator[Path]:
    yield from sorted(sources.glob("services/*/src"))
    yield from (sources / "gateway" / "src", sources / "deploy/operator/src")
    yield from (sources / "deploy/local/src", sources / "tests")


class Upgraded(System):
    """Databases and broker as this release makes them; the processes are the earlier one's."""

    def __init__(self, sources: Path) -> None:
        super().__init__(FOLDER / "house", name="upgrade", durable=False, clock_start=CLOCK_START)
        self._sources = sources

    async def _migrate(self) -> None:
        await super()._migrate()
        for name in SERVICES:
            self.processes[name].env["PYTHONPATH"] = path_of(self._sources)
            self.processes[name].asked = "/health/live"

    async def unready(self) -> list[str]:
        """Processes that live, and say that they cannot work."""
        named = {name: self.processes[name] for name in SERVICES}
        for process in named.values():
            process.asked = ServiceProcess.asked
        return [name for name, process in named.items() if not await process.is_ready()]
