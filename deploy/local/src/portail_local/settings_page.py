"""`deploy/.env.example`, written from the settings' own classes."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

import accounts.settings
import billing.settings
import enrolment.settings
import gateway.settings
import messaging.settings
from chassis.settings import SharedSettings

EXAMPLE = Path(__file__).resolve().parents[3] / ".env.example"
CLASSES: tuple[type[BaseSettings], ...] = (
    SharedSettings,
    accounts.settings.Settings,
    enrolment.settings.Settings,
    billing.settings.Settings,
    messaging.settings.Settings,
    gateway.settings.Settings,
)
ADDRESSES = ("host", "port", "accounts_url", "enrolment_url", "billing_url", "messaging_url")
PUBLIC = ("portal_url", "public_url", "trusted_proxies")
SECRET_ADDRESSES = ("database_url", "migration_database_url", "broker_urls")
OF_COMPOSE = """\
# Settings of Portail Familles, with what each is when nobody says otherwise.
# `cp .env.example .env`, then fill in the first part; the rest may stay as it is.
# Written by `make documents` from the settings' classes: change those, not this file.

# --- This machine (read by compose.yaml) -----------------------------------------------------

# The portal's name in the DNS, for which the proxy asks a certificate.
PORTAIL_HOST=portail.example.org
# The portal's address as browsers see it.
PORTAIL_URL=https://portail.example.org
# An e-mail address for the authority that issues certificates; `internal` for a trial, with a
# certificate that no browser knows.
PORTAIL_TLS=exploitation@example.org
# Ports of this machine on which the proxy is reached.
#PORTAIL_HTTP_PORT=80
#PORTAIL_HTTPS_PORT=443
# The small network between proxy and gateway, when this one is taken here.
#PORTAIL_FRONT_SUBNET=10.231.7.0/24
# Where images come from, and which release: `make images` makes localhost/…:latest.
#PORTAIL_IMAGES=localhost
#PORTAIL_VERSION=latest
# The broker stops taking messages beyond this memory, or below this free disk space.
#PORTAIL_BROKER_MEMORY=400MiB
#PORTAIL_BROKER_DISK_FREE=2GB
"""
TITLES = {
    "PORTAIL_": "All services",
    "ACCOUNTS_": "Accounts: families, accesses, signing in",
    "ENROLMENT_": "Enrolment: requests, places, the console",
    "BILLING_": "Billing: prices, invoices, payments",
    "MESSAGING_": "Messaging: the inbox and e-mails",
    "GATEWAY_": "Gateway: the pages",
}


@dataclass(frozen=True)
class Setting:
    """One setting as it is given: its whole name, and what it is by default."""

    name: str
    explained: str
    default: str
    secret: bool
    placed: bool
    """compose.yaml and the manifests give it themselves."""


def settings_of(model: type[BaseSettings]) -> Iterator[Setting]:
    """Every setting of a class; a nested one by its parts."""
    yield from _fields(model, str(model.model_config.get("env_prefix", "")))


def _fields(model: type[BaseModel], prefix: str, default: Any = None) -> Iterator[Setting]:
    for name, field in model.model_fields.items():
        value = field.default if default is None else getattr(default, name)
        inner = _nested(field)
        if inner is not None:
            whole = value if isinstance(value, BaseModel) else None
            yield from _fields(inner, f"{prefix}{name.upper()}__", whole)
            continue
        yield Setting(
            name=f"{prefix}{name.upper()}",
            explained=" ".join((field.description or "").split()),
            default="" if field.is_required() else _written(value),
            secret="SecretStr" in str(field.annotation) or name in SECRET_ADDRESSES,
            placed=name in (*ADDRESSES, *PUBLIC),
        )


def _nested(field: FieldInfo) -> type[BaseModel] | None:
    kinds = (field.annotation, *getattr(field.annotation, "__args__", ()))
    models = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)]
    is_tuple = getattr(field.annotation, "__origin__", None) is tuple
    return models[0] if models and not is_tuple else None


def _written(value: Any) -> str:
    if value is None or isinstance(value, SecretStr):
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return json.dumps([_plain(item) for item in value], ensure_ascii=False) if value else ""
    return str(value)


def _plain(item: Any) -> Any:
    return item.model_dump(mode="json") if isinstance(item, BaseModel) else item


def page() -> str:
    """The whole file."""
    parts = [OF_COMPOSE, *(_part(model) for model in CLASSES)]
    return "\n".join(parts)


def _part(model: type[BaseSettings]) -> str:
    prefix = str(model.model_config.get("env_prefix", ""))
    lines = [f"# --- {TITLES[prefix]} ".ljust(96, "-"), ""]
    for setting in settings_of(model):
        if setting.placed:
            continue
        lines += textwrap.wrap(setting.explained, 94, initial_indent="# ", subsequent_indent="# ")
        if setting.secret:
            lines.append(f"# Secret: the file secrets/{setting.name.lower()}")
        else:
            lines.append(f"#{setting.name}={_quoted(setting.default)}")
    return "\n".join(lines) + "\n"


def _quoted(value: str) -> str:
    return f"'{value}'" if any(sign in value for sign in ' "[{') else value


if __name__ == "__main__":
    EXAMPLE.write_text(page(), encoding="utf-8")
