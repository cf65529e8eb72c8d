"""Each room can be installed by itself, with what it declares and nothing of a neighbour."""

import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
HOUSE = [PROJECT / "services/contracts", PROJECT / "services/chassis"]
ROOMS = {
    "services/contracts": "portail_contracts.catalogue",
    "services/accounts": "accounts.bootstrap",
    "services/enrolment": "enrolment.bootstrap",
    "services/billing": "billing.bootstrap",
    "services/messaging": "messaging.bootstrap",
    "gateway": "gateway.bootstrap",
}


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("room", ROOMS)
def test_a_room_installed_alone_can_be_imported(room: str, tmp_path: Path) -> None:
    uv = Path(sys.executable).with_name("uv")
    venv = tmp_path / "venv"
    _run(uv, "venv", "--quiet", "--python", sys.executable, venv)
    needed = [PROJECT / room] if room == "services/contracts" else [*HOUSE, PROJECT / room]
    pins = tmp_path / "pins.txt"
    lock = (PROJECT / "requirements.lock").read_text().splitlines()
    pins.write_text("\n".join(line.split(" \\")[0] for line in lock if "==" in line))
    python = venv / "bin/python"
    _run(
        *(uv, "pip", "install", "--quiet", "--python", python, "--constraint", pins),
        *("--no-sources", *needed),
    )
    _run(python, "-c", f"import {ROOMS[room]}")
    if room == "services/contracts":
        listed = _run(uv, "pip", "list", "--quiet", "--python", python)
        names = {line.split()[0] for line in listed.splitlines()[2:]}
        assert names == {
            "annotated-types",
            "portail-contracts",
            "pydantic",
            "pydantic-core",
            "typing-extensions",
            "typing-inspection",
        }


def _run(*command: object) -> str:
    result = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    return result.stdout
