"""The environment of each process: the one place that knows the services' settings."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from chassis.clock import as_iso
from portail.provisioning import DatabaseAccess
from portail.secret_settings import BrokerPlace, secret_settings
from portail.secrets_file import CONTEXTS, GATEWAY, SERVICES, Secrets

_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "SSL_CERT_FILE")
# How the authority presents itself may be tried out in the demo.
_PASSED_ON = "PORTAIL_AUTHORITY"


@dataclass(frozen=True)
class Surroundings:
    """What the processes of one instance share."""

    ports: Mapping[str, int]
    broker_host: str
    broker_port: int
    vhost: str
    secrets: Secrets
    databases: Mapping[str, DatabaseAccess]
    clock_shift: timedelta | None = None
    log_level: str | None = None


def service_url(ports: Mapping[str, int], name: str) -> str:
    """The address of a service on this machine."""
    return f"http://127.0.0.1:{ports[name]}"


def portal_url(ports: Mapping[str, int]) -> str:
    """The portal's address for a browser: `localhost` is a secure context, an IP is not."""
    return f"http://localhost:{ports[GATEWAY]}"


def environment_of(name: str, around: Surroundings) -> dict[str, str]:
    """Everything that the process `name` is told."""
    prefix = name.upper()
    env = _shared(around)
    if name not in SERVICES:
        return env
    env[f"{prefix}_HOST"] = "127.0.0.1"
    env[f"{prefix}_PORT"] = str(around.ports[name])
    broker = BrokerPlace(around.broker_host, around.broker_port, around.vhost)
    secret = secret_settings(name, around.secrets, around.databases.get(name), broker)
    return {**env, **secret, **_own(name, around)}


def _shared(around: Surroundings) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in _KEPT or name.startswith(_PASSED_ON)
    }
    urls = {f"PORTAIL_{c.upper()}_URL": service_url(around.ports, c) for c in CONTEXTS}
    shift = around.clock_shift
    optional = {
        "PORTAIL_CLOCK_SHIFT": None if shift is None else as_iso(shift),
        "PORTAIL_LOG_LEVEL": around.log_level,
    }
    given = {name: value for name, value in optional.items() if value}
    return {**kept, **urls, **given, "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"}


def _own(name: str, around: Surroundings) -> dict[str, str]:
    if name == "accounts":
        return {
            "ACCOUNTS_PORTAL_URL": portal_url(around.ports),
        }
    if name == "messaging":
        return {
            "MESSAGING_SMTP_HOST": "127.0.0.1",
            "MESSAGING_SMTP_PORT": str(around.ports["smtp"]),
            "MESSAGING_SMTP_TLS": "none",
            "MESSAGING_PORTAL_URL": portal_url(around.ports),
            "MESSAGING_WEBHOOKS_TO_LOOPBACK": "true",
        }
    if name == GATEWAY:
        return {
            "GATEWAY_PUBLIC_URL": portal_url(around.ports),
        }
    return {}
