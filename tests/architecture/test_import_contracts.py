"""The walls of the house: import-linter's contracts hold, and each is proven by a planted fault."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
SOURCES = (
    "services/contracts/src",
    "services/chassis/src",
    "services/accounts/src",
    "services/enrolment/src",
    "services/billing/src",
    "services/messaging/src",
    "gateway/src",
    "deploy/local/src",
    "deploy/operator/src",
)


def lint(root: Path) -> subprocess.CompletedProcess[str]:
    """Run the contracts against a copy of the sources, which hides the installed ones."""
    path = ":".join(str(root / source) for source in SOURCES)
    program = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [program, "--no-cache", "--config", str(root / "pyproject.toml")],
        cwd=root,
        env={"PYTHONPATH": path, "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copy(PROJECT / "pyproject.toml", tmp_path)
    for source in SOURCES:
        shutil.copytree(
            PROJECT / source,
            tmp_path / source,
            ignore=shutil.ignore_patterns("__pycache__", "templates", "static"),
        )
    return tmp_path


def plant(root: Path, file: str, line: str) -> None:
    path = root / file
    path.parent.mkdir(parents=True, exist_ok=True)
    before = path.read_text() if path.exists() else ""
    path.write_text(f"{before}\n{line}\n")


def test_the_house_keeps_its_own_contracts(copy: Path) -> None:
    result = lint(copy)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    ("file", "line", "broken"),
    [
        (
            "services/billing/src/billing/use_cases/record_family.py",
            "import enrolment.store.tables",
            "never each other",
        ),
        (
            "gateway/src/gateway/settings.py",
            "import accounts.settings",
            "never each other",
        ),
        (
            "services/enrolment/src/enrolment/domain/notice.py",
            "import sqlalchemy",
            "A domain is pure",
        ),
        (
            "services/billing/src/billing/domain/pricing.py",
            "from portail_contracts.enrolment import BookingConfirmed",
            "A domain is pure",
        ),
        (
            "services/contracts/src/portail_contracts/event.py",
            "import fastapi",
            "stands on pydantic alone",
        ),
        ("services/chassis/src/chassis/clock.py", "import accounts.settings", "knows no service"),
        (
            "services/enrolment/src/enrolment/store/tables.py",
            "import enrolment.api.parents",
            "one way in enrolment",
        ),
    ],
)
def test_a_planted_import_is_found(copy: Path, file: str, line: str, broken: str) -> None:
    plant(copy, file, line)
    result = lint(copy)
    assert result.returncode != 0
    assert any(broken in row and "BROKEN" in row for row in result.stdout.splitlines()), (
        result.stdout
    )
