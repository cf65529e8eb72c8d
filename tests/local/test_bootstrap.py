"""The first thing that `make` runs: what it says when something is in the way."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from portail_local.servers.place import PROJECT


@pytest.fixture
def bootstrap() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "bootstrap", PROJECT / "deploy" / "local" / "bootstrap.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("output", "start"),
    [
        ("OSError: [Errno 28] No space left on device", "Il n'y a plus de place"),
        ("Temporary failure in name resolution", "Le réseau ne répond pas"),
        ("THESE PACKAGES DO NOT MATCH THE HASHES", "Un paquet reçu n'est pas celui du verrou"),
        ("E: something\nE: strange", "« apt-get » a échoué : E: strange"),
    ],
)
def test_a_failure_is_one_sentence(bootstrap: ModuleType, output: str, start: str) -> None:
    assert bootstrap.cause_of(("/usr/bin/apt-get",), output).startswith(start)


def test_an_old_python_is_told_what_to_install(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap.sys, "version_info", (3, 9, 2))
    monkeypatch.setattr(bootstrap.shutil, "which", lambda _name: None)
    with pytest.raises(bootstrap.Refusal, match=r"celui-ci est 3\.9"):
        bootstrap.with_recent_python()


def test_without_root_nor_sudo_the_command_for_an_administrator_is_given(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(bootstrap.shutil, "which", lambda _name: None)
    with pytest.raises(bootstrap.Refusal, match=r"apt-get install .* rabbitmq-server"):
        bootstrap.apt_install("rabbitmq-server")


def test_services_are_kept_from_starting_only_during_the_installation(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    policy = tmp_path / "policy-rc.d"
    monkeypatch.setattr(bootstrap, "POLICY", policy)
    with bootstrap.services_kept_from_starting([]):
        assert policy.read_text() == "#!/bin/sh\nexit 101\n"
    assert not policy.exists()
    policy.write_text("the administrator's own")
    with bootstrap.services_kept_from_starting([]):
        assert policy.read_text() == "the administrator's own"
    assert policy.read_text() == "the administrator's own"


def test_the_lines_about_uv_are_taken_with_their_hashes(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(bootstrap, "VENV", tmp_path)
    lines = bootstrap.locked_uv().read_text().splitlines()
    assert lines[0].startswith("uv==")
    assert all("--hash=sha256:" in line for line in lines[1:])
    assert len(lines) > 1
    assert sys.version_info >= bootstrap.OLDEST
