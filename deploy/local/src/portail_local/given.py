"""Servers that the operator gives, to use instead of private ones."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from portail.errors import OperatorError
from portail.provisioning import GivenBroker


@dataclass(frozen=True)
class Given:
    """Administrator addresses; None where a private server is to be started."""

    postgres: str | None = None
    rabbitmq: str | None = None
    rabbitmq_management: str | None = None

    def __post_init__(self) -> None:
        if (self.rabbitmq is None) != (self.rabbitmq_management is None):
            raise OperatorError(
                "PORTAIL_RABBITMQ_URL et PORTAIL_RABBITMQ_MANAGEMENT_URL vont ensemble : "
                "donnez les deux adresses, ou aucune."
            )

    @classmethod
    def from_environment(cls, env: Mapping[str, str] = os.environ) -> Given:
        """What `PORTAIL_POSTGRES_ADMIN_URL` and `PORTAIL_RABBITMQ_…` say."""
        return cls(
            postgres=env.get("PORTAIL_POSTGRES_ADMIN_URL") or None,
            rabbitmq=env.get("PORTAIL_RABBITMQ_URL") or None,
            rabbitmq_management=env.get("PORTAIL_RABBITMQ_MANAGEMENT_URL") or None,
        )

    def broker(self) -> GivenBroker:
        """The given broker."""
        if self.rabbitmq is None or self.rabbitmq_management is None:
            raise LookupError("no broker was given")
        return GivenBroker(self.rabbitmq, self.rabbitmq_management)
