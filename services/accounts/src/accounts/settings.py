"""What accounts is told at its start (`ACCOUNTS_…`)."""

import base64
import binascii
from typing import Annotated

from pydantic import SecretStr, field_validator
from pydantic_settings import NoDecode, SettingsConfigDict

from chassis.auth import SERVICE_NAMES
from chassis.settings import ServiceSettings

from .domain.credential import PolicyName
from .sealing import KEY_BYTES


class Settings(ServiceSettings):
    """The master key seals keys; the secrets are those of our own services."""

    model_config = SettingsConfigDict(env_prefix="ACCOUNTS_")

    master_key: SecretStr
    """Base64 of 32 bytes: seals the signing keys and the keys of sealed records."""
    other_master_keys: Annotated[tuple[SecretStr, ...], NoDecode] = ()
    """Keys that may still open, or soon will seal, while a rotation is under way; by commas."""
    service_secrets: dict[str, SecretStr]
    """JSON: the secret by which each service is known, by its name."""
    credential_policy: PolicyName = PolicyName.GUIDE
    """Passwords: `guide` (letters and digits, 12 to 20) or `anssi` (12 to 128, any characters)."""
    portal_url: str = "http://localhost"
    """Where the code of a letter leads."""
    self_service_reset: bool = False
    """Whether a family that gives its identifier and the address on file is sent a link without
    staff. By default staff answer every call, as in the guide."""
    hashing_line: int = 64
    """Passwords that may wait for a core; at 43 ms each, 64 wait 1.4 s on two cores."""

    @field_validator("master_key")
    @classmethod
    def _thirty_two_bytes(cls, value: SecretStr) -> SecretStr:
        return _checked_key(value)

    @field_validator("other_master_keys", mode="before")
    @classmethod
    def _by_commas(cls, value: object) -> object:
        return [key for key in value.split(",") if key] if isinstance(value, str) else value

    @field_validator("other_master_keys")
    @classmethod
    def _each_thirty_two_bytes(cls, value: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        return tuple(_checked_key(key) for key in value)

    @field_validator("service_secrets")
    @classmethod
    def _known_names(cls, value: dict[str, SecretStr]) -> dict[str, SecretStr]:
        if unknown := set(value) - SERVICE_NAMES:
            raise ValueError(f"no such service: {', '.join(sorted(unknown))}")
        if any(len(secret.get_secret_value()) < 16 for secret in value.values()):
            raise ValueError("a service's secret has 16 characters or more")
        return value


def _checked_key(value: SecretStr) -> SecretStr:
    try:
        raw = base64.b64decode(value.get_secret_value(), validate=True)
    except binascii.Error:
        raise ValueError("give base64, as made by `openssl rand -base64 32`") from None
    if len(raw) != KEY_BYTES:
        raise ValueError(f"give {KEY_BYTES} bytes, as made by `openssl rand -base64 32`")
    return value
