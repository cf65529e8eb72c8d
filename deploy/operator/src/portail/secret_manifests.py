"""The same secrets as Kubernetes takes them (`portail secrets-manifest`)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from chassis.broker.topology import OPERATOR

from .provisioning import database_name
from .secret_settings import GIVEN, MASTER, PREFIX, BrokerPlace, settings_of
from .secrets_file import CONTEXTS, SERVICES, Secrets, load

BROKER = BrokerPlace("broker", 5672)
DATABASE = "{service}-database-rw:5432"
OWNERS = "_migration_database_url"
BASIC = "kubernetes.io/basic-auth"


def secrets_of(folder: Path) -> list[dict[str, Any]]:
    """Every Secret that the manifests name, but those of a certificate and of the backups."""
    secrets = load(folder / MASTER)
    typed = {name: (folder / name).read_text(encoding="utf-8") for name in GIVEN}
    return [
        *(each for service in SERVICES for each in _of_service(service, secrets, typed)),
        *(each for context in CONTEXTS for each in _of_database(context, secrets)),
        *(_login(f"broker-{name}", name, secrets.broker_passwords[name]) for name in _users()),
    ]


def page(folder: Path) -> str:
    return str(yaml.safe_dump_all(secrets_of(folder), sort_keys=False))


def _users() -> tuple[str, ...]:
    return (*CONTEXTS, OPERATOR)


def _of_service(service: str, secrets: Secrets, typed: dict[str, str]) -> Iterator[dict[str, Any]]:
    """What its processes are given, and apart from it what only its migration is."""
    made = settings_of(service, secrets, DATABASE, BROKER)
    files = {name.lower(): value for name, value in made.items()}
    files |= {name: value for name, value in typed.items() if name.startswith(f"{service}_")}
    owners = {name: value for name, value in files.items() if name.endswith(OWNERS)}
    yield _secret(f"portail-{service}", {k: v for k, v in files.items() if k not in owners})
    if owners:
        yield _secret(f"portail-{service}-migration", owners)


def _of_database(context: str, secrets: Secrets) -> Iterator[dict[str, Any]]:
    name = database_name(PREFIX, context)
    owner, runtime = secrets.owner_passwords[context], secrets.runtime_passwords[context]
    yield _login(f"{context}-database-owner", f"{name}_owner", owner, BASIC)
    yield _login(f"{context}-database-runtime", name, runtime, BASIC)


def _login(name: str, user: str, password: str, kind: str = "Opaque") -> dict[str, Any]:
    return _secret(name, {"username": user, "password": password}, kind)


def _secret(name: str, values: dict[str, str], kind: str = "Opaque") -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name},
        "type": kind,
        "stringData": values,
    }
