"""Settings come from the environment; a missing or wrong one stops the process with its name.

A secret may come from a file instead, so that no listing of processes or containers shows it.
"""

import os
from datetime import timedelta
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
)

from .broker.topology import MOST_PARTITIONS

SECRETS_DIR = "PORTAIL_SECRETS_DIR"
"""A folder with one file per setting, named as the setting in small letters."""


class FileOrEnvironment(BaseSettings):
    """Settings of which each may stand in a file of the secrets' folder; the environment wins."""

    model_config = SettingsConfigDict(use_attribute_docstrings=True)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        folder = os.environ.get(SECRETS_DIR)
        return init_settings, env_settings, SecretsSettingsSource(settings_cls, folder)


class Authority(BaseModel):
    """How the local authority presents itself on pages, receipts and messages."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    name: str = "Communauté de communes du Val d’Arbelle"
    """The authority, on every page and document."""
    service_name: str = "Service Enfance"
    """The department that families deal with, and by which messages are signed."""
    address: str = "1 place de la Mairie, 38110 Val-d’Arbelle"
    """Its postal address, on letters."""
    phone: str = "04 74 00 00 00"
    """Where families call."""
    email: str = "enfance@val-arbelle.example"
    """Where families write, and by default what mail is sent from."""
    opening_hours: str = ""
    """Lines of text: when the service answers and where."""
    logo: str = ""
    """The fingerprint of its mark, told by enrolment: nothing to set here."""


class SharedSettings(FileOrEnvironment):
    """What every process of the house must agree on (`PORTAIL_…`)."""

    model_config = SettingsConfigDict(env_prefix="PORTAIL_", env_nested_delimiter="__")

    accounts_url: str
    """Where accounts answers the other services."""
    enrolment_url: str
    """Where enrolment answers the other services."""
    billing_url: str
    """Where billing answers the other services."""
    messaging_url: str
    """Where messaging answers the other services."""
    clock_shift: timedelta | None = None
    """For rehearsals: how far ahead of the machine's clock to run (ISO 8601 duration)."""
    log_level: str = "INFO"
    """What is written to the logs: `DEBUG`, `INFO`, `WARNING`."""
    otlp_endpoint: str | None = None
    """Where spans go (OTLP over HTTP, such as `http://collector:4318/v1/traces`); None: nowhere."""
    otlp_ratio: float = Field(default=1.0, ge=0, le=1)
    """Which part of the traces is sent; the same traces from every process."""
    authority: Authority = Authority()
    """How the authority presents itself."""


class ServiceSettings(FileOrEnvironment):
    """What each service is told of its own; the prefix is its context's name in capitals."""

    host: str = "127.0.0.1"
    """The address it listens on."""
    port: int
    """The port it listens on."""
    database_url: str
    """Its database, by the role that may read and write rows and nothing else."""
    migration_database_url: str = ""
    """The owner's address: asked for by `migrate` alone, given to nobody else."""
    database_pool_size: int = 10
    """Connections that one process opens at most; the server needs as many for all processes."""
    document_workers: int = 1
    """Processes that make PDFs, in a service that prints."""
    broker_urls: Annotated[list[str], NoDecode]
    """Addresses of the broker's nodes, by commas."""
    consumer_partitions: int = Field(default=1, ge=1, le=MOST_PARTITIONS)
    """Into how many its queue is parted, for as many processes (`portail partitions`)."""
    service_secret: SecretStr
    """What it shows to accounts to be given a token of its own."""

    @field_validator("broker_urls", mode="before")
    @classmethod
    def _one_or_several(cls, value: object) -> object:
        """Brokers of a cluster are given comma-separated; each is tried in turn."""
        return value.split(",") if isinstance(value, str) else value
