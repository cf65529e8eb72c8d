"""What accounts is told at its start (`ACCOUNTS_…`)."""

import base64
import binascii

from pydantic import SecretStr, field_validator
from pydantic_settings import SettingsConfigDict

from chassis.auth import SERVICE_NAMES
from chassis.settings import ServiceSettings

from .domain.credential import PolicyName
from .sealing import KEY_BYTES


class Settings(ServiceSettings):
    """The master key seals the private signing keys; the secrets are those of our own services."""

    model_config = SettingsConfigDict(env_prefix="ACCOUNTS_")

    master_key: SecretStr
    service_secrets: dict[str, SecretStr]
    credential_policy: PolicyName = PolicyName.GUIDE
    hashing_line: int = 64
    """Passwords that may wait for a core; at 43 ms each, 64 wait 1.4 s on two cores."""

    @field_validator("master_key")
    @classmethod
    def _thirty_two_bytes(cls, value: SecretStr) -> SecretStr:
        try:
            raw = base64.b64decode(value.get_secret_value(), validate=True)
        except binascii.Error:
            raise ValueError("give base64, as made by `openssl rand -base64 32`") from None
        if len(raw) != KEY_BYTES:
            raise ValueError(f"give {KEY_BYTES} bytes, as made by `openssl rand -base64 32`")
        return value

    @field_validator("service_secrets")
    @classmethod
    def _known_names(cls, value: dict[str, SecretStr]) -> dict[str, SecretStr]:
        if unknown := set(value) - SERVICE_NAMES:
            raise ValueError(f"no such service: {', '.join(sorted(unknown))}")
        if any(len(secret.get_secret_value()) < 16 for secret in value.values()):
            raise ValueError("a service's secret has 16 characters or more")
        return value
