"""Which settings of the services are secret, and what each is made of.

A file of a setting's name in small letters gives it (`PORTAIL_SECRETS_DIR`), and so does the
environment.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portail.private_files import write_private
from portail.provisioning import DatabaseAccess, access_to, broker_url
from portail.secrets_file import CONTEXTS, GATEWAY, SERVICES, Secrets, load_or_generate, word

if TYPE_CHECKING:
    from pathlib import Path

PREFIX = "portail_"
"""Of the databases and their roles."""
VHOST = "portail"
MASTER = "secrets.json"
GIVEN = ("messaging_smtp_password", "accounts_other_master_keys")
"""What a town writes into its file itself; empty until then."""
READABLE = 0o444
"""Each file is given to one container, whose user is not ours; the folder lets nobody else in."""


@dataclass(frozen=True)
class BrokerPlace:
    """Where the broker is."""

    host: str
    port: int
    vhost: str = VHOST

    def url(self, user: str, password: str) -> str:
        return broker_url(self.host, self.port, self.vhost, user, password)


def secret_settings(
    service: str, secrets: Secrets, access: DatabaseAccess | None, broker: BrokerPlace
) -> dict[str, str]:
    """Every secret setting of one service; the gateway has neither database nor broker."""
    prefix = service.upper()
    settings = {f"{prefix}_SERVICE_SECRET": secrets.service_secrets[service]}
    if access is not None:
        settings[f"{prefix}_DATABASE_URL"] = _for_sqlalchemy(access.runtime_url)
        settings[f"{prefix}_MIGRATION_DATABASE_URL"] = _for_sqlalchemy(access.owner_url)
        password = secrets.broker_passwords[service]
        settings[f"{prefix}_BROKER_URLS"] = broker.url(service, password)
    if service == "accounts":
        settings["ACCOUNTS_SERVICE_SECRETS"] = json.dumps(secrets.service_secrets)
        settings["ACCOUNTS_MASTER_KEY"] = secrets.accounts_master_key
    if service == GATEWAY:
        settings["GATEWAY_SESSION_KEYS"] = secrets.gateway_session_key
    return settings


def _for_sqlalchemy(url: str) -> str:
    return url.replace("postgresql://", "postgresql+asyncpg://", 1)


def settings_of(
    service: str, secrets: Secrets, database: str, broker: BrokerPlace
) -> dict[str, str]:
    """The same before the database exists: `database` is `host:port` of its server, in which
    `{service}` is the service's name where each has a server of its own."""
    known = service in CONTEXTS
    server = database.replace("{service}", service)
    access = access_to(server, PREFIX, service, secrets) if known else None
    return secret_settings(service, secrets, access, broker)


def operator_settings(
    secrets: Secrets, passwords: dict[str, str], database: str, broker: BrokerPlace
) -> dict[str, str]:
    """What `portail provision`, `portail events` and `portail partners` need."""
    admin = f"portail-admin:{passwords['rabbitmq_password']}"
    return {
        "PORTAIL_POSTGRES_ADMIN_URL": (
            f"postgresql://postgres:{passwords['postgres_password']}@{database}/postgres"
        ),
        "PORTAIL_RABBITMQ_URL": f"amqp://{admin}@{broker.host}:{broker.port}/",
        "PORTAIL_RABBITMQ_MANAGEMENT_URL": f"http://{admin}@{broker.host}:15672",
        "PORTAIL_OPERATOR_BROKER_URL": broker.url("operator", secrets.broker_passwords["operator"]),
    }


def write_folder(folder: Path, database: str, broker: BrokerPlace) -> list[Path]:
    """Make what is missing, keep what is there, and write one file per secret setting."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    secrets = load_or_generate(folder / MASTER)
    (folder / MASTER).chmod(READABLE)
    passwords = {
        name: _read(folder / name) or word() for name in ("postgres_password", "rabbitmq_password")
    }
    settings = operator_settings(secrets, passwords, database, broker)
    given = {name: _read(folder / name) or "" for name in GIVEN}
    for service in SERVICES:
        settings |= settings_of(service, secrets, database, broker)
    return [
        write_private(folder / name.lower(), value, READABLE)
        for name, value in {**passwords, **settings, **given}.items()
    ]


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None
