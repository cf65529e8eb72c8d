"""Start, tell the story, end each process by SIGTERM, take everything away. `KEEP=1` leaves it."""

import os
import subprocess
import sys
from pathlib import Path

from portail.secrets_file import CONTEXTS
from portail_local.images.building import cannot, environment
from support.running import WHERE

from .composed import Composed, container, podman

STORY = "tests/journeys/test_story.py"
KEPT = bool(os.environ.get("KEEP"))
PROJECT = Path(__file__).parents[2]
DRAINED = [f"{name}-{part}" for name in CONTEXTS for part in ("worker", "api")]


def main() -> int:
    if reason := cannot():
        print(f"compose.yaml NON essayé : {reason}.", file=sys.stderr)
        return 1
    system = Composed()
    system.lay_out()
    try:
        print(f"Le système répond après {system.up():.0f} s.", flush=True)
        failed = _tell_story(system.place()) or _operate(system) or (not KEPT and _drain())
    finally:
        if not KEPT:
            system.down()
    print("compose.yaml : l'histoire échoue." if failed else "compose.yaml : l'histoire passe.")
    return int(failed)


def _tell_story(place: Path) -> bool:
    command = [sys.executable, "-m", "pytest", STORY, "-q", "-p", "no:cacheprovider"]
    told = {**environment(), WHERE: str(place)}
    return subprocess.run(command, cwd=PROJECT, env=told, check=False).returncode != 0


def _operate(system: Composed) -> bool:
    """The accounts add up, a backup is whole, and the examination finds nothing wrong."""
    for asked in (("verify",), ("backup", "/backups"), ("doctor",)):
        try:
            system.operate(*asked)
        except subprocess.CalledProcessError:
            print(f"portail {asked[0]} échoue : voyez {system.folder}/compose.log.", flush=True)
            return True
    print("portail verify, backup et doctor : sans défaut.", flush=True)
    return False


def _drain() -> bool:
    """SIGTERM: each process ends by itself, with code 0, before anybody kills it."""
    wrong = []
    for name in [*DRAINED, "gateway"]:
        podman("stop", "--time", "30", container(name))
        code = podman("inspect", "--format", "{{.State.ExitCode}}", container(name)).strip()
        if code != "0":
            wrong.append(f"{name} ({code})")
    print(f"SIGTERM : {', '.join(wrong) or 'chaque processus finit de lui-même'}.", flush=True)
    return bool(wrong)


sys.exit(main())
