"""Secrets of an instance, and the files that give them to services."""

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

import accounts.settings
import billing.bootstrap
import billing.settings
import enrolment.settings
import gateway.settings
import messaging.settings
from chassis import runner
from chassis.settings import SECRETS_DIR
from portail.secret_settings import BrokerPlace, write_folder
from portail.secrets_file import SERVICES, load, load_or_generate

ROOMS = (accounts, billing, enrolment, gateway, messaging)
BROKER = BrokerPlace("broker", 5672)


def test_secrets_are_made_once_and_private(tmp_path: Path) -> None:
    file = tmp_path / "secrets.json"
    assert load_or_generate(file) == load_or_generate(file)
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_service_is_told_its_secrets_by_files_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "secrets"
    write_folder(folder, "database:5432", BROKER)
    for room in ROOMS:
        with pytest.raises(ValidationError):
            room.settings.Settings(port=1)
    monkeypatch.setenv(SECRETS_DIR, str(folder))
    monkeypatch.setenv("GATEWAY_PUBLIC_URL", "https://portail.example")
    secrets = load(folder / "secrets.json")
    for room in ROOMS:
        told = room.settings.Settings(port=1)
        assert told.service_secret.get_secret_value() == secrets.service_secrets[room.__name__]
    billed = billing.settings.Settings(port=1)
    assert billed.database_url.startswith("postgresql+asyncpg://portail_billing:")
    assert billed.database_url.endswith("@database:5432/portail_billing")
    assert billed.broker_urls == [BROKER.url("billing", secrets.broker_passwords["billing"])]
    monkeypatch.setenv("BILLING_SERVICE_SECRET", "the environment wins")
    assert billing.settings.Settings(port=1).service_secret.get_secret_value()[:3] == "the"


def test_the_folder_lets_nobody_in_and_is_kept(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    first = {path.name: path.read_text() for path in write_folder(folder, "database:5432", BROKER)}
    moved = {path.name: path.read_text() for path in write_folder(folder, "elsewhere:1", BROKER)}
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {name for name in first if first[name] != moved[name]} == {
        "portail_postgres_admin_url",
        *(f"{service}_database_url" for service in SERVICES if service != "gateway"),
        *(f"{service}_migration_database_url" for service in SERVICES if service != "gateway"),
    }
    assert set(json.loads(first["accounts_service_secrets"])) == set(SERVICES)


def test_migrating_without_the_owners_address_is_refused_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "secrets"
    write_folder(folder, "database:5432", BROKER)
    (folder / "billing_migration_database_url").unlink()
    monkeypatch.setenv(SECRETS_DIR, str(folder))
    monkeypatch.setenv("BILLING_PORT", "1")
    for name in SERVICES:
        monkeypatch.setenv(f"PORTAIL_{name.upper()}_URL", "http://nowhere.example")
    with pytest.raises(SystemExit, match=r"^BILLING_MIGRATION_DATABASE_URL is not given$"):
        runner._migrate(billing.bootstrap.service())
