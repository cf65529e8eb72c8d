"""Settings come from the environment; a missing or wrong one stops the process with its name.

A secret may come from a file instead, so that no listing of processes or containers shows it.
"""

import os
from datetime import timedelta
from typing import Annotated

from pydantic import BaseModel, Field, SecretStr, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
)

SECRETS_DIR = "PORTAIL_SECRETS_DIR"
"""A folder with one file per setting, named as the setting in small letters."""


class FileOrEnvironment(BaseSettings):
    """Settings of which each may stand in a file of the secrets' folder; the environment wins."""

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

    name: str = "Communauté de communes du Val d’Arbelle"
    service_name: str = "Service Enfance"
    address: str = "1 place de la Mairie, 38110 Val-d’Arbelle"
    phone: str = "04 74 00 00 00"
    email: str = "enfance@val-arbelle.example"
    opening_hours: str = ""
    """Lines of text: when the service answers and where."""


class SharedSettings(FileOrEnvironment):
    """What every process of the house must agree on (`PORTAIL_…`)."""

    model_config = SettingsConfigDict(env_prefix="PORTAIL_", env_nested_delimiter="__")

    accounts_url: str
    enrolment_url: str
    billing_url: str
    messaging_url: str
    clock_shift: timedelta | None = None
    """For rehearsals: how far ahead of the machine's clock to run (ISO 8601 duration)."""
    log_level: str = "INFO"
    otlp_endpoint: str | None = None
    """Where spans go (OTLP over HTTP, such as `http://collector:4318/v1/traces`); None: nowhere."""
    otlp_ratio: float = Field(default=1.0, ge=0, le=1)
    """Which part of the traces is sent; the same traces from every process."""
    authority: Authority = Authority()


class ServiceSettings(FileOrEnvironment):
    """What each service is told of its own; the prefix is its context's name in capitals."""

    host: str = "127.0.0.1"
    port: int
    database_url: str
    migration_database_url: str = ""
    """The owner's address: asked for by `migrate` alone, given to nobody else."""
    database_pool_size: int = 10
    document_workers: int = 1
    """Processes that make PDFs, in a service that prints."""
    broker_urls: Annotated[list[str], NoDecode]
    service_secret: SecretStr

    @field_validator("broker_urls", mode="before")
    @classmethod
    def _one_or_several(cls, value: object) -> object:
        """Brokers of a cluster are given comma-separated; each is tried in turn."""
        return value.split(",") if isinstance(value, str) else value
