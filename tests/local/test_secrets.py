"""Secrets of an instance."""

from pathlib import Path

from portail_local.secrets_file import load_or_generate


def test_secrets_are_made_once_and_private(tmp_path: Path) -> None:
    file = tmp_path / "secrets.json"
    assert load_or_generate(file) == load_or_generate(file)
    assert file.stat().st_mode & 0o777 == 0o600
