"""What the gateway is told (`GATEWAY_…`); it has neither a database nor a broker."""

import base64
import binascii
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import NoDecode, SettingsConfigDict

from chassis.settings import FileOrEnvironment

KEY_BYTES = 32


class Settings(FileOrEnvironment):
    """`session_keys` and `trusted_proxies` are comma-separated lists."""

    model_config = SettingsConfigDict(env_prefix="GATEWAY_")

    host: str = "127.0.0.1"
    """The address it listens on."""
    port: int
    """The port it listens on."""
    metrics_port: int | None = None
    """The port on which Prometheus finds its figures, on no other; None: they are not shown."""
    service_secret: SecretStr
    """What it shows to accounts to be given a token of its own."""
    session_keys: Annotated[tuple[SecretStr, ...], NoDecode, Field(min_length=1)]
    """Base64 keys of 32 bytes. The first seals, all open: put a new one in front to rotate."""
    public_url: str
    """The portal's address as browsers see it, without a path: every unsafe request is held
    against it."""
    trusted_proxies: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode] = ()
    """Only these may say for whom they speak (`X-Forwarded-For`)."""

    kept_megabytes: Annotated[int, Field(ge=0, le=4096)] = 64
    """Memory for pages that did not change since they were made; 0 keeps none."""

    @field_validator("session_keys", mode="before")
    @classmethod
    def _keys(cls, value: object) -> object:
        return _listed(value)

    @field_validator("session_keys")
    @classmethod
    def _strong(cls, keys: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        for key in keys:
            if len(_decoded(key)) != KEY_BYTES:
                raise ValueError(f"each key is {KEY_BYTES} bytes in base64")
        return keys

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _networks(cls, value: object) -> object:
        listed = _listed(value)
        return tuple(map(ip_network, listed)) if isinstance(listed, tuple) else listed

    @field_validator("public_url")
    @classmethod
    def _origin(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.netloc or parts.path.strip("/"):
            raise ValueError("give the scheme and the host only, as in https://portail.example")
        return f"{parts.scheme}://{parts.netloc}".lower()

    @property
    def keys(self) -> tuple[bytes, ...]:
        return tuple(_decoded(key) for key in self.session_keys)

    @property
    def kept_bytes(self) -> int:
        return self.kept_megabytes * 1024 * 1024

    @property
    def is_https(self) -> bool:
        return self.public_url.startswith("https://")


def _listed(value: object) -> object:
    if not isinstance(value, str):
        return value
    return tuple(item.strip() for item in value.split(",") if item.strip())


def _decoded(key: SecretStr) -> bytes:
    try:
        return base64.b64decode(key.get_secret_value(), validate=True)
    except binascii.Error:
        raise ValueError("a key is not base64") from None
